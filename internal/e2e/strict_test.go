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

// strictCluster is a cluster with the database dev and a stream. Its SQL engine can be
// stricter than the engine of the other tests, as AWS may be.
type strictCluster struct {
	testing.TB
	engine       *sqlengine.Engine
	data         *datasdk.Client
	beforeInsert func() // called before each insert into the ledger; may be nil
}

// synchronizedRunner is a Runner that calls beforeInsert before each insert into the
// ledger.
type synchronizedRunner struct {
	ddlhandler.Runner
	beforeInsert func()
}

// Run calls beforeInsert if s inserts into the ledger, and then runs s.
func (m synchronizedRunner) Run(ctx context.Context, s dataapi.Statement, attempt int) (dataapi.Outcome, error) {
	if s.Name == "ledger-enter" {
		m.beforeInsert()
	}
	return m.Runner.Run(ctx, s, attempt)
}

// pairBarrier returns a function for two goroutines. Each call waits until the other
// goroutine calls the function too.
func pairBarrier() func() {
	first := make(chan struct{})
	return func() {
		select {
		case first <- struct{}{}:
		case <-first:
		}
	}
}

// openStrict creates a strictCluster. Each statement waits in a queue for the duration
// queue before it runs.
func openStrict(t *testing.T, strictness sqlengine.Strictness, queue time.Duration) *strictCluster {
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
	t.Cleanup(func() { // t.Context() is already cancelled here
		api.Close()
		service.Close()
		if err := engine.Close(context.Background()); err != nil {
			t.Error(err)
		}
		_ = server.Close() // the engine, which used the server, is closed
	})
	c := &strictCluster{TB: t, engine: engine, data: client(api.URL)}
	c.exec("CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE 'arn:aws:iam::123456789012:role/r'")
	return c
}

// exec runs SQL directly on the engine. It returns one string for each row, with the values
// separated by spaces.
func (c *strictCluster) exec(sql string) []string {
	c.Helper()
	result, err := c.engine.Exec(c.Context(), sqlengine.Target{Cluster: "c", Database: "dev"}, sql, nil)
	if err != nil {
		c.Fatalf("%s: %v", sql, err)
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

// storedResponse stores the function's response to CloudFormation.
type storedResponse struct{ ddlhandler.Response }

// Respond stores r.
func (a *storedResponse) Respond(_ context.Context, _ string, r ddlhandler.Response) error {
	a.Response = r
	return nil
}

// create returns the event of a Create request from a stack.
func (c *strictCluster) create(stack, resourceType string, declared any) cfn.Event {
	return cfn.Event{
		RequestType: "Create", RequestID: rand.Text(), ResourceType: resourceType,
		StackID: "arn:aws:cloudformation:us-east-1:123456789012:stack/" + stack + "/1", LogicalResourceID: "Object",
		ResourceProperties: (&testCluster{TB: c.TB, name: "c"}).properties(declared),
		ResponseURL:        "https://answer?X-Amz-Date=" + time.Now().UTC().Format("20060102T150405Z"),
	}
}

// send runs the handler on an event with the given Lambda timeout, and returns the
// response.
func (c *strictCluster) send(ev cfn.Event, timeout time.Duration) ddlhandler.Response {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), timeout)
	defer cancel()
	got := &storedResponse{}
	handler := handlerOn(c.data, got)
	if c.beforeInsert != nil {
		open := handler.Runner
		handler.Runner = func(s ddlhandler.Session) ddlhandler.Runner { return synchronizedRunner{open(s), c.beforeInsert} }
	}
	if err := handler.Handle(ctx, ev); err != nil {
		c.Errorf("stack %s: Handle failed: %v", ev.StackID, err)
	}
	return got.Response
}

// view returns a declaration of the view v with one column.
func view(column string) ddl.View {
	return ddl.View{
		Name: "v", Stream: ddl.Stream{Schema: "evdata", Name: "stream"}, Columns: []ddl.Column{ddl.MetadataColumn(column, ddl.SequenceNumber)},
	}
}

