package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfntypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// fakeDataAPI is a fake Data API. The result of a statement are the rows of the key that
// the SQL contains. Rows are separated by newlines, and values by vertical bars.
type fakeDataAPI struct {
	dataapi.API // nil, so the methods that are not defined below panic

	err  error // of ExecuteStatement; nil for success
	rows map[string]string

	mu  sync.Mutex
	ran []string // the SQL of all statements
}

func (a *fakeDataAPI) ExecuteStatement(_ context.Context, in *redshiftdata.ExecuteStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return nil, a.err
	}
	a.ran = append(a.ran, *in.Sql)
	return &redshiftdata.ExecuteStatementOutput{Id: aws.String(fmt.Sprint(len(a.ran) - 1))}, nil
}

func (a *fakeDataAPI) DescribeStatement(context.Context, *redshiftdata.DescribeStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.DescribeStatementOutput, error) {
	return &redshiftdata.DescribeStatementOutput{Status: types.StatusStringFinished, HasResultSet: aws.Bool(true)}, nil
}

func (a *fakeDataAPI) GetStatementResult(_ context.Context, in *redshiftdata.GetStatementResultInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.GetStatementResultOutput, error) {
	var n int
	if _, err := fmt.Sscan(*in.Id, &n); err != nil {
		return nil, err
	}
	out := &redshiftdata.GetStatementResultOutput{}
	for key, rows := range a.rows {
		if !strings.Contains(a.ran[n], key) {
			continue
		}
		for _, line := range strings.Split(rows, "\n") {
			var record []types.Field
			for _, value := range strings.Split(line, "|") {
				record = append(record, str(value))
			}
			out.Records = append(out.Records, record)
		}
	}
	return out, nil
}

// fakeKinesis is a fake Kinesis with the stream "ev_stream_data".
type fakeKinesis struct{}

func (fakeKinesis) DescribeStreamSummary(_ context.Context, in *kinesis.DescribeStreamSummaryInput, _ ...func(*kinesis.Options)) (*kinesis.DescribeStreamSummaryOutput, error) {
	if *in.StreamName != "ev_stream_data" {
		return nil, errors.New("not found")
	}
	return &kinesis.DescribeStreamSummaryOutput{StreamDescriptionSummary: &kinesistypes.StreamDescriptionSummary{
		StreamStatus: kinesistypes.StreamStatusActive, OpenShardCount: aws.Int32(4), RetentionPeriodHours: aws.Int32(24),
		StreamModeDetails: &kinesistypes.StreamModeDetails{StreamMode: kinesistypes.StreamModeOnDemand},
	}}, nil
}

