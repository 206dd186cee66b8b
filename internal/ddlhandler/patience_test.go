package ddlhandler_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// errDenied is what the Data API answers while a policy has not taken effect.
var errDenied = &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: redshift-data:ExecuteStatement"}

// sentAgo returns an event's response URL that CloudFormation made so long ago.
func sentAgo(d time.Duration) string {
	return "https://bucket/?X-Amz-Date=" + time.Now().Add(-d).UTC().Format("20060102T150405Z")
}

// TestEveryCallWaitsForIAM holds that each call of a request may be refused for a while,
// the first one too, and that the request then goes on.
func TestEveryCallWaitsForIAM(t *testing.T) {
	t.Parallel()
	steps := map[string]bool{}
	record := newDatabase()
	record.refuse = func(step string) error {
		steps[string(step)] = true
		return nil
	}
	changed := updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a"))
	handle(t, record, create("r1", stackA, "V", view(t, "a")))
	handle(t, record, changed)
	handle(t, record, event("Delete", "r3", stackA, "V", viewID, view(t, "b")))
	if len(steps) < 20 || !steps["ledger-find"] || !steps["ledger-now"] || !steps["count-kept"] {
		t.Fatalf("want all of a view's life, got %d steps", len(steps))
	}
	for step := range steps {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			left := map[string]int{}
			db.refuse = func(s string) error {
				if left[s]++; string(s) == step && left[s]%4 != 0 {
					return errDenied
				}
				return nil
			}
			wantAnswer(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
			wantAnswer(t, handle(t, db, changed), "SUCCESS", viewID, "")
			wantAnswer(t, handle(t, db, event("Delete", "r3", stackA, "V", viewID, view(t, "b"))), "SUCCESS", viewID, "")
			if diff := cmp.Diff(record.ran, db.ran); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPatienceEnds holds that the time is measured from the event's arrival, not from
// the first statement that was accepted: a policy that never comes fails the request.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ago    time.Duration
		status cfn.StatusType
		calls  int
	}{
		"just sent":         {0, "SUCCESS", 3},
		"sent a minute ago": {time.Minute, "SUCCESS", 3},
		"sent long ago":     {4 * time.Minute, "FAILED", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			calls := 0
			db.refuse = func(step string) error {
				if step != "ledger-find" {
					return nil
				}
				if calls++; calls < 3 {
					return errDenied
				}
				return nil
			}
			ev := create("r1", stackA, "V", view(t, "a"))
			ev.ResponseURL = sentAgo(test.ago)
			if got := handle(t, db, ev); got.Status != test.status || calls != test.calls {
				t.Errorf("want %s after %d calls, got %s after %d: %s", test.status, test.calls, got.Status, calls, got.Reason)
			}
		})
	}
}

// try records under which numbers a call is made.
func try(t *testing.T, settled time.Time, ends ...error) (numbers []int, err error) {
	t.Helper()
	p := ddlhandler.Patience{Settled: settled, First: time.Hour, Most: time.Hour, Sleep: func(context.Context, time.Duration) error { return nil }}
	err = p.Try(t.Context(), func(number int) error {
		numbers = append(numbers, number)
		end := ends[0]
		ends = ends[1:]
		return end
	})
	return numbers, err
}

func TestTry(t *testing.T) {
	t.Parallel()
	soon := time.Now().Add(time.Minute)
	refusedAt := func(at time.Time) error {
		return &dataapi.StatementError{Status: "FAILED", Reason: "ERROR: User x is not authorized to assume IAM Role", Created: at}
	}
	lost := &dataapi.StatementError{Status: "FAILED", Reason: "ERROR: could not complete because of conflict with concurrent transaction"}
	other := errors.New("other")
	tests := map[string]struct {
		ends []error
		want []int
		err  error
	}{
		"succeeds":                       {[]error{nil}, []int{0}, nil},
		"fails otherwise":                {[]error{other}, []int{0}, other},
		"a refused call has no token":    {[]error{errDenied, errDenied, nil}, []int{0, 0, 0}, nil},
		"a failed statement has its own": {[]error{refusedAt(time.Now()), errDenied, refusedAt(time.Now()), nil}, []int{0, 1, 1, 2}, nil},
		"a lost race":                    {[]error{lost, lost, nil}, []int{0, 1, 2}, nil},
		"refused too late":               {[]error{refusedAt(soon.Add(time.Second))}, []int{0}, refusedAt(soon.Add(time.Second))},
		"too many races":                 {slices.Repeat([]error{lost}, 21), []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}, lost},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			numbers, err := try(t, soon, test.ends...)
			if diff := cmp.Diff([]string{fmt.Sprint(test.want), fmt.Sprint(test.err)}, []string{fmt.Sprint(numbers), fmt.Sprint(err)}); diff != "" {
				t.Errorf("numbers and error (-want +got):\n%s", diff)
			}
		})
	}
	// A repeated run, long after, finds the outcomes of the first one and follows it.
	numbers, err := try(t, time.Now().Add(-time.Hour), refusedAt(time.Now().Add(-2*time.Hour)), nil)
	if err != nil || fmt.Sprint(numbers) != "[0 1]" {
		t.Errorf("want the first run's two tries, got %v, %v", numbers, err)
	}
}

// TestQueueDoesNotUseUpTheLease holds that reads of the ledger which wait longer than
// the lease are good: it begins when they run.
func TestQueueDoesNotUseUpTheLease(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.queue = 60 * time.Millisecond
	var got answers
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second) // a lease of 50 ms
	defer cancel()
	if err := handler(db, &got).Handle(ctx, create("r1", stackA, "V", view(t, "a"))); err != nil {
		t.Fatal(err)
	}
	wantAnswer(t, got[0], "SUCCESS", viewID, "")
}

// TestStatementsAreInTheLedger holds that a request which overtakes another one is told
// which statement that ran long, and never its own.
func TestStatementsAreInTheLedger(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	h := handler(db, new(answers))
	h.Runner = func(s ddlhandler.Session) ddlhandler.Runner {
		return session{database: db, request: s.Request, user: admin, onStillRunning: s.OnStillRunning}
	}
	handle := func(ev cfn.Event, hangOn string) {
		t.Helper()
		db.hangOn = hangOn
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if err := h.Handle(ctx, ev); (err != nil) != (hangOn != "") {
			t.Fatalf("hanging on %q: %v", hangOn, err)
		}
	}
	running := func() string { return (*db.ledgers[admin]["view public.v"][0])["running"] }
	first := create("r1", stackA, "V", view(t, "a"))
	handle(first, "CREATE MATERIALIZED")
	noted := running()
	if !strings.HasPrefix(noted, "r1 id-") {
		t.Fatalf("want the CREATE's id in the ledger, got %q", noted)
	}
	del := event("Delete", "r2", stackA, "V", "A-V-invented", view(t, "a"))
	handle(del, "DROP MATERIALIZED")
	handle(del, "")
	want := [][]string{{strings.TrimPrefix(noted, "r1 ")}, nil} // the second run has its own
	if diff := cmp.Diff(want, db.superseded); diff != "" {
		t.Errorf("superseded (-want +got):\n%s", diff)
	}
	wantLedger(t, db, map[string]string{})
}
