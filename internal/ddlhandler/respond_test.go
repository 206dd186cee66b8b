package ddlhandler_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// noSleep does not wait.
func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// endpoint starts a server that returns each of the statuses in turn, and then 200. It
// returns the server's URL and the bodies of the requests.
func endpoint(t *testing.T, statuses ...int) (url string, bodies *[]string) {
	t.Helper()
	bodies = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != http.MethodPut || r.Header.Get("Content-Type") != "" {
			t.Errorf("want PUT without a content type, as the URL is signed for, got %s with %q", r.Method, r.Header.Get("Content-Type"))
		}
		*bodies = append(*bodies, string(body))
		if len(*bodies) <= len(statuses) {
			w.WriteHeader(statuses[len(*bodies)-1])
		}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/response?signature=secret", bodies
}

func TestRespond(t *testing.T) {
	t.Parallel()
	url, bodies := endpoint(t, http.StatusInternalServerError)
	r := ddlhandler.Response{Status: "FAILED", Reason: "no", PhysicalResourceID: "p", StackID: "s", RequestID: "r", LogicalResourceID: "l"}
	if err := (ddlhandler.HTTPResponder{Endpoint: url, Sleep: noSleep}).Respond(t.Context(), url, r); err != nil {
		t.Fatal(err)
	}
	body := `{"Status":"FAILED","Reason":"no","PhysicalResourceId":"p","StackId":"s","RequestId":"r","LogicalResourceId":"l"}`
	if diff := cmp.Diff([]string{body, body}, *bodies); diff != "" {
		t.Errorf("requests, of which the first got status 500 (-want +got):\n%s", diff)
	}
}

func TestRespondKeepsTheSignedURLSecret(t *testing.T) {
	t.Parallel()
	refusing, _ := endpoint(t, http.StatusForbidden)
	closed := httptest.NewServer(nil)
	closed.Close()
	for _, url := range []string{refusing, closed.URL + "/?signature=secret", ":signature=secret"} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		err := ddlhandler.HTTPResponder{Endpoint: url, Sleep: noSleep}.Respond(ctx, url, ddlhandler.Response{})
		cancel()
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: want an error without the signature, got %v", url, err)
		}
	}
}

func TestRespondCutsTheReason(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{
		strings.Repeat("x", 10_000), strings.Repeat(`"ä`, 3_000), strings.Repeat("\x01", 4_000),
		strings.Repeat("€", 3_000), "x" + strings.Repeat("€", 3_000), "xx" + strings.Repeat("€", 3_000), // cut at each byte of a character
	} {
		url, bodies := endpoint(t)
		if err := (ddlhandler.HTTPResponder{Endpoint: url, Sleep: noSleep}).Respond(t.Context(), url, ddlhandler.Response{Status: "FAILED", Reason: reason}); err != nil {
			t.Fatal(err)
		}
		body := (*bodies)[0]
		var got ddlhandler.Response
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		if len(body) > 4096 || len(body) < 3800 || !utf8.ValidString(got.Reason) || !strings.HasPrefix(reason, got.Reason) {
			t.Errorf("want a body of 3800 to 4096 bytes with the start of the reason; of a reason of %d bytes, got a body of %d with %q…", len(reason), len(body), got.Reason[:min(10, len(got.Reason))])
		}
	}
}

// TestRespondFollowsNoRedirect checks that a response is sent to its own address only.
func TestRespondFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	location := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("want no request to the redirect's location, got %s %s with Referer %q", r.Method, r.URL, r.Referer())
	}))
	t.Cleanup(location.Close)
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		if r.Referer() != "" {
			t.Errorf("want no Referer, got %q", r.Referer())
		}
		http.Redirect(w, r, location.URL, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(server.Close)
	err := ddlhandler.HTTPResponder{Endpoint: server.URL, Sleep: noSleep}.Respond(t.Context(), server.URL+"/?signature=secret", ddlhandler.Response{})
	if want := "cloudformation refused the response with status 307"; err == nil || err.Error() != want || requests != 1 {
		t.Errorf("want %q after 1 request, got %v after %d", want, err, requests)
	}
}

// TestRespondRetries checks the waits between attempts, and the error of a context that ends
// between two of them.
func TestRespondRetries(t *testing.T) {
	t.Parallel()
	url, bodies := endpoint(t, slices.Repeat([]int{http.StatusServiceUnavailable}, 8)...)
	waits := []time.Duration{}
	err := ddlhandler.HTTPResponder{Endpoint: url, Sleep: func(_ context.Context, d time.Duration) error {
		if waits = append(waits, d/time.Millisecond); len(waits) == 7 {
			return context.DeadlineExceeded
		}
		return nil
	}}.Respond(t.Context(), url, ddlhandler.Response{})
	if want := "the response did not reach cloudformation: status 503"; err == nil || err.Error() != want {
		t.Errorf("want the error %q, got %v", want, err)
	}
	if diff := cmp.Diff([]time.Duration{200, 400, 800, 1600, 3200, 5000, 5000}, waits); diff != "" || len(*bodies) != 7 {
		t.Errorf("waits in milliseconds between %d requests (-want +got):\n%s", len(*bodies), diff)
	}
}

// TestRespondTooLong checks the error of a response that is too long even without a reason.
func TestRespondTooLong(t *testing.T) {
	t.Parallel()
	url, bodies := endpoint(t)
	err := ddlhandler.HTTPResponder{Endpoint: url, Sleep: noSleep}.Respond(t.Context(), url, ddlhandler.Response{Reason: "no", PhysicalResourceID: strings.Repeat("x", 4100)})
	if want := "bytes without a reason; CloudFormation accepts at most 4096"; err == nil || !strings.HasSuffix(err.Error(), want) || len(*bodies) > 0 {
		t.Errorf("want no request and the error %q, got %d and %v", want, len(*bodies), err)
	}
}

// TestRespondAtTheLimit checks that a response of exactly the longest size is sent whole.
func TestRespondAtTheLimit(t *testing.T) {
	t.Parallel()
	empty, err := json.Marshal(ddlhandler.Response{Reason: "x"})
	if err != nil {
		t.Fatal(err)
	}
	for _, length := range []int{4096, 4097} {
		url, bodies := endpoint(t)
		reason := strings.Repeat("x", length-len(empty)+1)
		if err := (ddlhandler.HTTPResponder{Endpoint: url, Sleep: noSleep}).Respond(t.Context(), url, ddlhandler.Response{Reason: reason}); err != nil {
			t.Fatal(err)
		}
		if got := len((*bodies)[0]); got != 4096 {
			t.Errorf("of a response of %d bytes, want 4096 sent, got %d", length, got)
		}
	}
}

// TestRespondStatuses checks which statuses of the HTTP response are a success, and which are
// an error.
func TestRespondStatuses(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		http.StatusOK:              "<nil>",
		299:                        "<nil>",
		http.StatusMultipleChoices: "cloudformation refused the response with status 300",
		499:                        "cloudformation refused the response with status 499",
		500:                        "<nil>", // the second attempt succeeds
	} {
		url, _ := endpoint(t, status)
		err := ddlhandler.HTTPResponder{Endpoint: url, Sleep: noSleep}.Respond(t.Context(), url, ddlhandler.Response{})
		if got := fmt.Sprint(err); got != want {
			t.Errorf("status %d: want the error %s, got %s", status, want, got)
		}
	}
}
