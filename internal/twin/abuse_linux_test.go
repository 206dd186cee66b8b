package twin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"
)

// maxMemory is the most memory that the twin may use, in bytes: 128 MiB for bodies, as
// much again while their buffers grow, and the rest for the twin itself.
const maxMemory = 512 << 20

// victim is a twin in another process, which has no race detector: that would multiply
// the memory in use.
type victim struct {
	url         string
	pid         int
	credentials aws.Credentials
}

func startVictim(t *testing.T) *victim {
	t.Helper()
	program := filepath.Join(t.TempDir(), "tributary")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", program, "../../cmd/tributary")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(program, "local", "--state", t.TempDir(), "up", "--foreground", "--port", "0", "--output", "json")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(cmd.Process.Signal(os.Interrupt), cmd.Wait()); err != nil {
			t.Errorf("end the twin: %v", err)
		}
	})
	var variables map[string]string
	if err := json.NewDecoder(out).Decode(&variables); err != nil {
		t.Fatal(err)
	}
	return &victim{variables["AWS_ENDPOINT_URL"], cmd.Process.Pid, aws.Credentials{
		AccessKeyID: variables["AWS_ACCESS_KEY_ID"], SecretAccessKey: variables["AWS_SECRET_ACCESS_KEY"],
	}}
}

// peak returns the most memory that the twin has used so far, in bytes.
func (v *victim) peak(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.pid))
	if err != nil {
		t.Fatal(err)
	}
	kib, err := strconv.ParseInt(regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindStringSubmatch(string(status))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}

// endless is a reader without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// attack is a hostile request to a service.
type attack struct {
	service, method, path, target string // target is the X-Amz-Target header
	size                          int64  // Content-Length; negative for a request without it
	body                          io.Reader
}