// TestTypesAndQueue checks that a view can be created if a parameter in a SELECT list has
// no type, and if each statement waits in the queue for longer than the lease. Reads of
// the ledger wait, too.
func TestTypesAndQueue(t *testing.T) {
	t.Parallel()
	const timeout = 18 * time.Second // a lease of 150 ms
	c := openStrict(t, sqlengine.Strictness{UntypedParameters: true}, 200*time.Millisecond)
	if got := c.send(c.create("A", contract.StreamingViewType, view("seq")), timeout); got.Status != cfn.StatusSuccess {
		t.Errorf("Create of a view: want success, got %s: %s", got.Status, got.Reason)
	}
}

// TestRaceUnderSnapshot has two stacks create the same external schema at the same time,
// under snapshot isolation. There, two concurrent INSERT … WHERE NOT EXISTS both succeed,
// and so do two CREATE EXTERNAL SCHEMA IF NOT EXISTS. Exactly one stack's Create must
// succeed. The test repeats this 8 times.
func TestRaceUnderSnapshot(t *testing.T) {
	t.Parallel()
	c := openStrict(t, sqlengine.Strictness{Snapshot: true}, 0)
	c.beforeInsert = pairBarrier()
	declared := ddl.ExternalSchema{Name: "contested", RoleARN: "arn:aws:iam::123456789012:role/r"}
	for round := range 8 {
		var (
			both sync.WaitGroup
			got  [2]ddlhandler.Response
		)
		for i, stack := range []string{"A", "B"} {
			both.Go(func() { got[i] = c.send(c.create(stack, contract.ExternalSchemaType, declared), time.Minute) })
		}
		both.Wait()
		statuses := []cfn.StatusType{got[0].Status, got[1].Status}
		slices.Sort(statuses)
		if diff := cmp.Diff([]cfn.StatusType{cfn.StatusFailed, cfn.StatusSuccess}, statuses); diff != "" {
			t.Fatalf("round %d (-want +got):\n%s%s\n%s", round, diff, got[0].Reason, got[1].Reason)
		}
		ledger := c.exec("SELECT relname FROM pg_catalog.pg_class WHERE relname LIKE 'tributary%'")[0]
		if diff := cmp.Diff([]string{"schema contested live"}, c.exec("SELECT object, state FROM "+ledger)); diff != "" {
			t.Errorf("round %d: ledger (-want +got):\n%s", round, diff)
		}
		c.exec("DROP SCHEMA contested")
		c.exec("DELETE FROM " + ledger)
	}
}

// TestHiddenDependents checks that a view is not replaced if a materialized view depends
// on it that only SVV_MV_DEPENDENCY lists. The refused update must not move any row to a
// kept table.
func TestHiddenDependents(t *testing.T) {
	t.Parallel()
	c := openStrict(t, sqlengine.Strictness{HiddenDependents: true}, 0)
	c.send(c.create("A", contract.StreamingViewType, view("seq")), time.Minute)
	c.exec("CREATE MATERIALIZED VIEW hourly AS SELECT seq FROM v")
	ev := c.create("A", contract.StreamingViewType, view("number"))
	ev.RequestType, ev.PhysicalResourceID, ev.OldResourceProperties = "Update", "c/dev/view public.v", (&testCluster{TB: t, name: "c"}).properties(view("seq"))
	got := c.send(ev, time.Minute)
	if want := `others depend on it: "public"."hourly"`; got.Status != cfn.StatusFailed || !strings.Contains(got.Reason, want) {
		t.Errorf("Update: want status FAILED with reason %s, got %s: %s", want, got.Status, got.Reason)
	}
	relations := c.exec("SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" +
		" WHERE n.nspname = 'public' AND c.relname LIKE 'v%'")
	if diff := cmp.Diff([]string{"v"}, relations); diff != "" {
		t.Errorf("relations (-want +got):\n%s", diff)
	}
	if refreshed := fmt.Sprint(c.exec("SELECT autorefresh FROM svv_mv_info WHERE name = 'v'")); refreshed != "[t]" {
		t.Errorf("autorefresh of the view: want [t], got %s", refreshed)
	}
}
