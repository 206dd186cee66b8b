package attack

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

const (
	// hostileBody is how long a hostile body is, in bytes. Four come at once.
	hostileBody = 400 << 20
	// tolerable is how much memory a twin may take for what strangers send, in bytes.
	tolerable = 512 << 20
	// patience is how long a twin may wait for a stranger who sends nothing.
	patience = 20 * time.Second
)

// attackHostile sends what is large, slow, deep or ambiguous.
func attackHostile(ctx context.Context, w *world, r *Report) error {
	owner, err := w.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	slow := make(chan error, 1)
	var waited Report
	go func() { slow <- w.attackSlowly(ctx, &waited) }()
	if err := w.attackMemory(ctx, r, owner); err != nil {
		return err
	}
	if err := w.attackDepth(ctx, r, owner); err != nil {
		return err
	}
	if err := w.attackFraming(ctx, r, owner); err != nil {
		return err
	}
	err = <-slow
	r.Tried += waited.Tried
	r.In = append(r.In, waited.In...)
	return err
}

// attackMemory sends large bodies, four at once, by somebody who hasn't the key. One
// got in if the twin's memory has grown by more than is tolerable.
func (w *world) attackMemory(ctx context.Context, r *Report, owner aws.Credentials) error {
	stranger := aws.Credentials{AccessKeyID: owner.AccessKeyID, SecretAccessKey: "local"}
	for _, c := range []call{
		{"a body for Kinesis", http.MethodPost, "/", "kinesis", map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Kinesis_20131202.PutRecords"}, ""},
		{"a body for the Data API", http.MethodPost, "/", "redshift-data", map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "RedshiftData.ExecuteStatement"}, ""},
		{"a form for CloudFormation", http.MethodPost, "/", "cloudformation", map[string]string{"Content-Type": formType}, ""},
		{"an event for Lambda", http.MethodPost, "/2015-03-31/functions/f/invocations", "lambda", nil, ""},
		{"an object for S3", http.MethodPut, "/" + assets + "/large", "s3", nil, ""},
		{"a response of a function", http.MethodPost, "/_tributary/lambda/0/2018-06-01/runtime/invocation/1/response", "tributary", nil, ""},
	} {
		for _, length := range []int64{hostileBody, -1} {
			before, err := w.memory("VmRSS")
			if err != nil {
				return err
			}
			if err := w.flood(ctx, c, stranger, length); err != nil {
				return err
			}
			peak, err := w.memory("VmHWM")
			if err != nil {
				return err
			}
			r.try(peak-before > tolerable, "%s, four of %d MB at once (length %d): %d MB of memory", c.name, hostileBody>>20, length, (peak-before)>>20)
			if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", w.PID), []byte("5"), 0o600); err != nil { // the peak starts anew
				return err
			}
		}
	}
	return nil
}

// flood sends four large bodies at once. That the twin hangs up is no error.
func (w *world) flood(ctx context.Context, c call, stranger aws.Credentials, length int64) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var group sync.WaitGroup
	for range 4 {
		r, err := w.request(ctx, c)
		if err != nil {
			return err
		}
		if err := sign(r, stranger, c.service, "", time.Now()); err != nil {
			return err
		}
		r.Body, r.ContentLength = io.NopCloser(io.LimitReader(endlessBody{}, hostileBody)), length
		group.Go(func() {
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			if resp, err := client.Do(r); err == nil {
				_ = resp.Body.Close()
			}
		})
	}
	group.Wait()
	return nil
}

// endlessBody is a text of one letter.
type endlessBody struct{}

func (endlessBody) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

// memory returns a figure of the twin's process, in bytes, by its name in
// /proc/PID/status.
func (w *world) memory(name string) (int64, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(w.PID), "status"))
	if err != nil {
		return 0, err
	}
	_, after, _ := bytes.Cut(text, []byte(name+":"))
	var kilobytes int64
	_, err = fmt.Sscan(string(after), &kilobytes)
	return kilobytes << 10, err
}

