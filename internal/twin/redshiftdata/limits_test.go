package redshiftdata_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	twin "github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
)

// batch returns a request to run statements as a batch.
func batch(sqls ...string) *redshiftdata.BatchExecuteStatementInput {
	return &redshiftdata.BatchExecuteStatementInput{ClusterIdentifier: aws.String("streaming-cluster"), Database: aws.String("dev"), Sqls: sqls}
}

// statementInput returns the same request as input, as an argument for call.
func statementInput(sql string) map[string]any {
	return map[string]any{"ClusterIdentifier": "streaming-cluster", "Database": "dev", "Sql": sql}
}

func TestStatementSize(t *testing.T) {
	t.Parallel()
	a := serve(t)
	longest := "SELECT 1" + strings.Repeat(" ", 100*1024-len("SELECT 1"))
	a.execute(input(longest))
	const want = "ValidationException: Cannot process query string larger than 100kB"
	if _, err := a.ExecuteStatement(t.Context(), input(longest+" ")); code(err) != want {
		t.Errorf("100 KiB and a byte: want %q, got %v", want, err)
	}
	if _, err := a.BatchExecuteStatement(t.Context(), batch("SELECT 1", longest+" ")); code(err) != want {
		t.Errorf("100 KiB and a byte in a batch: want %q, got %v", want, err)
	}
	const empty = "ValidationException: the SQL statement is empty"
	if _, err := a.ExecuteStatement(t.Context(), input(" \n")); code(err) != empty {
		t.Errorf("white space: want %q, got %v", empty, err)
	}
}

func TestBatchSize(t *testing.T) {
	t.Parallel()
	a := serve(t)
	for n, want := range map[int]string{
		0: "ValidationException: Sqls: between 1 and 40 statements, got 0", 1: "", 40: "",
		41: "ValidationException: Sqls: between 1 and 40 statements, got 41",
	} {
		in := batch(strings.Split(strings.Repeat("SELECT 1,", n), ",")[:n]...)
		if _, err := a.BatchExecuteStatement(t.Context(), in); code(err) != want {
			t.Errorf("%d statements: want %q, got %v", n, want, err)
		}
	}
}

// TestResultSize checks the limit of 500 MB with results whose rows share their memory.
func TestResultSize(t *testing.T) {
	t.Parallel()
	a := serve(t)
	type end struct {
		Status     types.StatusString
		Error      string
		Rows, Size int64
		HasResult  bool
	}
	for sql, want := range map[string]end{
		"MEBIBYTES 500": {types.StatusStringFinished, "", 500, 500 << 20, true},
		"MEBIBYTES 501": {types.StatusStringFailed, "ERROR: the result is larger than 500 MB", -1, 501 << 20, false},
	} {
		d := a.wait(a.execute(input(sql)))
		if diff := cmp.Diff(want, end{d.Status, aws.ToString(d.Error), d.ResultRows, d.ResultSize, *d.HasResultSet}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sql, diff)
		}
	}
}

func TestActiveStatements(t *testing.T) {
	t.Parallel()
	a := serve(t)
	var id any
	for range 500 {
		id = call(t, a.service, "ExecuteStatement", statementInput("WAIT"))["Id"]
	}
	_, err := a.ExecuteStatement(t.Context(), input("SELECT 1"))
	if got, want := code(err), "ActiveStatementsExceededException: The number of active statements exceeds the limit of 500"; got != want {
		t.Errorf("want %q, got %q", want, got)
	}
	last, _ := id.(string)
	if _, err := a.CancelStatement(t.Context(), &redshiftdata.CancelStatementInput{Id: &last}); err != nil {
		t.Fatal(err)
	}
	a.wait(&last)
	if _, err := a.ExecuteStatement(t.Context(), input("SELECT 1")); err != nil {
		t.Errorf("after one of the statements has ended: %v", err)
	}
}

// TestRunningStatements checks that 20 statements run at the same time, and that the next
// one runs when one of them has ended.
func TestRunningStatements(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := twin.New(&engine{}, twin.Options{})
		defer service.Close()
		var ids []map[string]any
		for range 21 {
			ids = append(ids, map[string]any{"Id": call(t, service, "ExecuteStatement", statementInput("WAIT"))["Id"]})
		}
		count := func() map[any]int {
			synctest.Wait()
			n := map[any]int{}
			for _, id := range ids {
				n[call(t, service, "DescribeStatement", id)["Status"]]++
			}
			return n
		}
		got := []map[any]int{count()}
		for _, id := range ids {
			if call(t, service, "DescribeStatement", id)["Status"] == "STARTED" {
				time.Sleep(time.Second)
				call(t, service, "CancelStatement", id)
				break
			}
		}
		got = append(got, count())
		want := []map[any]int{{"STARTED": 20, "SUBMITTED": 1}, {"STARTED": 20, "ABORTED": 1}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("statements by status, before and after one of them is cancelled (-want +got):\n%s", diff)
		}
	})
}

func TestMaxBody(t *testing.T) {
	t.Parallel()
	// A batch of 40 statements of 100 KiB, each of whose characters takes three bytes.
	for operation, want := range map[string]int64{"ExecuteStatement": 1 << 20, "ListStatements": 1 << 20, "BatchExecuteStatement": 40*100*1024*3 + 1<<20} {
		if got := twin.MaxBody(operation); got != want {
			t.Errorf("%s: want %d, got %d", operation, want, got)
		}
	}
}
