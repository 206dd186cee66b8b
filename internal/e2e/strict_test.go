package e2e_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	datasdk "github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/postgres"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// strict is a warehouse that is as strict as AWS's can be, with the database dev and a
// stream.
type strict struct {
	testing.TB
	engine *sqlengine.Engine
	data   *datasdk.Client
	meet   func() // called by each request before it enters its object; nil: nothing
}

// meeting is a warehouse of requests that enter their objects at the same moment.
type meeting struct {
	ddlhandler.Runner
	meet func()
}

// Run runs s, which may have to wait for the other request.
func (m meeting) Run(ctx context.Context, s dataapi.Statement, attempt int) (dataapi.Outcome, error) {
	if s.Name == "ledger-enter" {
		m.meet()
	}
	return m.Runner.Run(ctx, s, attempt)
}

// inPairs returns a function that returns once it was called twice.
func inPairs() func() {
	first := make(chan struct{})
	return func() {
		select {
		case first <- struct{}{}:
		case <-first:
		}
	}
}

// openStrict makes one whose statements wait in a queue.
func openStrict(t *testing.T, strictness sqlengine.Strictness, queue time.Duration) *strict {
	t.Helper()
	server, err := postgres.Start(t.Context(), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	streams := kinesis.New(time.Now)
	if err := streams.CreateStream("stream", kinesis.Config{}); err != nil {
		t.Fatal(err)
	}
	engine, err := sqlengine.New(t.Context(), sqlengine.Options{Server: server, Streams: records{streams}, Strictness: strictness})
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.CreateCluster(t.Context(), sqlengine.Cluster{ID: "c", Database: "dev"}); err != nil {
		t.Fatal(err)
	}
	service := redshiftdata.New(engine, redshiftdata.Options{QueueDelay: queue})
	api := httptest.NewServer(service)
	t.Cleanup(func() { // t's context has ended
		api.Close()
		service.Close()
		if err := engine.Close(context.Background()); err != nil {
			t.Error(err)
		}
		_ = server.Close() // the engine has closed its connections
	})
	w := &strict{TB: t, engine: engine, data: client(api.URL)}
	w.exec("CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE 'arn:aws:iam::123456789012:role/r'")
	return w
}

// exec runs SQL by hand, and returns the rows, joined.
func (w *strict) exec(sql string) []string {
	w.Helper()
	result, err := w.engine.Exec(w.Context(), sqlengine.Target{Cluster: "c", Database: "dev"}, sql, nil)
	if err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
	var rows []string
	for _, row := range result.Rows {
		var values []string
		for _, value := range row {
			values = append(values, string(value))
		}
		rows = append(rows, strings.Join(values, " "))
	}
	return rows
}

// answer is what the function told CloudFormation.
type answer struct{ ddlhandler.Response }

// Respond takes the function's answer.
func (a *answer) Respond(_ context.Context, _ string, r ddlhandler.Response) error {
	a.Response = r
	return nil
}

// create returns a Create's event of a stack.
func (w *strict) create(stack, resourceType string, declared any) cfn.Event {
	return cfn.Event{
		RequestType: "Create", RequestID: rand.Text(), ResourceType: resourceType,
		StackID: "arn:aws:cloudformation:us-east-1:123456789012:stack/" + stack + "/1", LogicalResourceID: "Object",
		ResourceProperties: (&world{TB: w.TB, name: "c"}).properties(declared),
		ResponseURL:        "https://answer?X-Amz-Date=" + time.Now().UTC().Format("20060102T150405Z"),
	}
}

// send has a function with a timeout answer an event.
func (w *strict) send(ev cfn.Event, timeout time.Duration) ddlhandler.Response {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), timeout)
	defer cancel()
	got := &answer{}
	handler := handlerOn(w.data, got)
	if w.meet != nil {
		open := handler.Runner
		handler.Runner = func(s ddlhandler.Session) ddlhandler.Runner { return meeting{open(s), w.meet} }
	}
	if err := handler.Handle(ctx, ev); err != nil {
		w.Errorf("%s: not answered: %v", ev.StackID, err)
	}
	return got.Response
}

