package ddlhandler_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// endpoint answers with each of statuses in turn, and then 200. It returns the
// bodies it got.
func endpoint(t *testing.T, statuses ...int) (url string, bodies *[]string) {
	t.Helper()
	bodies = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != http.MethodPut || r.Header.Get("Content-Type") != "" {
			t.Errorf("got %s with content type %q, which the URL is not signed for", r.Method, r.Header.Get("Content-Type"))
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
		t.Errorf("after one answer of 500 (-want +got):\n%s", diff)
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
			t.Errorf("%s: got %v", url, err)
		}
	}
}

func TestRespondCutsTheReason(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{strings.Repeat("x", 10_000), strings.Repeat(`"ä`, 3_000), strings.Repeat("\x01", 4_000)} {
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
			t.Errorf("a reason of %d bytes became a body of %d with %q…", len(reason), len(body), got.Reason[:min(10, len(got.Reason))])
		}
	}
}

// TestRespondFollowsNoRedirect holds that a response goes to its address only.
func TestRespondFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s went elsewhere, with Referer %q", r.Method, r.URL, r.Referer())
	}))
	t.Cleanup(elsewhere.Close)
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.Referer() != "" {
			t.Errorf("Referer %q", r.Referer())
		}
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(server.Close)
	err := ddlhandler.HTTPResponder{Endpoint: server.URL, Sleep: noSleep}.Respond(t.Context(), server.URL+"/?signature=secret", ddlhandler.Response{})
	if want := "cloudformation refused the response with status 307"; err == nil || err.Error() != want || asked != 1 {
		t.Errorf("want %q after 1 request, got %v after %d", want, err, asked)
	}
}