func TestStatus(t *testing.T) {
	t.Parallel()
	lab := fakeStacks{"ClusterIdentifier": "streaming-cluster", "DatabaseName": "dev", "StreamName": "ev_stream_data"}
	healthy := map[string]string{
		"svv_external_schemas":                  `{"IAM_ROLE": "arn:reader"}`,
		"FROM svv_mv_info":                      "2026-11-22 22:40:00|public|typed|t\n2026-11-22 22:40:00|public|whole|t",
		"FROM sys_stream_scan_states":           "typed|2026-11-22 22:39:58|500|0\nwhole|2026-11-22 22:39:58|500|0",
		"FROM sys_mv_refresh_history h":         "typed|2026-11-22 22:39:59|Refresh successfully updated MV incrementally|0\nwhole|2026-11-22 22:39:59|Refresh successfully updated MV incrementally|0",
		`SELECT COUNT(*) FROM "public"."typed"`: "500", `SELECT COUNT(*) FROM "public"."whole"`: "500",
	}
	with := func(changes ...string) map[string]string {
		rows := map[string]string{}
		for k, v := range healthy {
			rows[k] = v
		}
		for i := 0; i < len(changes); i += 2 {
			rows[changes[i]] = changes[i+1]
		}
		return rows
	}
	const head = `stack      Tributary CREATE_COMPLETE
warehouse  streaming-cluster, available
role       arn:reader
stream     ev_stream_data, ACTIVE, ON_DEMAND, 4 shards, 24 h retention

view          rows  newest record  auto refresh  last refresh                errors
`
	tests := map[string]struct {
		command statusCmd
		api     *fakeDataAPI
		want    string
	}{
		"no problems": {statusCmd{warehouseFlags: warehouseFlags{Stack: "Tributary"}}, &fakeDataAPI{rows: healthy}, strings.ReplaceAll(head, "                errors", "            errors") +
			`public.typed  500   2s ago         yes           2026-11-22 22:39:59 ok  0
public.whole  500   2s ago         yes           2026-11-22 22:39:59 ok  0

No problems found.
`},
		"failed refresh and lost records": {statusCmd{warehouseFlags: warehouseFlags{Stack: "Tributary"}}, &fakeDataAPI{rows: with(
			"FROM sys_stream_scan_states", "typed|2026-11-22 22:39:58|500|2",
			"FROM sys_mv_refresh_history h", "typed|2026-11-22 22:39:59|Refresh successfully updated MV incrementally|0\nwhole|2026-11-22 22:39:59|Refresh failed. User arn is not authorized to assume IAM Role|3",
		)}, head + `public.typed  500   2s ago         yes           2026-11-22 22:39:59 ok      2
public.whole  500   none yet       yes           2026-11-22 22:39:59 failed  3

! public.typed: 2 records were skipped or failed in the last day
  → find the reason: SELECT error_reason, position FROM sys_stream_scan_errors WHERE mv_name = 'typed'
! public.whole: Refresh failed. User arn is not authorized to assume IAM Role
  → attach the role to the warehouse and allow it to read the stream; deploying the stack again does both
`},
		"failed statement": {
			statusCmd{warehouseFlags: warehouseFlags{Cluster: "c", Database: "dev"}},
			&fakeDataAPI{err: &types.ValidationException{Message: aws.String("Redshift endpoint doesn't exist in this region.")}},
			`stack      unknown
warehouse  c, gone
role       unknown
stream     unknown, unknown

! the warehouse does not respond: status-role: ValidationException: Redshift endpoint doesn't exist in this region.
  → deploy the stack: npx cdk deploy
`,
		},
		"no stack and no stream": {
			statusCmd{Stream: "other", warehouseFlags: warehouseFlags{Stack: "Gone"}},
			&fakeDataAPI{},
			`stack      unknown
warehouse  unknown, unknown
role       unknown
stream     other, unknown

! stack "Gone": Stack with id Gone does not exist
  → deploy the stack: npx cdk deploy; or start the local twin: tributary local up
! stream "other": not found
  → deploy the stack again, or name another stream with --stream
`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.command.collect(t.Context(), completeStack{lab}, fakeKinesis{}, test.api)
			var out strings.Builder
			if err := printStackStatus(&out, s); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// completeStack is a fake CloudFormation whose stack has the status CREATE_COMPLETE.
type completeStack struct{ fakeStacks }

func (l completeStack) DescribeStacks(ctx context.Context, in *cloudformation.DescribeStacksInput, o ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	out, err := l.fakeStacks.DescribeStacks(ctx, in, o...)
	if err == nil {
		out.Stacks[0].StackStatus = cfntypes.StackStatusCreateComplete
	}
	return out, err
}

func TestStateOf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ message, state, remedy string }{
		"paused":   {"Redshift cluster c is paused.", "paused", "resume it: aws redshift resume-cluster --cluster-identifier c"},
		"resuming": {"Cluster is resuming", "resuming", "wait until it is available"},
		"other":    {"no credentials", "unknown", "check your credentials and the network"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := errors.New(test.message)
			if diff := cmp.Diff([]string{test.state, test.remedy}, []string{stateOf(err), remedyOf(err, "c")}); diff != "" {
				t.Error(diff)
			}
		})
	}
}
