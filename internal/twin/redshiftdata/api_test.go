package redshiftdata_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	twin "github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
)

// clock is a clock whose time only tests change.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// api is a client of a Service.
type api struct {
	*testing.T
	*redshiftdata.Client
	service http.Handler // serves the client's requests
	engine  *engine
	clock   *clock
}

// serve returns a client of a new Service that uses the fake engine.
func serve(t *testing.T) *api {
	t.Helper()
	fake := &engine{}
	a := serveEngine(t, fake)
	a.engine = fake
	return a
}

// serveEngine returns a client of a new Service that uses the engine e.
func serveEngine(t *testing.T, e twin.Engine) *api {
	t.Helper()
	a := &api{T: t, clock: &clock{now: time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)}}
	service := twin.New(e, twin.Options{Now: a.clock.Now})
	a.service = service
	server := httptest.NewServer(service)
	t.Cleanup(func() {
		server.Close()
		service.Close()
	})
	a.Client = redshiftdata.New(redshiftdata.Options{
		Region: "us-east-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
		}),
	})
	return a
}

// input returns a request to run a statement in the fake engine's cluster that is not
// paused.
func input(sql string) *redshiftdata.ExecuteStatementInput {
	return &redshiftdata.ExecuteStatementInput{ClusterIdentifier: aws.String("streaming-cluster"), Database: aws.String("dev"), Sql: &sql}
}

// execute submits a statement, which must succeed, and returns the statement's id.
func (a *api) execute(in *redshiftdata.ExecuteStatementInput) *string {
	a.Helper()
	out, err := a.ExecuteStatement(a.Context(), in)
	if err != nil {
		a.Fatal(err)
	}
	return out.Id
}

// wait waits until a statement has ended and returns its description.
func (a *api) wait(id *string) *redshiftdata.DescribeStatementOutput {
	a.Helper()
	for {
		d, err := a.DescribeStatement(a.Context(), &redshiftdata.DescribeStatementInput{Id: id})
		if err != nil {
			a.Fatal(err)
		}
		switch d.Status {
		case types.StatusStringSubmitted, types.StatusStringStarted:
			time.Sleep(time.Millisecond)
		default:
			return d
		}
	}
}

// code returns the code and the message of an API error, and "" for other errors and nil.
func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode() + ": " + e.ErrorMessage()
	}
	return ""
}

// ignored are cmp options that ignore unexported fields and the SDK's metadata.
var ignored = cmp.Options{
	cmpopts.IgnoreUnexported(redshiftdata.DescribeStatementOutput{}, types.SubStatementData{}, types.ColumnMetadata{}, types.SqlParameter{}, types.TableMember{}, types.StatementData{}, types.FieldMemberStringValue{}, types.FieldMemberBooleanValue{}, types.FieldMemberDoubleValue{}, types.FieldMemberIsNull{}, types.FieldMemberLongValue{}),
	cmpopts.IgnoreTypes(middleware.Metadata{}),
}
