package ddlhandler_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// errDenied is the Data API's error while a new policy has not taken effect.
var errDenied = &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: redshift-data:ExecuteStatement"}

// TestEveryCallIsRetried checks that IAM may refuse each call of a request for a while, the
// first one too. The request then continues.
func TestEveryCallIsRetried(t *testing.T) {
	t.Parallel()
	steps := map[string]bool{}
	record := newDatabase()
	record.refuse = func(step string) error {
		steps[step] = true
		return nil
	}
	changed := updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a"))
	handle(t, record, create("r1", stackA, "V", view(t, "a")))
	handle(t, record, changed)
	handle(t, record, event("Delete", "r3", stackA, "V", viewID, view(t, "b")))
	if len(steps) < 20 || !steps["ledger-find"] || !steps["ledger-now"] || !steps["count-kept-rows"] {
		t.Fatalf("want all steps of a Create, an Update and a Delete, got %d steps", len(steps))
	}
	for step := range steps {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			calls := map[string]int{}
			db.refuse = func(s string) error {
				if calls[s]++; s == step && calls[s]%4 != 0 {
					return errDenied
				}
				return nil
			}
			wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
			wantResponse(t, handle(t, db, changed), "SUCCESS", viewID, "")
			wantResponse(t, handle(t, db, event("Delete", "r3", stackA, "V", viewID, view(t, "b"))), "SUCCESS", viewID, "")
			if diff := cmp.Diff(record.ran, db.ran); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRetriesEnd checks that calls are retried until 3 minutes after the event was sent, not
// after the first accepted statement. So a policy that never takes effect fails the request.
func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		sent   time.Duration // how long before now the event was sent
		status cfn.StatusType
		calls  int
	}{
		"just sent":               {0, "SUCCESS", 3},
		"sent 170 seconds before": {170 * time.Second, "SUCCESS", 3},
		"sent 190 seconds before": {190 * time.Second, "FAILED", 1},
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
			ev.ResponseURL = sentAgo(test.sent)
			if got := handle(t, db, ev); got.Status != test.status || calls != test.calls {
				t.Errorf("want %s after %d calls, got %s after %d: %s", test.status, test.calls, got.Status, calls, got.Reason)
			}
		})
	}
}

// outcomes is a [ddlhandler.Runner] whose statements named create end with the given errors.
type outcomes struct {
	session
	errs     *[]error
	attempts *[]int // the attempt numbers of the statements create
}

func (o outcomes) Run(ctx context.Context, stmt dataapi.Statement, attempt int) (dataapi.Outcome, error) {
	if stmt.Name != "create" {
		return o.session.Run(ctx, stmt, attempt)
	}
	*o.attempts = append(*o.attempts, attempt)
	err := (*o.errs)[0]
	if *o.errs = (*o.errs)[1:]; err != nil {
		return dataapi.Outcome{}, err
	}
	return o.session.Run(ctx, stmt, attempt)
}

