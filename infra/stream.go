package main

import (
	"errors"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/ddl"
)

// Stream is the stream that the views read: a new stream, or the existing one with this ARN.
type Stream struct {
	Name           string
	Shards         int // 0: on-demand mode
	RetentionHours int
	MaxRecordKiB   int    // 0: Kinesis's default
	KeyARN         string // empty: the key alias/aws/kinesis
	ARN            string // the ARN of an existing stream; empty: a new stream
	RoleARN        string // a role in the stream's account that may read the stream; may be empty
}

// Limits of a stream's retention, in hours, and of its largest record, in KiB.
//
// Sources: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html
// and https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html
const (
	leastRetention, mostRetention = 24, 8760
	leastRecord, mostRecord       = 1024, 10240
)

func (s *Stream) settings() []setting {
	return []setting{
		{"streamName", text(&s.Name, isStream)},
		{"shards", whole(&s.Shards, 1, 10_000, "shards")},
		{"retentionHours", whole(&s.RetentionHours, leastRetention, mostRetention, "hours")},
		{"maxRecordKiB", whole(&s.MaxRecordKiB, leastRecord, mostRecord, "KiB")},
		{"streamArn", text(&s.ARN, nil)},
		{"streamKeyArn", text(&s.KeyARN, nil)},
		{"streamRoleArn", text(&s.RoleARN, nil)},
	}
}

// isStream checks the name of a stream: see [ddl.Stream].
func isStream(s string) error {
	_, found := ddl.Stream{Schema: "schema", Name: s}.Check()
	for _, problem := range found {
		return errors.New(problem.Message)
	}
	return nil
}

// excess returns the settings that are set together with an existing stream and are only for a
// new one.
func (s Stream) excess(context map[string]any) ddl.Problems {
	if s.ARN == "" {
		return nil
	}
	var problems ddl.Problems
	for _, key := range []string{"streamName", "shards", "retentionHours", "maxRecordKiB"} {
		if _, ok := context[prefix+key]; ok {
			problems = append(problems, ddl.Problem{Path: prefix + key, Message: "is a setting of a new stream, and tributary:streamArn is an existing one; remove one of them"})
		}
	}
	return problems
}

// newStream defines or imports the stream. A new stream is deleted with the stack.
func newStream(stack awscdk.Stack, s Stream) awskinesis.IStream {
	id, key := jsii.String("Stream"), keyOf(stack, "StreamKey", s.KeyARN)
	if s.ARN != "" {
		return awskinesis.Stream_FromStreamAttributes(stack, id, &awskinesis.StreamAttributes{StreamArn: jsii.String(s.ARN), EncryptionKey: key})
	}
	props := &awskinesis.StreamProps{
		StreamName:      jsii.String(s.Name),
		StreamMode:      awskinesis.StreamMode_ON_DEMAND,
		Encryption:      awskinesis.StreamEncryption_MANAGED,
		RetentionPeriod: awscdk.Duration_Hours(jsii.Number(s.RetentionHours)),
		RemovalPolicy:   awscdk.RemovalPolicy_DESTROY,
	}
	if s.Shards > 0 {
		props.StreamMode, props.ShardCount = awskinesis.StreamMode_PROVISIONED, jsii.Number(s.Shards)
	}
	if key != nil {
		props.Encryption, props.EncryptionKey = awskinesis.StreamEncryption_KMS, key
	}
	stream := awskinesis.NewStream(stack, id, props)
	if s.MaxRecordKiB > 0 { // the L2 construct has no such prop
		resource, _ := stream.Node().DefaultChild().(awskinesis.CfnStream)
		resource.SetMaxRecordSizeInKiB(jsii.Number(s.MaxRecordKiB))
	}
	return stream
}

// roleOf imports a role. It returns nil for an empty ARN.
func roleOf(stack awscdk.Stack, id, arn string) awsiam.IRole {
	if arn == "" {
		return nil
	}
	return awsiam.Role_FromRoleArn(stack, jsii.String(id), jsii.String(arn), nil)
}
