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
	// hostileBody is the length of a large request body, in bytes. Four are sent at the
	// same time.
	hostileBody = 400 << 20
	// maxGrowth is the limit, in bytes, for the memory or disk space that the twin may use
	// for an attacker's requests.
	maxGrowth = 512 << 20
	// maxWait is how long the twin may keep a connection open whose client sends nothing.
	maxWait = 20 * time.Second
)

// attackHostile sends requests that are large, slow, deeply nested or ambiguous.
func attackHostile(ctx context.Context, tw *attackedTwin, r *Report) error {
	owner, err := tw.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	slow := make(chan error, 1)
	var waited Report
	go func() { slow <- tw.attackSlowly(ctx, &waited) }()
	if err := tw.attackMemory(ctx, r, owner); err != nil {
		return err
	}
	if err := tw.attackDepth(ctx, r, owner); err != nil {
		return err
	}
	if err := tw.attackFraming(ctx, r, owner); err != nil {
		return err
	}
	err = <-slow
	r.Tried += waited.Tried
	r.Succeeded = append(r.Succeeded, waited.Succeeded...)
	return err
}

// attackMemory sends large request bodies, four at the same time, signed with a wrong
// secret. The attack succeeds if the twin's memory grows by more than maxGrowth.
func (tw *attackedTwin) attackMemory(ctx context.Context, r *Report, owner aws.Credentials) error {
	attacker := aws.Credentials{AccessKeyID: owner.AccessKeyID, SecretAccessKey: "local"}
	for _, c := range []call{
		{"a body for Kinesis", http.MethodPost, "/", "kinesis", map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Kinesis_20131202.PutRecords"}, ""},
		{"a body for the Data API", http.MethodPost, "/", "redshift-data", map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "RedshiftData.ExecuteStatement"}, ""},
		{"a form for CloudFormation", http.MethodPost, "/", "cloudformation", map[string]string{"Content-Type": formType}, ""},
		{"an event for Lambda", http.MethodPost, "/2015-03-31/functions/f/invocations", "lambda", nil, ""},
		{"an object for S3", http.MethodPut, "/" + assets + "/large", "s3", nil, ""},
		{"a response of a function", http.MethodPost, "/_tributary/lambda/0/2018-06-01/runtime/invocation/1/response", "tributary", nil, ""},
	} {
		for _, length := range []int64{hostileBody, -1} {
			before, err := tw.memory("VmRSS")
			if err != nil {
				return err
			}
			if err := tw.flood(ctx, c, attacker, length); err != nil {
				return err
			}
			peak, err := tw.memory("VmHWM")
			if err != nil {
				return err
			}
			r.add(peak-before > maxGrowth, "%s, four of %d MB at the same time (content length %d): %d MB of memory", c.name, hostileBody>>20, length, (peak-before)>>20)
			if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", tw.PID), []byte("5"), 0o600); err != nil { // resets VmHWM
				return err
			}
		}
	}
	return nil
}

// flood sends a request with a large body four times at the same time. length is the
// Content-Length, or -1 for a chunked body. It ignores connections that the twin closes.
func (tw *attackedTwin) flood(ctx context.Context, c call, attacker aws.Credentials, length int64) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var group sync.WaitGroup
	for range 4 {
		r, err := tw.request(ctx, c)
		if err != nil {
			return err
		}
		if err := sign(r, attacker, c.service, "", time.Now()); err != nil {
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

// endlessBody is an endless io.Reader of the letter a.
type endlessBody struct{}

func (endlessBody) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

// memory returns a memory size of the twin's process in bytes. name is its field in
// /proc/PID/status, such as VmRSS.
func (tw *attackedTwin) memory(name string) (int64, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(tw.PID), "status"))
	if err != nil {
		return 0, err
	}
	_, after, _ := bytes.Cut(text, []byte(name+":"))
	var kilobytes int64
	_, err = fmt.Sscan(string(after), &kilobytes)
	return kilobytes << 10, err
}

// attackDepth sends deeply nested bodies, signed by the owner, who may have copied them
// from an attacker. The attack succeeds if the twin accepts the body, or if it takes more
// than a quarter of maxWait to refuse it.
func (tw *attackedTwin) attackDepth(ctx context.Context, r *Report, owner aws.Credentials) error {
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
		{"an entity that refers to a file for S3", http.MethodPost, "/" + assets + "?delete=", "s3", nil, `<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&a;</Key></Object></Delete>`},
	} {
		began := time.Now()
		succeeded, err := tw.send(ctx, c, signing{credentials: &owner})
		if err != nil && time.Since(began) < maxWait {
			err = nil // the twin closed the connection
		}
		if err != nil {
			return err
		}
		r.add(succeeded || time.Since(began) > maxWait/4, "%s", c.name)
	}
	return nil
}

