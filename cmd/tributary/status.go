package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/health"
)

// statusCmd is the command "tributary status".
type statusCmd struct {
	Stream string `help:"Kinesis stream to show (default: the stack's output StreamName)." placeholder:"NAME"`
	Output string `default:"text" enum:"text,json" help:"Output format: ${enum}."`

	warehouseFlags
}

// Validate returns an error that joins everything that is wrong with the flags.
func (c *statusCmd) Validate() error { return errors.Join(c.check()...) }

const (
	unknown   = "unknown"   // a value that could not be determined
	available = "available" // the state of a warehouse that runs statements
)

// status is the status of a stack. A text is unknown if it could not be determined.
type status struct {
	Stack     string         `json:"stack"`
	Warehouse warehouseState `json:"warehouse"`
	Stream    streamState    `json:"stream"`
	Views     []viewState    `json:"views"`
	// Problems are the problems that were found, each with a remedy.
	Problems []problem `json:"problems"`
}

type warehouseState struct {
	Name  string `json:"name"`
	State string `json:"state"`
	Role  string `json:"role"` // the IAM role with which it reads the stream
}

type streamState struct {
	Name   string `json:"name"`
	State  string `json:"state"`
	Mode   string `json:"mode"`
	Shards int32  `json:"shards"` // number of open shards
	Hours  int32  `json:"retentionHours"`
}

type viewState struct {
	health.View
	Rows      string   `json:"rows"`
	Freshness *float64 `json:"freshnessSeconds"` // nil if the view has read no record
}

type problem struct {
	What   string `json:"what"`
	Remedy string `json:"remedy"`
}

// statusPeriod is the period, up to now, in which status counts errors.
const statusPeriod = 24 * time.Hour

const (
	// probeTimeout is how long status waits until the warehouse accepts the first
	// statement. A paused warehouse doesn't accept statements.
	probeTimeout = 5 * time.Second
	// queueTimeout is how long status waits for the result of an accepted statement, which
	// may be in a queue.
	queueTimeout = time.Minute
)

// streamAPI is the method of *kinesis.Client that status calls.
type streamAPI interface {
	DescribeStreamSummary(context.Context, *kinesis.DescribeStreamSummaryInput, ...func(*kinesis.Options)) (*kinesis.DescribeStreamSummaryOutput, error)
}

// Run prints the status with its problems. It then returns an error if there are problems.
func (c *statusCmd) Run(ctx context.Context, call *kong.Context) error {
	cfg, err := awsConfig(ctx)
	if err != nil {
		return err
	}
	s := c.collect(ctx, cloudformation.NewFromConfig(cfg), kinesis.NewFromConfig(cfg), redshiftdata.NewFromConfig(cfg))
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	if c.Output == "json" {
		out := json.NewEncoder(call.Stdout)
		out.SetIndent("", "  ")
		err = out.Encode(s)
	} else {
		err = printStackStatus(call.Stdout, s)
	}
	if err == nil && len(s.Problems) > 0 {
		err = errors.New(plural(len(s.Problems), "problem"))
	}
	return err
}

// collect reads the stack, the stream and the warehouse. A failed call adds a problem, and
// the values that depend on it stay unknown.
func (c *statusCmd) collect(ctx context.Context, stacks stacksAPI, streams streamAPI, data dataapi.API) status {
	s := status{
		Stack: unknown, Warehouse: warehouseState{unknown, unknown, unknown}, Views: []viewState{}, Problems: []problem{},
		Stream: streamState{Name: unknown, State: unknown, Mode: unknown},
	}
	outputs := c.stack(ctx, stacks, &s)
	if name := cmp.Or(c.Stream, outputs["StreamName"]); name != "" {
		s.stream(ctx, streams, name)
	}
	target, err := c.target(ctx, stacks)
	if err != nil {
		if outputs != nil {
			s.problem(err.Error(), "give --cluster or --workgroup")
		}
		return s
	}
	s.Warehouse.Name = target.ClusterIdentifier + target.WorkgroupName // one of them is empty
	s.warehouse(ctx, &dataapi.Runner{API: data, Target: target, Name: "tributary/status"})
	return s
}

func (s *status) problem(what, remedy string) {
	s.Problems = append(s.Problems, problem{what, remedy})
}

