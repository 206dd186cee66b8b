package ddlhandler_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// TestSession compares the whole session of a request.
func TestSession(t *testing.T) {
	t.Parallel()
	for stack, name := range map[string]string{stackA: "tributary/A/V", "local": "tributary/local/V"} {
		db := newDatabase()
		var got ddlhandler.Session
		h := handler(db, new(responses))
		open := h.Runner
		h.Runner = func(s ddlhandler.Session) ddlhandler.Runner {
			runner := open(s)
			s.OnStillRunning = nil
			got = s
			return runner
		}
		if err := h.Handle(t.Context(), create("r1", stack, "V", view(t, "a"))); err != nil {
			t.Fatal(err)
		}
		want := ddlhandler.Session{
			Target: contract.Target{ClusterIdentifier: "cluster", Database: "dev", SecretARN: "arn:secret"},
			Name:   name, Request: "r1", StillRunningAfter: time.Second,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("session (-want +got):\n%s", diff)
		}
	}
}

// TestLog checks the log of requests, and that it contains no SQL and no response URL.
func TestLog(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	var lines strings.Builder
	log := slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "after" || a.Key == "table" {
			return slog.Attr{}
		}
		return a
	}}))
	h := handler(db, new(responses))
	h.Log = log
	for _, ev := range []cfn.Event{
		create("r1", stackA, "V", view(t, "a")),
		updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a")),
	} {
		ev.ResponseURL = sentAgo(0)
		if err := h.Handle(t.Context(), ev); err != nil {
			t.Fatal(err)
		}
	}
	if err := handleHanging(t, h, db, event("Delete", "r3", stackA, "V", viewID, view(t, "b")), "DROP MATERIALIZED"); err == nil {
		t.Error("want no response to the Delete")
	}
	want := `level=INFO msg=answered request=r1 type=Create resource=V status=SUCCESS
level=INFO msg="rows kept" request=r2 type=Update resource=V
level=INFO msg=answered request=r2 type=Update resource=V status=SUCCESS
level=WARN msg="not answered" request=r3 type=Delete resource=V error="still running; Lambda will retry: drop: statement r3-drop-0: context deadline exceeded"
`
	if diff := cmp.Diff(want, lines.String()); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}
