package e2e_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/aws/aws-sdk-go-v2/aws"
	datasdk "github.com/aws/aws-sdk-go-v2/service/redshiftdata"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
	"github.com/tributary-cdk/tributary/internal/definition"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/postgres"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// The one twin of all tests. Each has a cluster and a stream of its own.
var (
	engine  *sqlengine.Engine
	store   *kinesis.Store
	arrival = &clock{}
	data    *datasdk.Client
	streams http.Handler // Kinesis
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	ctx := context.Background()
	server, err := postgres.Start(ctx, postgres.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer server.Close() //nolint:errcheck // the tests have ended
	store = kinesis.New(arrival.now)
	engine, err = sqlengine.New(ctx, sqlengine.Options{Server: server, Streams: records{store}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer engine.Close(ctx) //nolint:errcheck // the tests have ended
	service := redshiftdata.New(engine, redshiftdata.Options{})
	defer service.Close()
	statements := httptest.NewServer(service)
	defer statements.Close()
	streams = store.Handler("us-east-1", "000000000000")
	data = client(statements.URL)
	return m.Run()
}

// client returns a client of a Data API.
func client(url string) *datasdk.Client {
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "TEST", SecretAccessKey: "test"}, nil
	})
	return datasdk.New(datasdk.Options{Region: "us-east-1", BaseEndpoint: &url, Credentials: credentials})
}

// clock says when records arrive: now, or some time ago.
type clock struct{ ago atomic.Int64 }

func (c *clock) now() time.Time        { return time.Now().Add(-time.Duration(c.ago.Load())) }
func (c *clock) set(ago time.Duration) { c.ago.Store(int64(ago)) }

// records shows the store's records as the warehouse reads them.
type records struct{ *kinesis.Store }

func (s records) Read(stream, shard, after string, limit int) ([]sqlengine.Record, error) {
	read, err := s.Store.Read(stream, shard, after, limit)
	out := make([]sqlengine.Record, len(read))
	for i, r := range read {
		out[i] = sqlengine.Record{SequenceNumber: r.SequenceNumber, PartitionKey: r.PartitionKey, Data: r.Data, Arrived: r.Arrived}
	}
	return out, err
}

// world is a cluster and a stream of one name, and what CloudFormation knows of
// the function.
type world struct {
	testing.TB
	name    string
	handler *ddlhandler.Handler
	answer  ddlhandler.Response // the last one
}

// open makes a world with the external schema evdata.
func open(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, name: strings.NewReplacer("/", "-", "_", "-", "=", "-").Replace(strings.ToLower(t.Name()))}
	if err := engine.CreateCluster(t.Context(), sqlengine.Cluster{ID: w.name, Database: "dev"}); err != nil {
		t.Fatal(err)
	}
	if err := store.CreateStream(w.name, kinesis.Config{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // t's context has ended
		if err := engine.DeleteCluster(context.Background(), w.name); err != nil {
			t.Error(err)
		}
		if err := store.DeleteStream(w.name); err != nil {
			t.Error(err)
		}
	})
	w.handler = handlerOn(data, w)
	w.request("Create", contract.ExternalSchemaType, ddl.ExternalSchema{Name: "evdata", RoleARN: "arn:aws:iam::123456789012:role/r"}, nil)
	return w
}

// handlerOn returns the function, on a Data API.
func handlerOn(data *datasdk.Client, responder ddlhandler.Responder) *ddlhandler.Handler {
	return &ddlhandler.Handler{
		Runner: func(s ddlhandler.Session) ddlhandler.Runner {
			return &dataapi.Runner{API: data, Target: s.Target, Name: s.Name, Request: s.Request, OnStillRunning: s.OnStillRunning, StillRunningAfter: s.StillRunningAfter}
		},
		API:       func(definition.Definition, contract.Target) ddlhandler.API { return nil }, // for no object here
		Responder: responder, Log: slog.New(slog.DiscardHandler),
	}
}

// Respond takes the function's answer.
func (w *world) Respond(_ context.Context, _ string, r ddlhandler.Response) error {
	w.answer = r
	return nil
}

// request sends what CloudFormation would, and wants success.
func (w *world) request(requestType cfn.RequestType, resourceType string, now, before any) {
	w.Helper()
	ev := cfn.Event{
		RequestType: requestType, RequestID: rand.Text(), ResourceType: resourceType,
		StackID: "arn:aws:cloudformation:us-east-1:123456789012:stack/Lab/1", LogicalResourceID: resourceType[8:],
		ResourceProperties: w.properties(now), ResponseURL: "https://answer",
	}
	if before != nil {
		ev.PhysicalResourceID, ev.OldResourceProperties = w.answer.PhysicalResourceID, w.properties(before)
	}
	ctx, cancel := context.WithTimeout(w.Context(), 15*time.Minute) // as Lambda has it
	defer cancel()
	if err := w.handler.Handle(ctx, ev); err != nil {
		w.Fatal(err)
	}
	if w.answer.Status != cfn.StatusSuccess {
		w.Fatalf("%s: %s", requestType, w.answer.Reason)
	}
}

// properties are a custom resource's, of an external schema or a view.
func (w *world) properties(declared any) map[string]any {
	w.Helper()
	p := contract.Properties{Warehouse: contract.Target{ClusterIdentifier: w.name, Database: "dev"}}
	switch d := declared.(type) {
	case ddl.ExternalSchema:
		p.ExternalSchema = d
	case ddl.View:
		p.View = d
	default:
		w.Fatalf("no resource declares a %T", declared)
	}
	return contract.Encode(p)
}

// query returns the first column of a query's rows.
func (w *world) query(sql string) []string {
	w.Helper()
	result, err := engine.Exec(w.Context(), sqlengine.Target{Cluster: w.name, Database: "dev"}, sql, nil)
	if err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
	values := make([]string, len(result.Rows))
	for i, row := range result.Rows {
		values[i] = string(row[0])
	}
	return values
}