// stack adds the stack's status to s and returns the stack's outputs. It returns nil if
// there is no stack, or if the flags name the warehouse.
func (c *statusCmd) stack(ctx context.Context, stacks stacksAPI, s *status) map[string]string {
	if c.Cluster != "" || c.Workgroup != "" {
		return nil
	}
	described, err := stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &c.Stack})
	if err != nil || len(described.Stacks) == 0 {
		s.problem(fmt.Sprintf("stack %q: %v", c.Stack, err), "deploy the stack: npx cdk deploy; or start the local twin: tributary local up")
		return nil
	}
	state := string(described.Stacks[0].StackStatus)
	s.Stack = c.Stack + " " + state
	if strings.Contains(state, "FAILED") || strings.Contains(state, "ROLLBACK") {
		s.problem("the stack is in state "+state, "find the reason: aws cloudformation describe-stack-events --stack-name "+c.Stack+"; then deploy again")
	}
	outputs := map[string]string{}
	for _, output := range described.Stacks[0].Outputs {
		outputs[aws.ToString(output.OutputKey)] = aws.ToString(output.OutputValue)
	}
	return outputs
}

// stream adds the stream's status to s.
func (s *status) stream(ctx context.Context, streams streamAPI, name string) {
	s.Stream.Name = name
	out, err := streams.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: &name})
	if err != nil {
		s.problem(fmt.Sprintf("stream %q: %v", name, err), "deploy the stack again, or name another stream with --stream")
		return
	}
	d := out.StreamDescriptionSummary
	s.Stream.State, s.Stream.Shards, s.Stream.Hours = string(d.StreamStatus), aws.ToInt32(d.OpenShardCount), aws.ToInt32(d.RetentionPeriodHours)
	if d.StreamModeDetails != nil {
		s.Stream.Mode = string(d.StreamModeDetails.StreamMode)
	}
}

// firstRows runs the first statement and returns its rows. It waits for probeTimeout until
// the warehouse accepts the statement, and then for queueTimeout until it has run.
func firstRows(ctx context.Context, r *dataapi.Runner, statement dataapi.Statement) ([][]string, error) {
	probe, cancel := context.WithCancel(ctx)
	defer cancel()
	limit := time.AfterFunc(probeTimeout, cancel)
	defer limit.Stop()
	r.OnStillRunning = func(context.Context, string, string) { limit.Reset(queueTimeout) }
	rows, _, err := r.Rows(probe, statement, 0)
	r.OnStillRunning = nil
	return rows, err
}

// warehouse adds the status of the warehouse and of its views to s.
func (s *status) warehouse(ctx context.Context, r *dataapi.Runner) {
	rows, err := firstRows(ctx, r, dataapi.Statement{Name: "status-role", SQL: "SELECT esoptions FROM svv_external_schemas WHERE eskind = 9"})
	if running := new(dataapi.RunningError); errors.As(err, &running) && errors.Is(err, context.Canceled) && ctx.Err() == nil {
		s.problem(fmt.Sprintf("the warehouse has not run the statement %q within %v", running.ID, queueTimeout),
			"the warehouse is busy; list the running queries: SELECT query_text FROM sys_query_history WHERE status = 'running'")
		return
	}
	if err != nil {
		s.Warehouse.State = stateOf(err)
		s.problem("the warehouse does not respond: "+err.Error(), remedyOf(err, s.Warehouse.Name))
		return
	}
	s.Warehouse.State = available
	for _, row := range rows {
		var options struct {
			Role string `json:"IAM_ROLE"`
		}
		if json.Unmarshal([]byte(row[0]), &options) == nil && options.Role != "" {
			s.Warehouse.Role = options.Role
		}
	}
	if len(rows) == 0 {
		s.Warehouse.Role = "none"
		s.problem("no external schema for Kinesis exists", "deploy the stack that creates it")
	}
	report, err := health.Query(ctx, r, statusPeriod)
	if err != nil {
		s.problem("read the views: "+err.Error(), "use the admin user: give --secret-arn")
		return
	}
	for _, v := range report.Streaming() {
		s.view(ctx, r, v, report.Now)
	}
	if len(s.Views) == 0 {
		s.problem("no streaming view exists", "deploy the stack that creates it")
	}
}
