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

// clock is a clock that tests move.
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

// api is a Service behind the AWS SDK.
type api struct {
	*testing.T
	*redshiftdata.Client
	service http.Handler // what the client sends its requests to
	engine  *engine
	clock   *clock
}

// serve returns a Service on the fake engine.
func serve(t *testing.T) *api {
	t.Helper()
	fake := &engine{}
	a := serveEngine(t, fake)
	a.engine = fake
	return a
}

// serveEngine returns a Service on e.
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

// input returns a statement for the cluster that exists.
func input(sql string) *redshiftdata.ExecuteStatementInput {
	return &redshiftdata.ExecuteStatementInput{ClusterIdentifier: aws.String("streaming-cluster"), Database: aws.String("dev"), Sql: &sql}
}

// execute submits a statement that must be taken in, and returns its id.
func (a *api) execute(in *redshiftdata.ExecuteStatementInput) *string {
	a.Helper()
	out, err := a.ExecuteStatement(a.Context(), in)
	if err != nil {
		a.Fatal(err)
	}
	return out.Id
}

// wait returns the description of a statement once it has ended.
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

// code returns an API error's code and message.
func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode() + ": " + e.ErrorMessage()
	}
	return ""
}

// ignored are the members that differ from run to run.
var ignored = cmp.Options{
	cmpopts.IgnoreUnexported(redshiftdata.DescribeStatementOutput{}, types.SubStatementData{}, types.ColumnMetadata{}, types.SqlParameter{}, types.TableMember{}, types.StatementData{}, types.FieldMemberStringValue{}, types.FieldMemberBooleanValue{}, types.FieldMemberDoubleValue{}, types.FieldMemberIsNull{}, types.FieldMemberLongValue{}),
	cmpopts.IgnoreTypes(middleware.Metadata{}),
}
