// Package e2e runs the page of tributary watch with a local twin and the lab's views, in
// one process. Its test drives the page with a real browser, and needs the build tag
// browser: see make browser.
package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfntypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	datatypes "github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/definition"
	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/twin"
)

// Stream is the name of the stream in the twin.
const Stream = lab.StreamName

// template is the template of a stack with a stream, a role and a cluster.
const template = `{"Resources": {
  "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "` + Stream + `", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}},
  "Role": {"Type": "AWS::IAM::Role", "Properties": {
    "RoleName": "reader",
    "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "redshift.amazonaws.com"}}]},
    "Policies": [{"PolicyName": "read", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "kinesis:*", "Resource": {"Fn::GetAtt": ["Stream", "Arn"]}}]}}]}},
  "Cluster": {"Type": "AWS::Redshift::Cluster", "Properties": {
    "IamRoles": [{"Fn::GetAtt": ["Role", "Arn"]}], "ClusterIdentifier": "` + lab.ClusterIdentifier + `", "ClusterType": "single-node", "NodeType": "ra3.large",
    "DBName": "dev", "MasterUsername": "awsuser", "ManageMasterPassword": true}}}}`

// World is a twin with the lab's stream and cluster. [World.CreateViews] adds the views.
type World struct {
	Runner *dataapi.Runner
	// Paused makes the Data API refuse statements as if the cluster were paused.
	Paused atomic.Bool

	twin    *twin.Server
	streams *kinesis.Client
}

// New starts a World. The caller must close it.
func New(ctx context.Context) (*World, error) {
	server, err := twin.Start(ctx, twin.Options{})
	if err != nil {
		return nil, err
	}
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL()), Credentials: server.Credentials(),
	}
	w := &World{twin: server, streams: kinesis.NewFromConfig(cfg)}
	w.Runner = &dataapi.Runner{
		API:    pausableAPI{redshiftdata.NewFromConfig(cfg), &w.Paused},
		Target: contract.Target{ClusterIdentifier: lab.ClusterIdentifier, Database: "dev", DatabaseUser: "awsuser"},
	}
	if err := deploy(ctx, cloudformation.NewFromConfig(cfg)); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// Close stops the twin.
func (w *World) Close() error { return w.twin.Close() }

// deploy creates the stack of template, and waits until it is complete.
func deploy(ctx context.Context, client *cloudformation.Client) error {
	stack, change := aws.String("Lab"), aws.String("change")
	_, err := client.CreateChangeSet(ctx, &cloudformation.CreateChangeSetInput{
		StackName: stack, ChangeSetName: change, ChangeSetType: cfntypes.ChangeSetTypeCreate, TemplateBody: aws.String(template),
		Capabilities: []cfntypes.Capability{cfntypes.CapabilityCapabilityNamedIam},
	})
	if err != nil {
		return err
	}
	ready := cloudformation.NewChangeSetCreateCompleteWaiter(client, func(o *cloudformation.ChangeSetCreateCompleteWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	if err := ready.Wait(ctx, &cloudformation.DescribeChangeSetInput{StackName: stack, ChangeSetName: change}, time.Minute); err != nil {
		return err
	}
	if _, err := client.ExecuteChangeSet(ctx, &cloudformation.ExecuteChangeSetInput{StackName: stack, ChangeSetName: change}); err != nil {
		return err
	}
	created := cloudformation.NewStackCreateCompleteWaiter(client, func(o *cloudformation.StackCreateCompleteWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	return created.Wait(ctx, &cloudformation.DescribeStacksInput{StackName: stack}, time.Minute)
}

// CreateViews creates the external schema and the lab's two views: one with whole
// records, and one with a column for each field.
func (w *World) CreateViews(ctx context.Context) error {
	external, problems := definition.NewExternalSchema(ddl.ExternalSchema{Name: lab.SchemaName, RoleARN: "arn:aws:iam::000000000000:role/reader"})
	if len(problems) > 0 {
		return problems
	}
	plan := external.Create()
	for _, view := range []ddl.View{
		{Name: lab.RawView, Columns: []ddl.Column{arrived(), ddl.PayloadColumn("payload")}},
		{Name: lab.TypedView, Columns: []ddl.Column{
			arrived(), ddl.FieldColumn("id", "CHAR(36)", "_id"), ddl.FieldColumn("clusterid", "VARCHAR(30)", "clusterID"),
			ddl.FieldColumn("connectiontime", "VARCHAR(20)", "connectionTime"), ddl.FieldColumn("kwhdelivered", "DECIMAL(10,2)", "kWhDelivered"),
			ddl.FieldColumn("stationid", "DECIMAL(10,2)", "stationID"), ddl.FieldColumn("userid", "VARCHAR(30)", "userID"),
		}},
	} {
		view.Stream = ddl.Stream{Schema: lab.SchemaName, Name: Stream}
		d, problems := definition.NewView(view)
		if len(problems) > 0 {
			return problems
		}
		plan = append(plan, d.Create()...)
	}
	for _, s := range plan {
		if _, err := w.Runner.Run(ctx, dataapi.Statement{Name: string(s.Name), SQL: s.SQL}, 0); err != nil {
			return err
		}
	}
	return nil
}

func arrived() ddl.Column {
	return ddl.MetadataColumn("approximatearrivaltimestamp", ddl.ApproximateArrivalTimestamp)
}

// Put puts at most 500 records into the stream.
func (w *World) Put(ctx context.Context, records ...string) error {
	in := &kinesis.PutRecordsInput{StreamName: aws.String(Stream)}
	for i, r := range records {
		in.Records = append(in.Records, types.PutRecordsRequestEntry{Data: []byte(r), PartitionKey: aws.String(fmt.Sprint(i))})
	}
	out, err := w.streams.PutRecords(ctx, in)
	if err == nil && aws.ToInt32(out.FailedRecordCount) > 0 {
		err = fmt.Errorf("%d of %d records were refused", *out.FailedRecordCount, len(records))
	}
	return err
}

// Session returns the record of a charging session, in the format of the lab's records.
func Session(id int, at time.Time, kWh float64) string {
	return fmt.Sprintf(`{"_id":"00000000-0000-4000-8000-%012d","clusterID":"%d","connectionTime":%q,"kWhDelivered":"%.2f","stationID":"%d","userID":"%d"}`,
		id, 1+id%50, at.UTC().Format(time.DateTime), kWh, 1+id%467, 1000+id%137)
}

// Query runs SQL and returns its rows as lines, with tabs between the values.
func (w *World) Query(ctx context.Context, sql string) (string, error) {
	rows, _, err := w.Runner.Rows(ctx, dataapi.Statement{Name: "check", SQL: sql}, 0)
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = strings.Join(row, "\t")
	}
	return strings.Join(lines, "\n"), err
}

// pausableAPI is a Data API whose cluster can be paused.
type pausableAPI struct {
	dataapi.API
	paused *atomic.Bool
}

// ExecuteStatement forwards the statement, or refuses it with AWS's error message for a
// paused cluster.
func (p pausableAPI) ExecuteStatement(ctx context.Context, in *redshiftdata.ExecuteStatementInput, options ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	if p.paused.Load() {
		return nil, &datatypes.ValidationException{Message: aws.String("Redshift cluster " + lab.ClusterIdentifier + " is paused.")}
	}
	return p.API.ExecuteStatement(ctx, in, options...)
}