// TestAttempts checks which attempt numbers a statement has, how long the handler waits
// between two attempts, and which errors it retries.
func TestAttempts(t *testing.T) {
	t.Parallel()
	// refused returns the error of a statement that IAM refused. The statement was accepted that
	// long after the request was sent.
	refused := func(after time.Duration) error {
		return &dataapi.StatementError{Name: "create", ID: "x", Status: "FAILED", Reason: "ERROR: User x is not authorized to assume IAM Role", Created: time.Now().Add(after)}
	}
	conflict := &dataapi.StatementError{Name: "create", ID: "x", Status: "FAILED", Reason: "ERROR: could not complete because of conflict with concurrent transaction"}
	seconds := func(waits ...time.Duration) []time.Duration {
		for i := range waits {
			waits[i] *= time.Second
		}
		return waits
	}
	upTo := func(n int) []int {
		numbers := []int{}
		for i := range n {
			numbers = append(numbers, i)
		}
		return numbers
	}
	type result struct {
		Attempts []int
		Waits    []time.Duration // between the attempts, rounded to seconds
		Reason   string
	}
	const refusal = `view "public"."v": create: failed: ERROR: User x is not authorized to assume IAM Role (statement x): `
	tests := map[string]struct {
		errs func() []error
		want result
	}{
		"succeeds":          {func() []error { return []error{nil} }, result{upTo(1), nil, ""}},
		"another error":     {func() []error { return []error{errors.New("other")} }, result{upTo(1), nil, `view "public"."v": other`}},
		"refused calls":     {func() []error { return append(slices.Repeat([]error{errDenied}, 6), nil) }, result{[]int{0, 0, 0, 0, 0, 0, 0}, seconds(1, 2, 4, 8, 15, 15), ""}},
		"failed statements": {func() []error { return []error{refused(0), errDenied, refused(0), nil} }, result{[]int{0, 1, 1, 2}, seconds(1, 2, 4), ""}},
		"conflicts":         {func() []error { return []error{conflict, conflict, nil} }, result{upTo(3), seconds(1, 2), ""}},
		"a refusal before the 3 minutes are over": {
			func() []error { return []error{refused(175 * time.Second), nil} }, result{upTo(2), seconds(176), ""},
		},
		"a refusal after the 3 minutes": {func() []error { return []error{refused(185 * time.Second)} }, result{upTo(1), nil, refusal}},
		// A repeated run long after the first one gets the first run's outcomes, and follows it.
		"refused in the first run": {func() []error { return []error{refused(-time.Hour), nil} }, result{upTo(2), nil, ""}},
		"20 conflicts":             {func() []error { return append(slices.Repeat([]error{conflict}, 20), nil) }, result{upTo(21), slices.Concat(seconds(1, 2, 4, 8), slices.Repeat(seconds(15), 16)), ""}},
		"21 conflicts": {func() []error { return slices.Repeat([]error{conflict}, 21) }, result{
			upTo(21), slices.Concat(seconds(1, 2, 4, 8), slices.Repeat(seconds(15), 16)),
			`view "public"."v": create: failed: ERROR: could not complete because of conflict with concurrent transaction (statement x): `,
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var (
				answered responses
				got      result
			)
			errs := test.errs()
			h := handler(newDatabase(), &answered)
			open := h.Runner
			h.Runner = func(s ddlhandler.Session) ddlhandler.Runner {
				return outcomes{open(s).(session), &errs, &got.Attempts} //nolint:forcetypeassert,errcheck // handler opens this type
			}
			h.Sleep = func(_ context.Context, d time.Duration) error {
				got.Waits = append(got.Waits, d.Round(time.Second))
				return nil
			}
			if err := h.Handle(t.Context(), create("r1", stackA, "V", view(t, "a"))); err != nil {
				t.Fatal(err)
			}
			got.Reason = answered[0].Reason
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTimeEndsBetweenAttempts checks the error of a run that runs out of time while it waits
// for the next attempt.
func TestTimeEndsBetweenAttempts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ failWith, response, err string }{
		"after a conflict": {
			"ERROR: 1023 DETAIL: Serializable isolation violation", "",
			"still running; Lambda will retry: context deadline exceeded: create: failed: ERROR: 1023 DETAIL: Serializable isolation violation (statement r1-create-0)",
		},
		"after a refusal": {"ERROR: User x is not authorized to assume IAM Role", "create: failed: ERROR: User x is not authorized", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			db.failOn, db.failWith = "CREATE MATERIALIZED", test.failWith
			var got responses
			h := handler(db, &got)
			h.Sleep = func(context.Context, time.Duration) error { return context.DeadlineExceeded }
			ev := create("r1", stackA, "V", view(t, "a"))
			ev.ResponseURL = sentAgo(0)
			err := h.Handle(t.Context(), ev)
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Errorf("error\nwant %s\ngot  %v", test.err, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			wantResponse(t, got[0], "FAILED", viewID, test.response)
		})
	}
}

// TestHandlerWaitsWithoutSleep checks that the handler waits by a timer if it has no Sleep.
func TestHandlerWaitsWithoutSleep(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.failOn, db.failWith, db.failTimes = "INSERT INTO", "ERROR: 1023 DETAIL: Serializable isolation violation on table - 100260", 2
	var got responses
	h := handler(db, &got)
	h.Sleep = nil
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // the first wait is 22 ms
	defer cancel()
	began := time.Now()
	if err := h.Handle(ctx, create("r1", stackA, "V", view(t, "a"))); err != nil {
		t.Fatal(err)
	}
	wantResponse(t, got[0], "SUCCESS", viewID, "")
	if waited := time.Since(began); waited < 60*time.Millisecond {
		t.Errorf("want waits of 66 ms in all, got %v", waited)
	}
}
