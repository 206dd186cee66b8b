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

// mostMemory is what the twin may take, in bytes, whatever clients send: 128 MiB
// of bodies, as much again while they grow, and what it needs itself.
const mostMemory = 512 << 20

// abused is a twin in a process of its own, as people run it: without the race
// detector, which takes several times the memory.
type abused struct {
	url         string
	pid         int
	credentials aws.Credentials
}

func startAbused(t *testing.T) *abused {
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
			t.Errorf("the twin's end: %v", err)
		}
	})
	var variables map[string]string
	if err := json.NewDecoder(out).Decode(&variables); err != nil {
		t.Fatal(err)
	}
	return &abused{variables["AWS_ENDPOINT_URL"], cmd.Process.Pid, aws.Credentials{
		AccessKeyID: variables["AWS_ACCESS_KEY_ID"], SecretAccessKey: variables["AWS_SECRET_ACCESS_KEY"],
	}}
}

// peak returns the most memory that the twin has had, in bytes.
func (a *abused) peak(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", a.pid))
	if err != nil {
		t.Fatal(err)
	}
	kib, err := strconv.ParseInt(regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindStringSubmatch(string(status))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}

// endless gives as many bytes as are asked of it, and holds none.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// attack is one request to a service, with a body of that size. A negative size
// isn't told.
type attack struct {
	service, method, path, target string
	size                          int64
	body                          io.Reader
}

// send sends a request, signed, and returns its status, or "closed" if the twin
// closed the connection before it had the request.
func (a *abused) send(ctx context.Context, q attack) (string, error) {
	r, err := http.NewRequestWithContext(ctx, q.method, a.url+q.path, q.body)
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
	if err := v4.NewSigner().SignHTTP(ctx, a.credentials, r, "UNSIGNED-PAYLOAD", q.service, "us-east-1", time.Now()); err != nil {
		return "", err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil && ctx.Err() == nil {
		return "closed", nil // a client that is still sending may not see the answer
	}
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return strconv.Itoa(resp.StatusCode), errors.Join(err, resp.Body.Close())
}

// long runs what takes longer than a test should.
var long = flag.Bool("long", false, "send hostile requests for half a minute")

// Hostile requests, many at once, end, and the twin's memory stays bounded.
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
		want     []string // the statuses that may come
	}{
		{"four of 400 MB", with(targets, huge, func() io.Reader { return io.LimitReader(endless{}, huge) }), []string{"413", "closed"}},
		{"four of 400 MB whose length isn't told", with(targets, -1, func() io.Reader { return io.LimitReader(endless{}, huge) }), []string{"413", "closed"}},
		{"four objects of 400 MB", with(puts(bucket, 4), huge, func() io.Reader { return io.LimitReader(endless{}, huge) }), []string{"200"}},
		{"forty of 15 MB, as large as PutRecords may be", with(slices.Repeat(targets[:1], 40), 15_000_000, func() io.Reader {
			return io.LimitReader(endless{}, 15_000_000)
		}), []string{"400", "403", "503"}},
		{"forty of JSON that nests deeply", with(slices.Repeat(targets[:1], 40), 5<<20, func() io.Reader {
			return bytes.NewReader(bytes.Repeat([]byte("["), 5<<20))
		}), []string{"400", "403", "503"}},
		{"forty of XML that nests deeply", with(slices.Repeat([]attack{{service: "s3", method: http.MethodPost, path: bucket + "?delete="}}, 40), 3<<20, func() io.Reader {
			return bytes.NewReader(bytes.Repeat([]byte("<a>"), 1<<20))
		}), []string{"400", "403", "503"}},
	}
	a := startAbused(t)
	for _, tt := range tests {
		statuses := a.sendAll(t, tt.requests)
		for _, got := range statuses {
			if !slices.Contains(tt.want, got) {
				t.Errorf("%s: got %s, want one of %s", tt.name, got, tt.want)
			}
		}
		peak := a.peak(t)
		t.Logf("%s: %d MiB at most so far", tt.name, peak>>20)
		if peak > mostMemory {
			t.Errorf("%s: the twin took %d MiB, want %d at most", tt.name, peak>>20, mostMemory>>20)
		}
	}
	a.crowd(t)
	if got := a.peak(t); got > mostMemory {
		t.Errorf("the twin took %d MiB for connections, want %d at most", got>>20, mostMemory>>20)
	}
	if got, err := a.send(t.Context(), attack{service: "s3", method: http.MethodGet, path: "/"}); got != "200" || err != nil {
		t.Errorf("afterwards: got %s, %v, want 200", got, err)
	}
}

// with returns requests with bodies.
func with(requests []attack, size int64, body func() io.Reader) []attack {
	out := slices.Clone(requests)
	for i := range out {
		out[i].size, out[i].body = size, body()
	}
	return out
}

// puts returns uploads of n objects.
func puts(bucket string, n int) []attack {
	var out []attack
	for i := range n {
		out = append(out, attack{service: "s3", method: http.MethodPut, path: bucket + strconv.Itoa(i)})
	}
	return out
}

// sendAll sends requests at the same time.
func (a *abused) sendAll(t *testing.T, requests []attack) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	statuses := make([]string, len(requests))
	var group sync.WaitGroup
	for i, q := range requests {
		group.Go(func() {
			var err error
			if statuses[i], err = a.send(ctx, q); err != nil {
				t.Errorf("%s %s: %v", q.service, q.target, err)
			}
		})
	}
	group.Wait()
	return statuses
}

// crowd opens more connections than the twin takes, with headers that never end.
// The twin closes those that it has taken, and then takes the others.
func (a *abused) crowd(t *testing.T) {
	t.Helper()
	const n = 1100
	address := strings.TrimPrefix(a.url, "http://")
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
		t.Errorf("connections that don't end (-want +got):\n%s", diff)
	}
}