func view(column string) ddl.View {
	return ddl.View{
		Name: "v", Stream: ddl.Stream{Schema: "evdata", Name: "stream"}, Columns: []ddl.Column{ddl.MetadataColumn(column, ddl.SequenceNumber)},
	}
}

// TestTypesAndQueue holds that a view is made where a parameter in a SELECT list has no
// type, and where each statement, a read of the ledger too, waits longer than the lease.
func TestTypesAndQueue(t *testing.T) {
	t.Parallel()
	const timeout = 18 * time.Second // a lease of 150 ms
	w := openStrict(t, sqlengine.Strictness{UntypedParameters: true}, 200*time.Millisecond)
	if got := w.send(w.create("A", contract.StreamingViewType, view("seq")), timeout); got.Status != cfn.StatusSuccess {
		t.Errorf("want the view, got %s", got.Reason)
	}
}

// TestRaceUnderSnapshot has two stacks create one external schema at the same moment,
// again and again, where two INSERT … WHERE NOT EXISTS both succeed, and CREATE EXTERNAL
// SCHEMA IF NOT EXISTS does, too. One of them makes it.
func TestRaceUnderSnapshot(t *testing.T) {
	t.Parallel()
	w := openStrict(t, sqlengine.Strictness{Snapshot: true}, 0)
	w.meet = inPairs()
	declared := ddl.ExternalSchema{Name: "contested", RoleARN: "arn:aws:iam::123456789012:role/r"}
	for round := range 8 {
		var (
			both sync.WaitGroup
			got  [2]ddlhandler.Response
		)
		for i, stack := range []string{"A", "B"} {
			both.Go(func() { got[i] = w.send(w.create(stack, contract.ExternalSchemaType, declared), time.Minute) })
		}
		both.Wait()
		statuses := []cfn.StatusType{got[0].Status, got[1].Status}
		slices.Sort(statuses)
		if diff := cmp.Diff([]cfn.StatusType{cfn.StatusFailed, cfn.StatusSuccess}, statuses); diff != "" {
			t.Fatalf("round %d (-want +got):\n%s%s\n%s", round, diff, got[0].Reason, got[1].Reason)
		}
		ledger := w.exec("SELECT relname FROM pg_catalog.pg_class WHERE relname LIKE 'tributary%'")[0]
		if diff := cmp.Diff([]string{"schema contested live"}, w.exec("SELECT object, state FROM "+ledger)); diff != "" {
			t.Errorf("round %d: ledger (-want +got):\n%s", round, diff)
		}
		w.exec("DROP SCHEMA contested")
		w.exec("DELETE FROM " + ledger)
	}
}

// TestHiddenDependents holds that a view isn't replaced under a materialized view that
// only SVV_MV_DEPENDENCY shows, and that no row has moved then.
func TestHiddenDependents(t *testing.T) {
	t.Parallel()
	w := openStrict(t, sqlengine.Strictness{HiddenDependents: true}, 0)
	w.send(w.create("A", contract.StreamingViewType, view("seq")), time.Minute)
	w.exec("CREATE MATERIALIZED VIEW hourly AS SELECT seq FROM v")
	ev := w.create("A", contract.StreamingViewType, view("number"))
	ev.RequestType, ev.PhysicalResourceID, ev.OldResourceProperties = "Update", "c/dev/view public.v", (&world{TB: t, name: "c"}).properties(view("seq"))
	got := w.send(ev, time.Minute)
	if want := `others depend on it: "public"."hourly"`; got.Status != cfn.StatusFailed || !strings.Contains(got.Reason, want) {
		t.Errorf("want a refusal with %s, got %s %s", want, got.Status, got.Reason)
	}
	relations := w.exec("SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" +
		" WHERE n.nspname = 'public' AND c.relname LIKE 'v%'")
	if diff := cmp.Diff([]string{"v"}, relations); diff != "" {
		t.Errorf("relations (-want +got):\n%s", diff)
	}
	if refreshed := fmt.Sprint(w.exec("SELECT autorefresh FROM svv_mv_info WHERE name = 'v'")); refreshed != "[t]" {
		t.Errorf("want the view still to be refreshed, got %s", refreshed)
	}
}
