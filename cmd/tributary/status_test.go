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

// answers is a Data API that answers a statement by the first key which its SQL
// holds, rows parted by newlines and values by bars.
type answers struct {
	dataapi.API // what isn't used panics

	refuses error
	rows    map[string]string

	mu  sync.Mutex
	ran []string
}

func (a *answers) ExecuteStatement(_ context.Context, in *redshiftdata.ExecuteStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refuses != nil {
		return nil, a.refuses
	}
	a.ran = append(a.ran, *in.Sql)
	return &redshiftdata.ExecuteStatementOutput{Id: aws.String(fmt.Sprint(len(a.ran) - 1))}, nil
}

func (a *answers) DescribeStatement(context.Context, *redshiftdata.DescribeStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.DescribeStatementOutput, error) {
	return &redshiftdata.DescribeStatementOutput{Status: types.StatusStringFinished, HasResultSet: aws.Bool(true)}, nil
}

func (a *answers) GetStatementResult(_ context.Context, in *redshiftdata.GetStatementResultInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.GetStatementResultOutput, error) {
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

// streams is a Kinesis with one stream.
type streams struct{}

func (streams) DescribeStreamSummary(_ context.Context, in *kinesis.DescribeStreamSummaryInput, _ ...func(*kinesis.Options)) (*kinesis.DescribeStreamSummaryOutput, error) {
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
	lab := stacks{"ClusterIdentifier": "streaming-cluster", "DatabaseName": "dev", "StreamName": "ev_stream_data"}
	well := map[string]string{
		"svv_external_schemas":                  `{"IAM_ROLE": "arn:reader"}`,
		"FROM svv_mv_info":                      "2026-11-22 22:40:00|public|typed|t\n2026-11-22 22:40:00|public|whole|t",
		"FROM sys_stream_scan_states":           "typed|2026-11-22 22:39:58|500|0\nwhole|2026-11-22 22:39:58|500|0",
		"FROM sys_mv_refresh_history h":         "typed|2026-11-22 22:39:59|Refresh successfully updated MV incrementally|0\nwhole|2026-11-22 22:39:59|Refresh successfully updated MV incrementally|0",
		`SELECT COUNT(*) FROM "public"."typed"`: "500", `SELECT COUNT(*) FROM "public"."whole"`: "500",
	}
	with := func(changes ...string) map[string]string {
		rows := map[string]string{}
		for k, v := range well {
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
		api     *answers
		want    string
	}{
		"all is well": {statusCmd{where: where{Stack: "Tributary"}}, &answers{rows: well}, strings.ReplaceAll(head, "                errors", "            errors") +
			`public.typed  500   2s ago         yes           2026-11-22 22:39:59 ok  0
public.whole  500   2s ago         yes           2026-11-22 22:39:59 ok  0

All is as it should be.
`},
		"a view that fails, one that lost records": {statusCmd{where: where{Stack: "Tributary"}}, &answers{rows: with(
			"FROM sys_stream_scan_states", "typed|2026-11-22 22:39:58|500|2",
			"FROM sys_mv_refresh_history h", "typed|2026-11-22 22:39:59|Refresh successfully updated MV incrementally|0\nwhole|2026-11-22 22:39:59|Refresh failed. User arn is not authorized to assume IAM Role|3",
		)}, head + `public.typed  500   2s ago         yes           2026-11-22 22:39:59 ok      2
public.whole  500   none yet       yes           2026-11-22 22:39:59 failed  3

! public.typed: 2 records were skipped or failed in the last day
  → SELECT error_reason, position FROM sys_stream_scan_errors WHERE mv_name = 'typed'
! public.whole: Refresh failed. User arn is not authorized to assume IAM Role
  → attach the role to the warehouse and let it read the stream; deploying again does both
`},
		"a refusal": {
			statusCmd{where: where{Cluster: "c", Database: "dev"}},
			&answers{refuses: &types.ValidationException{Message: aws.String("Redshift endpoint doesn't exist in this region.")}},
			`stack      unknown
warehouse  c, gone
role       unknown
stream     unknown, unknown

! the warehouse doesn't answer: status-role: ValidationException: Redshift endpoint doesn't exist in this region.
  → deploy the stack: npx cdk deploy
`,
		},
		"no stack, another stream": {
			statusCmd{Stream: "other", where: where{Stack: "Gone"}},
			&answers{},
			`stack      unknown
warehouse  unknown, unknown
role       unknown
stream     other, unknown

! stack "Gone": Stack with id Gone does not exist
  → deploy it: npx cdk deploy; or start the local twin: tributary local up
! stream "other": not found
  → deploy the stack again, or name another with --stream
`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.command.collect(t.Context(), labStack{lab}, streams{}, test.api)
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

// labStack is a CloudFormation whose stack is complete.
type labStack struct{ stacks }

func (l labStack) DescribeStacks(ctx context.Context, in *cloudformation.DescribeStacksInput, o ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	out, err := l.stacks.DescribeStacks(ctx, in, o...)
	if err == nil {
		out.Stacks[0].StackStatus = cfntypes.StackStatusCreateComplete
	}
	return out, err
}

func TestStateOf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ message, state, remedy string }{
		"paused":   {"Redshift cluster c is paused.", "paused", "resume it: aws redshift resume-cluster --cluster-identifier c"},
		"resuming": {"Cluster is resuming", "resuming", "wait: it is on its way"},
		"else":     {"no credentials", "unknown", "look at your credentials and at the network"},
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