// send signs and sends a request. It returns the status, or "closed" if the twin closed
// the connection before the request was complete.
func (v *victim) send(ctx context.Context, q attack) (string, error) {
	r, err := http.NewRequestWithContext(ctx, q.method, v.url+q.path, q.body)
	if err != nil {
		return "", err
	}
	r.ContentLength = q.size
	r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
	if q.target != "" {
		r.Header.Set("X-Amz-Target", q.target)
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	}
	if q.service == "cloudformation" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if err := v4.NewSigner().SignHTTP(ctx, v.credentials, r, "UNSIGNED-PAYLOAD", q.service, "us-east-1", time.Now()); err != nil {
		return "", err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil && ctx.Err() == nil {
		return "closed", nil // a client that is still sending may not receive the response
	}
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return strconv.Itoa(resp.StatusCode), errors.Join(err, resp.Body.Close())
}

// long enables TestAbuse.
var long = flag.Bool("long", false, "send hostile requests for half a minute")

// TestAbuse sends many hostile requests at once. It checks that they all end and that the
// twin's memory stays limited.
func TestAbuse(t *testing.T) {
	t.Parallel()
	if !*long {
		t.Skip("takes half a minute: add -long, as make ci-long does")
	}
	const huge = 400 << 20
	rpc := func(service, target string) attack {
		return attack{service: service, method: http.MethodPost, path: "/", target: target}
	}
	targets := []attack{
		rpc("kinesis", "Kinesis_20131202.PutRecords"), rpc("ssm", "AmazonSSM.PutParameter"),
		rpc("redshift-data", "RedshiftData.BatchExecuteStatement"), rpc("cloudformation", ""),
	}
	const bucket = "/cdk-hnb659fds-assets-000000000000-us-east-1/"
	tests := []struct {
		name     string
		requests []attack
		want     []string // the allowed statuses
	}{
		{"four bodies of 400 MB", with(targets, huge, func() io.Reader { return io.LimitReader(endless{}, huge) }), []string{"413", "closed"}},
		{"four bodies of 400 MB without Content-Length", with(targets, -1, func() io.Reader { return io.LimitReader(endless{}, huge) }), []string{"413", "closed"}},
		{"four objects of 400 MB", with(puts(bucket, 4), huge, func() io.Reader { return io.LimitReader(endless{}, huge) }), []string{"200"}},
		{"forty bodies of 15 MB, about the limit of PutRecords", with(slices.Repeat(targets[:1], 40), 15_000_000, func() io.Reader {
			return io.LimitReader(endless{}, 15_000_000)
		}), []string{"400", "403", "503"}},
		{"forty bodies of deeply nested JSON", with(slices.Repeat(targets[:1], 40), 5<<20, func() io.Reader {
			return bytes.NewReader(bytes.Repeat([]byte("["), 5<<20))
		}), []string{"400", "403", "503"}},
		{"forty bodies of deeply nested XML", with(slices.Repeat([]attack{{service: "s3", method: http.MethodPost, path: bucket + "?delete="}}, 40), 3<<20, func() io.Reader {
			return bytes.NewReader(bytes.Repeat([]byte("<a>"), 1<<20))
		}), []string{"400", "403", "503"}},
	}
	v := startVictim(t)
	for _, tt := range tests {
		statuses := v.sendAll(t, tt.requests)
		for _, got := range statuses {
			if !slices.Contains(tt.want, got) {
				t.Errorf("%s: got %s, want one of %s", tt.name, got, tt.want)
			}
		}
		peak := v.peak(t)
		t.Logf("%s: %d MiB at most so far", tt.name, peak>>20)
		if peak > maxMemory {
			t.Errorf("%s: the twin has used %d MiB, want %d at most", tt.name, peak>>20, maxMemory>>20)
		}
	}
	v.openTooManyConnections(t)
	if got := v.peak(t); got > maxMemory {
		t.Errorf("the twin has used %d MiB after many connections, want %d at most", got>>20, maxMemory>>20)
	}
	if got, err := v.send(t.Context(), attack{service: "s3", method: http.MethodGet, path: "/"}); got != "200" || err != nil {
		t.Errorf("a valid request afterwards: got %s, %v, want 200", got, err)
	}
}

// with returns the requests with a size and bodies.
func with(requests []attack, size int64, body func() io.Reader) []attack {
	out := slices.Clone(requests)
	for i := range out {
		out[i].size, out[i].body = size, body()
	}
	return out
}

// puts returns the requests that upload n objects.
func puts(bucket string, n int) []attack {
	var out []attack
	for i := range n {
		out = append(out, attack{service: "s3", method: http.MethodPut, path: bucket + strconv.Itoa(i)})
	}
	return out
}

// sendAll sends requests concurrently and returns their statuses.
func (v *victim) sendAll(t *testing.T, requests []attack) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	statuses := make([]string, len(requests))
	var group sync.WaitGroup
	for i, q := range requests {
		group.Go(func() {
			var err error
			if statuses[i], err = v.send(ctx, q); err != nil {
				t.Errorf("%s %s: %v", q.service, q.target, err)
			}
		})
	}
	group.Wait()
	return statuses
}

// openTooManyConnections opens more connections than the twin's limit, and sends headers
// without an end. The twin closes the accepted connections after a time, and then accepts
// the others.
func (v *victim) openTooManyConnections(t *testing.T) {
	t.Helper()
	const n = 1100
	address := strings.TrimPrefix(v.url, "http://")
	results := make(chan error, n)
	for range n {
		go func() {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				results <- err
				return
			}
			_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: ")
			if err == nil {
				err = conn.SetReadDeadline(time.Now().Add(time.Minute))
			}
			if err == nil {
				_, err = io.Copy(io.Discard, conn) // until the twin closes it
			}
			results <- errors.Join(err, conn.Close())
		}()
	}
	failed := map[string]int{}
	for range n {
		if err := <-results; err != nil {
			failed[err.Error()]++
		}
	}
	if diff := cmp.Diff(map[string]int{}, failed); diff != "" {
		t.Errorf("number of connections that the twin did not close, by error (-want +got):\n%s", diff)
	}
}