// attackDepth sends what nests deeply, as the owner would who pastes a stranger's
// file. It got in if it was taken, or if the twin took long to refuse it.
func (w *world) attackDepth(ctx context.Context, r *Report, owner aws.Credentials) error {
	const levels = 2_000_000
	arrays, objects := strings.Repeat("[", levels), strings.Repeat(`{"a":`, levels/4)
	kinesis := map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Kinesis_20131202.PutRecords"}
	for _, c := range []call{
		{"arrays in arrays for Kinesis", http.MethodPost, "/", "kinesis", kinesis, arrays},
		{"objects in objects for Kinesis", http.MethodPost, "/", "kinesis", kinesis, objects},
		{"arrays in arrays for Systems Manager", http.MethodPost, "/", "ssm", map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM.GetParameter"}, arrays},
		{"arrays in arrays as an event", http.MethodPost, "/2015-03-31/functions/f/invocations", "lambda", nil, arrays},
		{"a template of nested objects", http.MethodPost, "/", "cloudformation", map[string]string{"Content-Type": formType}, "Action=CreateStack&Version=2010-05-15&StackName=deep&TemplateBody=" + url.QueryEscape(strings.Repeat(`{"Fn::Join":[`, 3000))},
		{"elements in elements for S3", http.MethodPost, "/" + assets + "?delete=", "s3", nil, strings.Repeat("<Delete>", 100_000)},
		{"entities for S3", http.MethodPost, "/" + assets + "?delete=", "s3", nil, `<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Delete><Object><Key>&b;</Key></Object></Delete>`},
		{"a file's text as an entity for S3", http.MethodPost, "/" + assets + "?delete=", "s3", nil, `<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&a;</Key></Object></Delete>`},
	} {
		began := time.Now()
		in, err := w.tryAs(ctx, c, stranger{credentials: &owner})
		if err != nil && time.Since(began) < patience {
			err = nil // the twin hung up
		}
		if err != nil {
			return err
		}
		r.try(in || time.Since(began) > patience/4, "%s", c.name)
	}
	return nil
}

// attackSlowly opens connections that send less than they announce. One got in if
// the twin still waits for it in the end.
func (w *world) attackSlowly(ctx context.Context, r *Report) error {
	host := strings.TrimPrefix(w.URL, "http://")
	texts := []string{
		"", "POST / HT", "POST / HTTP/1.1\r\nHost: " + host + "\r\nX-A: ",
		"POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 1000\r\n" + claim("kinesis") + "X-Amz-Target: Kinesis_20131202.PutRecords\r\n\r\n{",
		"POST / HTTP/1.1\r\nHost: " + host + "\r\nTransfer-Encoding: chunked\r\n" + claim("sts") + "Content-Type: " + formType + "\r\n\r\n5\r\nAct",
		"PUT /_tributary/cloudformation-response/0 HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 1000\r\n\r\n{",
		"POST /_tributary/lambda/0/2018-06-01/runtime/invocation/1/response HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 1000\r\n\r\n{",
	}
	open := make([]net.Conn, len(texts))
	for i, text := range texts {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		if _, err := io.WriteString(conn, text); err != nil {
			return err
		}
		open[i] = conn
	}
	deadline := time.Now().Add(patience)
	for i, conn := range open {
		if err := conn.SetReadDeadline(deadline); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, conn) // until the twin closes it
		timeout, ok := err.(net.Error)      //nolint:errorlint // a connection's own error
		r.try(ok && timeout.Timeout(), "a connection that sends %q and no more", texts[i])
	}
	return nil
}

// claim returns headers that claim to be signed by the owner.
func claim(service string) string {
	now := time.Now().UTC()
	return "X-Amz-Date: " + now.Format("20060102T150405Z") + "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=TRIBUTARYLOCAL00000/" + now.Format("20060102") +
		"/us-east-1/" + service + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + strings.Repeat("0", 64) + "\r\n"
}

// attackFraming sends heads of requests that are too large, or that a server could
// read in two ways. One got in if any answer is a success.
func (w *world) attackFraming(ctx context.Context, r *Report, owner aws.Credentials) error {
	host := strings.TrimPrefix(w.URL, "http://")
	signed, err := http.NewRequestWithContext(ctx, http.MethodGet, w.URL+"/_tributary/status", nil)
	if err != nil {
		return err
	}
	if err := sign(signed, owner, "tributary", "", time.Now()); err != nil {
		return err
	}
	authorization := "Authorization: " + signed.Header.Get("Authorization") + "\r\nX-Amz-Date: " + signed.Header.Get("X-Amz-Date") + "\r\n"
	head := "GET /_tributary/status HTTP/1.1\r\nHost: " + host + "\r\n"
	inner := head + "\r\n"
	for name, text := range map[string]string{
		"a megabyte of headers":              head + authorization + "X-A: " + strings.Repeat("a", 1<<20) + "\r\n\r\n",
		"100,000 headers":                    head + authorization + strings.Repeat("X-A: a\r\n", 100_000) + "\r\n",
		"two Authorization headers":          head + authorization + "Authorization: AWS4-HMAC-SHA256 a\r\n\r\n",
		"another host":                       "GET /_tributary/status HTTP/1.1\r\nHost: attacker.test\r\n" + authorization + "\r\n",
		"no host":                            "GET /_tributary/status HTTP/1.0\r\n" + authorization + "\r\n",
		"two hosts":                          head + "Host: attacker.test\r\n" + authorization + "\r\n",
		"a host in the request's line":       "GET http://attacker.test/_tributary/status HTTP/1.1\r\nHost: " + host + "\r\n" + authorization + "\r\n",
		"a path around the control path":     "GET /x/../_tributary/status HTTP/1.1\r\nHost: " + host + "\r\n" + authorization + "\r\n",
		"an escaped path":                    "GET /%5ftributary/status HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
		"a second path":                      "GET //_tributary/status HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
		"a length and chunks":                "POST /_tributary/status HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
		"two lengths":                        "POST /_tributary/status HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\nContent-Length: " + strconv.Itoa(len(inner)) + "\r\n\r\n" + inner,
		"a length that is negative":          "POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: -1\r\n\r\n",
		"a header with a line break":         head + "X-A: a\rAuthorization: b\r\n\r\n",
		"an Authorization on a folded line":  head + "X-A: a\r\n " + authorization + "\r\n",
		"a cookie, a basic and a bearer key": head + "Cookie: a=b\r\nAuthorization: Basic " + "cm9vdDpyb290" + "\r\n\r\n",
	} {
		in, err := w.raw(ctx, text)
		if err != nil {
			return err
		}
		r.try(in, "%s", name)
	}
	return nil
}

// raw sends a text on a connection and reports whether any answer is a success.
func (w *world) raw(ctx context.Context, text string) (bool, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(w.URL, "http://"))
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		return false, err
	}
	_, _ = io.WriteString(conn, text) // the twin may hang up before it has all
	if half, ok := conn.(*net.TCPConn); ok {
		_ = half.CloseWrite()
	}
	in := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			return false, nil // there are no more answers
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode < 300 {
			return true, nil
		}
	}
}
