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

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/limit"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// bounds returns small limits. The time limits are long: a test lowers those that it
// waits for.
func bounds() limit.Bounds {
	return limit.Bounds{
		Connections: 10, Requests: 10, Memory: 1000, Wait: time.Minute,
		HeaderBytes: 4 << 10, HeaderTime: time.Minute, Idle: time.Minute,
		Stall: time.Minute, Rate: 1, StreamRate: 1, Grace: time.Minute, Stream: 2000, Drain: 50 * time.Millisecond,
	}
}

// serve runs a server and returns its address. A body that is read into memory may have
// 500 bytes.
func serve(t *testing.T, b limit.Bounds, next http.HandlerFunc) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := limit.New(limit.Options{
		Bounds: b, Next: next,
		MaxHeld: func(*http.Request) int64 { return 500 },
		Exempt:  func(r *http.Request) bool { return r.URL.Path == "/exempt" },
		Busy:    func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "busy", http.StatusServiceUnavailable) },
	})
	done := make(chan error, 1)
	go func() { done <- server.Serve(limit.Listener(listener, b)) }()
	t.Cleanup(func() {
		if err := errors.Join(server.Close(), <-done); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// hold reads the body into memory and responds with its size, or with the error.
func hold(w http.ResponseWriter, r *http.Request) {
	body, err := wire.ReadBody(r)
	if err != nil {
		refused := wire.BodyError(err)
		http.Error(w, refused.Error(), max(refused.Status, http.StatusBadRequest))
		return
	}
	_, _ = fmt.Fprintf(w, "in memory: %d", len(body))
}

// stream reads the body as a stream and responds with its size, or with the error.
func stream(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, _ = fmt.Fprintf(w, "stream: %d", n)
}

// dial opens a connection, which is closed when the test ends.
func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// send writes a request or a part of one.
func send(t *testing.T, conn io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

// receive returns the status and the body of a response.
func receive(t *testing.T, in *bufio.Reader) (int, string) {
	t.Helper()
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(body))
}

// post returns the text of a POST request.
func post(path, headers, body string) string {
	return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n" + body
}

// chunk returns a chunk of n bytes in the chunked transfer encoding.
func chunk(n int) string { return fmt.Sprintf("%x\r\n%s\r\n", n, strings.Repeat("x", n)) }

// TestBodies sends one request and nothing after it. So a response to an incomplete body
// shows that the server did not wait for the rest.
func TestBodies(t *testing.T) {
	t.Parallel()
	length := func(n int64) string { return fmt.Sprintf("Content-Length: %d\r\n", n) }
	const chunked = "Transfer-Encoding: chunked\r\n"
	const tooLarge = "RequestEntityTooLarge: a request's body may have at most 500 bytes"
	const tooSlow = "RequestTimeout: the request's body stalled or arrived too slowly: 1 bytes in 0s"
	tests := map[string]struct {
		next    http.HandlerFunc
		change  func(*limit.Bounds)
		request string
		status  int
		want    string
	}{
		"500 bytes in memory":              {hold, nil, post("/", length(500), strings.Repeat("x", 500)), 200, "in memory: 500"},
		"501 bytes in memory":              {hold, nil, post("/", length(501), ""), 413, tooLarge},
		"400 MB in memory":                 {hold, nil, post("/", length(400<<20), ""), 413, tooLarge},
		"a Content-Length beyond int64":    {hold, nil, post("/", "Content-Length: 99999999999999999999\r\n", ""), 400, "400 Bad Request"},
		"500 bytes without Content-Length": {hold, nil, post("/", chunked, chunk(500)+"0\r\n\r\n"), 200, "in memory: 500"},
		"501 bytes without Content-Length": {hold, nil, post("/", chunked, chunk(501)), 413, tooLarge},
		"an empty body":                    {hold, nil, post("/", length(0), ""), 200, "in memory: 0"},
		"a stream":                         {stream, nil, post("/", length(2000), strings.Repeat("x", 2000)), 200, "stream: 2000"},
		"a stream too large":               {stream, nil, post("/", chunked, chunk(2001)), 400, "http: request body too large"},
		"a body that stalls":               {hold, func(b *limit.Bounds) { b.Stall = 50 * time.Millisecond }, post("/", length(2), "x"), 400, tooSlow},
		"a stream that stalls":             {stream, func(b *limit.Bounds) { b.Stall = 50 * time.Millisecond }, post("/", length(2), "x"), 400, tooSlow},
		"a body slower than the rate":      {hold, func(b *limit.Bounds) { b.Grace, b.Rate = 50*time.Millisecond, 1000 }, post("/", length(2), "x"), 400, tooSlow},
		"a stream slower than the rate":    {stream, func(b *limit.Bounds) { b.Grace, b.StreamRate = 50*time.Millisecond, 1000 }, post("/", length(2), "x"), 400, tooSlow},
		"headers too large":                {hold, nil, post("/", "A: "+strings.Repeat("x", 10<<10)+"\r\n", ""), 431, "431 Request Header Fields Too Large"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bounds()
			if tt.change != nil {
				tt.change(&b)
			}
			conn := dial(t, serve(t, b, tt.next))
			send(t, conn, tt.request)
			status, got := receive(t, bufio.NewReader(conn))
			if diff := cmp.Diff(tt.want, got); diff != "" || status != tt.status {
				t.Errorf("got status %d, want %d (-want +got):\n%s", status, tt.status, diff)
			}
		})
	}
}

// TestHTTP2 checks the limits with HTTP/2.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	b := bounds()
	b.Stall = 100 * time.Millisecond
	address := serve(t, b, hold)
	protocols := &http.Protocols{}
	protocols.SetUnencryptedHTTP2(true)
	client := &http.Client{Transport: &http.Transport{Protocols: protocols}}
	t.Cleanup(client.CloseIdleConnections)
	stalled, writer := io.Pipe()
	t.Cleanup(func() { _ = writer.Close() })
	tests := []struct {
		name   string
		body   io.Reader
		status int
		want   string
	}{
		{"500 bytes", strings.NewReader(strings.Repeat("x", 500)), 200, "in memory: 500"},
		{"too large", strings.NewReader(strings.Repeat("x", 501)), 413, "RequestEntityTooLarge: a request's body may have at most 500 bytes"},
		{"too large, without Content-Length", io.MultiReader(strings.NewReader(strings.Repeat("x", 501))), 413, "RequestEntityTooLarge: a request's body may have at most 500 bytes"},
		{"stalled", stalled, 400, "RequestTimeout: the request's body stalled or arrived too slowly: 0 bytes in 0s"},
		{"a further request on the connection", strings.NewReader("x"), 200, "in memory: 1"},
	}
	for _, tt := range tests {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/", tt.body)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		body, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if got := strings.TrimSpace(string(body)); got != tt.want || resp.StatusCode != tt.status || resp.Proto != "HTTP/2.0" {
			t.Errorf("%s: got %s %d %q, want %d %q", tt.name, resp.Proto, resp.StatusCode, got, tt.status, tt.want)
		}
	}
}