// attackSlowly opens connections that send only a part of a request. The attack succeeds
// if the twin has not closed the connection after maxWait.
func (tw *attackedTwin) attackSlowly(ctx context.Context, r *Report) error {
	host := strings.TrimPrefix(tw.URL, "http://")
	texts := []string{
		"", "POST / HT", "POST / HTTP/1.1\r\nHost: " + host + "\r\nX-A: ",
		"POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 1000\r\n" + forgedHeaders("kinesis") + "X-Amz-Target: Kinesis_20131202.PutRecords\r\n\r\n{",
		"POST / HTTP/1.1\r\nHost: " + host + "\r\nTransfer-Encoding: chunked\r\n" + forgedHeaders("sts") + "Content-Type: " + formType + "\r\n\r\n5\r\nAct",
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
	deadline := time.Now().Add(maxWait)
	for i, conn := range open {
		if err := conn.SetReadDeadline(deadline); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, conn) // returns when the twin closes the connection
		timeout, ok := err.(net.Error)      //nolint:errorlint // the connection returns an unwrapped error
		r.add(ok && timeout.Timeout(), "a connection that sends %q and nothing else", texts[i])
	}
	return nil
}

// forgedHeaders returns headers with the owner's access key ID and a wrong signature.
func forgedHeaders(service string) string {
	now := time.Now().UTC()
	return "X-Amz-Date: " + now.Format("20060102T150405Z") + "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=TRIBUTARYLOCAL00000/" + now.Format("20060102") +
		"/us-east-1/" + service + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + strings.Repeat("0", 64) + "\r\n"
}

// attackFraming sends requests with headers that are too large, or that servers could
// parse in different ways. An attack succeeds if any response has a status below 300.
func (tw *attackedTwin) attackFraming(ctx context.Context, r *Report, owner aws.Credentials) error {
	host := strings.TrimPrefix(tw.URL, "http://")
	signed, err := http.NewRequestWithContext(ctx, http.MethodGet, tw.URL+"/_tributary/status", nil)
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
		"a megabyte of headers":                  head + authorization + "X-A: " + strings.Repeat("a", 1<<20) + "\r\n\r\n",
		"100,000 headers":                        head + authorization + strings.Repeat("X-A: a\r\n", 100_000) + "\r\n",
		"two Authorization headers":              head + authorization + "Authorization: AWS4-HMAC-SHA256 a\r\n\r\n",
		"another host":                           "GET /_tributary/status HTTP/1.1\r\nHost: attacker.test\r\n" + authorization + "\r\n",
		"no host":                                "GET /_tributary/status HTTP/1.0\r\n" + authorization + "\r\n",
		"two hosts":                              head + "Host: attacker.test\r\n" + authorization + "\r\n",
		"a host in the request line":             "GET http://attacker.test/_tributary/status HTTP/1.1\r\nHost: " + host + "\r\n" + authorization + "\r\n",
		"a path with .. before the control path": "GET /x/../_tributary/status HTTP/1.1\r\nHost: " + host + "\r\n" + authorization + "\r\n",
		"an escaped path":                        "GET /%5ftributary/status HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
		"a path with two slashes":                "GET //_tributary/status HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
		"a length and chunks":                    "POST /_tributary/status HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
		"two lengths":                            "POST /_tributary/status HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\nContent-Length: " + strconv.Itoa(len(inner)) + "\r\n\r\n" + inner,
		"a negative length":                      "POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: -1\r\n\r\n",
		"a header with a line break":             head + "X-A: a\rAuthorization: b\r\n\r\n",
		"an Authorization on a folded line":      head + "X-A: a\r\n " + authorization + "\r\n",
		"a cookie and basic authorization":       head + "Cookie: a=b\r\nAuthorization: Basic " + "cm9vdDpyb290" + "\r\n\r\n",
	} {
		succeeded, err := tw.sendRaw(ctx, text)
		if err != nil {
			return err
		}
		r.add(succeeded, "%s", name)
	}
	return nil
}

// sendRaw sends text on a new connection, and reports whether any response has a status
// below 300.
func (tw *attackedTwin) sendRaw(ctx context.Context, text string) (bool, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(tw.URL, "http://"))
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		return false, err
	}
	_, _ = io.WriteString(conn, text) // the twin may close the connection early
	if half, ok := conn.(*net.TCPConn); ok {
		_ = half.CloseWrite()
	}
	reader := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(reader, nil)
		if err != nil {
			return false, nil // there are no more responses
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode < 300 {
			return true, nil
		}
	}
}
