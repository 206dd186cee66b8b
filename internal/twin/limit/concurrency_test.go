package limit_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// waiting returns a handler. For the path /wait, the handler sends a value to begun and
// responds when release is closed.
func waiting() (next http.HandlerFunc, begun chan struct{}, release chan struct{}) {
	begun, release = make(chan struct{}, 10), make(chan struct{})
	return func(w http.ResponseWriter, r *http.Request) {
		if _, err := wire.ReadBody(r); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		if r.URL.Path == "/wait" {
			begun <- struct{}{}
			<-release
		}
		_, _ = io.WriteString(w, "served")
	}, begun, release
}

// roundTrip sends a request on a new connection and returns the response.
func roundTrip(t *testing.T, address, request string) (int, string) {
	t.Helper()
	conn := dial(t, address)
	send(t, conn, request)
	return receive(t, bufio.NewReader(conn))
}

func TestConcurrentRequests(t *testing.T) {
	t.Parallel()
	b := bounds()
	b.Requests = 1
	next, begun, release := waiting()
	address := serve(t, b, next)
	first := dial(t, address)
	send(t, first, post("/wait", "Content-Length: 0\r\n", ""))
	<-begun
	if status, got := roundTrip(t, address, post("/", "Content-Length: 400000000\r\n", "")); status != 503 || got != "busy" {
		t.Errorf("second request: got %d %q, want 503 busy", status, got)
	}
	if status, got := roundTrip(t, address, post("/exempt", "Content-Length: 0\r\n", "")); status != 200 || got != "served" {
		t.Errorf("exempt request: got %d %q, want 200 served", status, got)
	}
	close(release)
	if status, got := receive(t, bufio.NewReader(first)); status != 200 || got != "served" {
		t.Errorf("first request: got %d %q, want 200 served", status, got)
	}
	if status, got := roundTrip(t, address, post("/", "Content-Length: 0\r\n", "")); status != 200 || got != "served" {
		t.Errorf("afterwards: got %d %q, want 200 served", status, got)
	}
}

// TestMemory sends requests while two requests of 400 bytes each use 800 of the 1000
// bytes for bodies.
func TestMemory(t *testing.T) {
	t.Parallel()
	b := bounds()
	b.Wait = 50 * time.Millisecond
	next, begun, release := waiting()
	address := serve(t, b, next)
	body := func(path string, n int) string {
		return post(path, fmt.Sprintf("Content-Length: %d\r\n", n), strings.Repeat("x", n))
	}
	var held []net.Conn
	for range 2 {
		conn := dial(t, address)
		send(t, conn, body("/wait", 400))
		<-begun
		held = append(held, conn)
	}
	const full = "ServiceUnavailable: no memory for the body: the bodies of all requests together may have 1000 bytes in the local twin; try again"
	if status, got := roundTrip(t, address, body("/", 201)); status != 503 || got != full {
		t.Errorf("a request of 201 bytes: got %d %q, want 503 %q", status, got, full)
	}
	if status, got := roundTrip(t, address, post("/", "Transfer-Encoding: chunked\r\n", chunk(1)+"0\r\n\r\n")); status != 503 || got != full {
		t.Errorf("a request of unknown length: got %d %q, want 503 %q", status, got, full)
	}
	if status, got := roundTrip(t, address, body("/", 200)); status != 200 || got != "served" {
		t.Errorf("a request of 200 bytes: got %d %q, want 200 served", status, got)
	}
	close(release)
	for _, conn := range held {
		if status, _ := receive(t, bufio.NewReader(conn)); status != 200 {
			t.Errorf("got status %d, want 200", status)
		}
	}
	for range 3 { // more than the 1000 bytes in all, which are free again after each request
		if status, got := roundTrip(t, address, body("/", 500)); status != 200 || got != "served" {
			t.Errorf("afterwards: got %d %q, want 200 served", status, got)
		}
	}
}

func TestConcurrentConnections(t *testing.T) {
	t.Parallel()
	b := bounds()
	b.Connections = 1
	address := serve(t, b, hold)
	first := dial(t, address)
	send(t, first, post("/", "Content-Length: 1\r\n", "x"))
	if status, _ := receive(t, bufio.NewReader(first)); status != 200 {
		t.Fatalf("got status %d", status)
	}
	second := dial(t, address)
	send(t, second, post("/", "Content-Length: 2\r\n", "xy"))
	if err := second.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := second.Read(make([]byte, 1)); n != 0 {
		t.Errorf("got a response on the second connection while the first is open: %v", err)
	}
	if err := errors.Join(first.Close(), second.SetReadDeadline(time.Time{})); err != nil {
		t.Fatal(err)
	}
	if status, got := receive(t, bufio.NewReader(second)); status != 200 || got != "in memory: 2" {
		t.Errorf("second connection after the first is closed: got %d %q, want 200 \"in memory: 2\"", status, got)
	}
}
