package redshiftdata_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	twin "github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
)

// TestRetention checks that statements and their results are kept for 24 hours after the
// statement has ended, and no longer.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
func TestRetention(t *testing.T) {
	t.Parallel()
	a := serve(t)
	query := a.execute(input("SELECT 1"))
	a.wait(query)
	cancelled := a.execute(input("WAIT"))
	a.clock.advance(time.Hour)
	if _, err := a.CancelStatement(t.Context(), &redshiftdata.CancelStatementInput{Id: cancelled}); err != nil {
		t.Fatal(err)
	}
	a.wait(cancelled) // ended an hour after query
	running := a.execute(input("WAIT"))

	const expired = "ResourceNotFoundException: Query does not exist."
	const noResult = "ValidationException: Query does not have result. Please check query status with DescribeStatement."
	statements := map[string]*string{"query": query, "cancelled": cancelled, "running": running}
	check := func(when string, want map[string][]string, listed int) {
		t.Helper()
		got := map[string][]string{}
		for name, id := range statements {
			_, describeErr := a.DescribeStatement(t.Context(), &redshiftdata.DescribeStatementInput{Id: id})
			_, resultErr := a.GetStatementResult(t.Context(), &redshiftdata.GetStatementResultInput{Id: id})
			got[name] = []string{code(describeErr), code(resultErr)}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: errors of DescribeStatement and GetStatementResult (-want +got):\n%s", when, diff)
		}
		list, err := a.ListStatements(t.Context(), &redshiftdata.ListStatementsInput{Status: types.StatusStringAll})
		if err != nil || len(list.Statements) != listed {
			t.Errorf("%s: listed statements: want %d, got %v, %v", when, listed, list, err)
		}
	}
	kept := map[string][]string{"query": {"", ""}, "cancelled": {"", noResult}, "running": {"", noResult}}
	a.clock.advance(23 * time.Hour)
	check("24 hours after the query", kept, 3)
	a.clock.advance(time.Nanosecond)
	kept["query"] = []string{expired, expired}
	check("after more than 24 hours", kept, 2)
	a.wait(a.execute(input("SELECT 2"))) // removes the statements that have expired
	check("after another statement", kept, 3)
	a.clock.advance(time.Hour)
	kept["cancelled"] = []string{expired, expired}
	check("more than 24 hours after the cancellation", kept, 2)
	if _, err := a.CancelStatement(t.Context(), &redshiftdata.CancelStatementInput{Id: cancelled}); code(err) != expired {
		t.Errorf("cancel an expired statement: want %q, got %v", expired, err)
	}
}

// TestMaximumDuration checks that a statement is cancelled after 24 hours.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
func TestMaximumDuration(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := twin.New(&engine{}, twin.Options{})
		defer service.Close()
		id := map[string]any{"Id": call(t, service, "ExecuteStatement", statementInput("WAIT"))["Id"]}
		var got []any
		for _, wait := range []time.Duration{0, 24*time.Hour - time.Nanosecond, time.Nanosecond} {
			time.Sleep(wait)
			synctest.Wait()
			out := call(t, service, "DescribeStatement", id)
			got = append(got, out["Status"], out["Duration"])
		}
		want := []any{"STARTED", -1.0, "STARTED", -1.0, "ABORTED", float64(24 * time.Hour)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("status and duration at 0 h, just before 24 h, and at 24 h (-want +got):\n%s", diff)
		}
	})
}

// TestDuration checks that the duration of a statement doesn't include the time in the queue.
func TestDuration(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := twin.New(&engine{}, twin.Options{QueueDelay: 10 * time.Second})
		defer service.Close()
		id := map[string]any{"Id": call(t, service, "ExecuteStatement", statementInput("WAIT"))["Id"]}
		time.Sleep(15 * time.Second)
		call(t, service, "CancelStatement", id)
		synctest.Wait()
		if got, want := call(t, service, "DescribeStatement", id)["Duration"], float64(5*time.Second); got != want {
			t.Errorf("want %v, got %v", want, got)
		}
	})
}
