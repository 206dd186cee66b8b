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

// The twin that all tests share. Each test has its own cluster and stream.
var (
	engine  *sqlengine.Engine
	store   *kinesis.Store
	arrival = &clock{}
	data    *datasdk.Client
	streams http.Handler // the twin's Kinesis API
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

// client returns a client of the Data API at a URL.
func client(url string) *datasdk.Client {
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "TEST", SecretAccessKey: "test"}, nil
	})
	return datasdk.New(datasdk.Options{Region: "us-east-1", BaseEndpoint: &url, Credentials: credentials})
}

// clock is the clock that gives records their arrival time. It can be set back.
type clock struct{ ago atomic.Int64 }

func (c *clock) now() time.Time        { return time.Now().Add(-time.Duration(c.ago.Load())) }
func (c *clock) set(ago time.Duration) { c.ago.Store(int64(ago)) }

// records implements sqlengine.Streams with a Kinesis store.
type records struct{ *kinesis.Store }

func (s records) Read(stream, shard, after string, limit int) ([]sqlengine.Record, error) {
	read, err := s.Store.Read(stream, shard, after, limit)
	out := make([]sqlengine.Record, len(read))
	for i, r := range read {
		out[i] = sqlengine.Record{SequenceNumber: r.SequenceNumber, PartitionKey: r.PartitionKey, Data: r.Data, Arrived: r.Arrived}
	}
	return out, err
}

// testCluster is a cluster and a stream of the same name, with the function under test.
type testCluster struct {
	testing.TB
	name    string
	handler *ddlhandler.Handler
	answer  ddlhandler.Response // the last response of the function
}

// open creates a testCluster with the external schema evdata.
func open(t testing.TB) *testCluster {
	t.Helper()
	c := &testCluster{TB: t, name: strings.NewReplacer("/", "-", "_", "-", "=", "-").Replace(strings.ToLower(t.Name()))}
	if err := engine.CreateCluster(t.Context(), sqlengine.Cluster{ID: c.name, Database: "dev"}); err != nil {
		t.Fatal(err)
	}
	if err := store.CreateStream(c.name, kinesis.Config{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // t.Context() is already cancelled here
		if err := engine.DeleteCluster(context.Background(), c.name); err != nil {
			t.Error(err)
		}
		if err := store.DeleteStream(c.name); err != nil {
			t.Error(err)
		}
	})
	c.handler = handlerOn(data, c)
	c.request("Create", contract.ExternalSchemaType, ddl.ExternalSchema{Name: "evdata", RoleARN: "arn:aws:iam::123456789012:role/r"}, nil)
	return c
}

// handlerOn returns the function's handler. It sends statements to the Data API of the
// client data, and responses to responder.
func handlerOn(data *datasdk.Client, responder ddlhandler.Responder) *ddlhandler.Handler {
	return &ddlhandler.Handler{
		Runner: func(s ddlhandler.Session) ddlhandler.Runner {
			return &dataapi.Runner{API: data, Target: s.Target, Name: s.Name, Request: s.Request, OnStillRunning: s.OnStillRunning, StillRunningAfter: s.StillRunningAfter}
		},
		API:       func(definition.Definition, contract.Target) ddlhandler.API { return nil }, // these tests have no objects that need an API
		Responder: responder, Log: slog.New(slog.DiscardHandler),
	}
}

// Respond stores r.
func (c *testCluster) Respond(_ context.Context, _ string, r ddlhandler.Response) error {
	c.answer = r
	return nil
}

// request sends a request as CloudFormation would, and fails the test unless it succeeds.
// now and before are the new and the old declaration; before is nil for a Create.
func (c *testCluster) request(requestType cfn.RequestType, resourceType string, now, before any) {
	c.Helper()
	ev := cfn.Event{
		RequestType: requestType, RequestID: rand.Text(), ResourceType: resourceType,
		StackID: "arn:aws:cloudformation:us-east-1:123456789012:stack/Lab/1", LogicalResourceID: resourceType[8:],
		ResourceProperties: c.properties(now), ResponseURL: "https://answer",
	}
	if before != nil {
		ev.PhysicalResourceID, ev.OldResourceProperties = c.answer.PhysicalResourceID, c.properties(before)
	}
	ctx, cancel := context.WithTimeout(c.Context(), 15*time.Minute) // the Lambda timeout
	defer cancel()
	if err := c.handler.Handle(ctx, ev); err != nil {
		c.Fatal(err)
	}
	if c.answer.Status != cfn.StatusSuccess {
		c.Fatalf("%s: %s", requestType, c.answer.Reason)
	}
}

// properties returns the properties of a custom resource. declared must be a
// ddl.ExternalSchema or a ddl.View.
func (c *testCluster) properties(declared any) map[string]any {
	c.Helper()
	p := contract.Properties{Warehouse: contract.Target{ClusterIdentifier: c.name, Database: "dev"}}
	switch d := declared.(type) {
	case ddl.ExternalSchema:
		p.ExternalSchema = d
	case ddl.View:
		p.View = d
	default:
		c.Fatalf("unexpected type %T of a declaration", declared)
	}
	return contract.Encode(p)
}

// query returns the first column of a query's rows.
func (c *testCluster) query(sql string) []string {
	c.Helper()
	result, err := engine.Exec(c.Context(), sqlengine.Target{Cluster: c.name, Database: "dev"}, sql, nil)
	if err != nil {
		c.Fatalf("%s: %v", sql, err)
	}
	values := make([]string, len(result.Rows))
	for i, row := range result.Rows {
		values[i] = string(row[0])
	}
	return values
}
