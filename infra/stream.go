package main

import (
	"errors"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/ddl"
)

// Stream is what the views read: a new stream, or the one of an ARN.
type Stream struct {
	Name           string
	Shards         int // 0: on demand
	RetentionHours int
	MaxRecordKiB   int    // 0: Kinesis's default
	KeyARN         string // "": Kinesis's own key
	ARN            string // of one that exists
	RoleARN        string // the role, in its account, that may read it
}

// Bounds of a stream.
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

// isStream finds whether a stream may be called that: see [ddl.Stream].
func isStream(s string) error {
	_, found := ddl.Stream{Schema: "schema", Name: s}.Check()
	for _, problem := range found {
		return errors.New(problem.Message)
	}
	return nil
}

// excess returns what is set and is for a new stream, if this one exists.
func (s Stream) excess(context map[string]any) ddl.Problems {
	if s.ARN == "" {
		return nil
	}
	var problems ddl.Problems
	for _, key := range []string{"streamName", "shards", "retentionHours", "maxRecordKiB"} {
		if _, ok := context[prefix+key]; ok {
			problems = append(problems, ddl.Problem{Path: prefix + key, Message: "is for a new stream, and tributary:streamArn names one that exists; remove one of them"})
		}
	}
	return problems
}

// newStream defines or imports the stream. A new one doesn't outlive the stack.
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
	if s.MaxRecordKiB > 0 { // the L2 construct has no prop for it
		resource, _ := stream.Node().DefaultChild().(awskinesis.CfnStream)
		resource.SetMaxRecordSizeInKiB(jsii.Number(s.MaxRecordKiB))
	}
	return stream
}

// roleOf imports a role, or returns nil for none.
func roleOf(stack awscdk.Stack, id, arn string) awsiam.IRole {
	if arn == "" {
		return nil
	}
	return awsiam.Role_FromRoleArn(stack, jsii.String(id), jsii.String(arn), nil)
}