// TestSlowBody sends a body that never stalls, but takes longer than Bounds.Stall in all.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	b := bounds()
	b.Stall = 300 * time.Millisecond
	conn := dial(t, serve(t, b, stream))
	send(t, conn, post("/", "Content-Length: 40\r\n", ""))
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 40 { // 800 ms in all
		<-tick.C
		send(t, conn, "x")
	}
	if status, got := receive(t, bufio.NewReader(conn)); status != 200 || got != "stream: 40" {
		t.Errorf("got %d %q, want 200 \"stream: 40\"", status, got)
	}
}

// TestConnectionsAreClosed checks that the server closes a connection whose headers do
// not arrive in time, and an idle connection.
func TestConnectionsAreClosed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*limit.Bounds)
		sent   string
	}{
		"slow headers":     {func(b *limit.Bounds) { b.HeaderTime = 50 * time.Millisecond }, "POST / HTTP/1.1\r\nHost: "},
		"no headers":       {func(b *limit.Bounds) { b.HeaderTime = 50 * time.Millisecond }, ""},
		"between requests": {func(b *limit.Bounds) { b.Idle = 50 * time.Millisecond }, post("/", "Content-Length: 1\r\n", "x")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bounds()
			tt.change(&b)
			conn := dial(t, serve(t, b, hold))
			send(t, conn, tt.sent)
			if _, err := io.Copy(io.Discard, conn); err != nil { // until the server closes it
				t.Error(err)
			}
		})
	}
}

// TestLateResponses checks that the time until a response is not limited, and that
// deadlines of a request don't affect later requests on the connection.
func TestLateResponses(t *testing.T) {
	t.Parallel()
	b := bounds()
	b.Stall, b.Grace = 50*time.Millisecond, 50*time.Millisecond
	conn := dial(t, serve(t, b, func(w http.ResponseWriter, r *http.Request) {
		body, err := wire.ReadBody(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		select {
		case <-time.After(4 * b.Stall):
			_, _ = fmt.Fprintf(w, "late, %d", len(body))
		case <-r.Context().Done():
		}
	}))
	in := bufio.NewReader(conn)
	for _, request := range []string{
		post("/", "Content-Length: 3\r\n", "abc"), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", post("/", "Transfer-Encoding: chunked\r\n", chunk(2)+"0\r\n\r\n"),
	} {
		send(t, conn, request)
		if status, got := receive(t, in); status != 200 || !strings.HasPrefix(got, "late, ") {
			t.Errorf("got %d %q", status, got)
		}
	}
}

// TestResponseNotReceived checks that a response ends with an error if the client does
// not receive it.
func TestResponseNotReceived(t *testing.T) {
	t.Parallel()
	b := bounds()
	b.Stall = 50 * time.Millisecond
	ended := make(chan error, 1)
	conn := dial(t, serve(t, b, func(w http.ResponseWriter, _ *http.Request) {
		_, err := w.Write(make([]byte, 256<<20))
		ended <- err
	}))
	send(t, conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	select {
	case err := <-ended:
		if err == nil {
			t.Error("got no error after 256 MB were written to a client that reads nothing")
		}
	case <-time.After(time.Minute):
		t.Error("the response had not ended after a minute")
	}
}
