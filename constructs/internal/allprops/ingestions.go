package main

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/datagenerator"
	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/monitoring"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// minimal returns the props of an ingestion of a new stream, with only the required props.
func (a *all) minimal(stack awscdk.Stack, w warehouse.Warehouse) *ingestion.Props {
	return &ingestion.Props{Warehouse: w, Stream: newStream(stack, false), SchemaName: "web", Views: []ddl.View{ddl.Landing("clicks")}}
}

// newStream defines a stream. If encrypted is true, a customer managed key encrypts it.
func newStream(scope constructs.Construct, encrypted bool) awskinesis.IStream {
	props := &awskinesis.StreamProps{StreamName: jsii.String("clicks"), Encryption: awskinesis.StreamEncryption_MANAGED}
	if encrypted {
		props.Encryption, props.EncryptionKey = awskinesis.StreamEncryption_KMS, key(scope, "StreamKey")
	}
	return awskinesis.NewStream(scope, jsii.String("Stream"), props)
}

// existing imports a cluster. Stacks use it if the subject is another construct than the
// warehouse.
func existing(stack awscdk.Stack) warehouse.Warehouse {
	return warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), &warehouse.ClusterAttributes{
		ClusterIdentifier: "theirs", Database: "dev", DatabaseUser: "owner",
	})
}

func (a *all) streams() {
	stack := a.stack("Ingestion-All")
	analyst := []ddl.Grantee{{Role: "analyst"}}
	ingestion.New(stack, jsii.String("Ingestion"), with(a.set, &ingestion.Props{
		Warehouse: existing(stack), Stream: newStream(stack, true), SchemaName: "web", SchemaGrants: analyst,
		ViewSchemas: []ddl.Schema{{Name: "analytics", Grants: analyst}},
		Views:       []ddl.View{ddl.Landing("clicks")}, RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
		Provider: ddlprovider.New(stack, jsii.String("Provider"), &ddlprovider.Props{Code: a.code()}),
	}))

	stack = a.stack("Ingestion-OtherAccount")
	theirs := awskinesis.Stream_FromStreamArn(stack, jsii.String("Stream"), jsii.String("arn:aws:kinesis:"+region+":444455556666:stream/orders"))
	ingestion.New(stack, jsii.String("Ingestion"), with(a.set, &ingestion.Props{
		Warehouse: existing(stack), Stream: theirs, SchemaName: "web", Views: []ddl.View{ddl.Landing("orders")},
		StreamRole: awsiam.Role_FromRoleArn(stack, jsii.String("StreamRole"), jsii.String("arn:aws:iam::444455556666:role/reader"), nil),
	}))

	stack = a.stack("Ingestion-OtherRegion")
	ingestion.New(stack, jsii.String("Ingestion"), with(a.set, &ingestion.Props{
		Warehouse: existing(stack), SchemaName: "web", Views: []ddl.View{ddl.Landing("orders")},
		Stream: awskinesis.Stream_FromStreamAttributes(stack, jsii.String("Stream"), &awskinesis.StreamAttributes{
			StreamArn: jsii.String("arn:aws:kinesis:us-east-1:" + account + ":stream/orders"), EncryptionKey: key(stack, "StreamKey"),
		}),
	}))

	stack = a.stack("Ingestion-Role")
	ingestion.New(stack, jsii.String("Ingestion"), with(a.set, &ingestion.Props{
		Warehouse: existing(stack), Stream: newStream(stack, false), SchemaName: "web", Views: []ddl.View{ddl.Landing("clicks")},
		Role: awsiam.Role_FromRoleArn(stack, jsii.String("Role"), jsii.String("arn:aws:iam::"+account+":role/ours"), nil),
	}))
}

func (a *all) topics() {
	const (
		cluster = "arn:aws:kafka:" + region + ":" + account + ":cluster/events/6a1c5f1e-1c1d-4b1a-9a55-0d3c5f8e2b11-3"
		brokers = "broker-1.example.com:9094"
	)
	for name, kafka := range map[string]ddl.Kafka{
		"IAM":         {ClusterARN: cluster, Authentication: ddl.KafkaIAM},
		"Open":        {ClusterARN: cluster, Authentication: ddl.KafkaNone},
		"Certificate": {ClusterARN: cluster, Authentication: ddl.KafkaMTLS, CertificateARN: "arn:aws:acm:" + region + ":" + account + ":certificate/11111111-2222-3333-4444-555555555555"},
		"Secret":      {URI: brokers, Authentication: ddl.KafkaMTLS, SecretARN: "arn:aws:secretsmanager:" + region + ":" + account + ":secret:kafka-AbCdEf"},
	} {
		stack := a.stack("Topic-" + name)
		ingestion.New(stack, jsii.String("Ingestion"), with(a.set, &ingestion.Props{
			Warehouse: existing(stack), SchemaName: "kafka", Views: []ddl.View{ddl.LandingTopic("events")},
			Topic: &ingestion.Topic{Name: "events", Cluster: kafka},
		}))
	}
}

func (a *all) monitoring() {
	stack := a.stack("Monitoring-Minimal")
	monitoring.New(stack, jsii.String("Monitoring"), &monitoring.Props{Warehouse: existing(stack), Stream: newStream(stack, false)})

	stack = a.stack("Monitoring-All")
	every := 10 * time.Minute
	topic := awssns.NewTopic(stack, jsii.String("Topic"), &awssns.TopicProps{EnforceSSL: jsii.Bool(true)})
	monitoring.New(stack, jsii.String("Monitoring"), with(a.set, &monitoring.Props{
		Warehouse: existing(stack), Stream: newStream(stack, true), ViewNames: []string{"clicks"}, Topic: topic, ViewInterval: &every,
		Provider: ddlprovider.New(stack, jsii.String("Provider"), &ddlprovider.Props{Code: a.code()}),
		Thresholds: monitoring.Thresholds{
			IteratorAge: every, WriteThrottles: 2, ReadThrottles: 2, RefusedRecords: 2, CPU: 80, Disk: 70, FailedDDL: 2,
			Freshness: every, LostRecords: 2, FailedRefreshes: 2,
		},
	}))
}

func (a *all) dataGenerators() {
	stack := a.stack("DataGenerator-Minimal")
	datagenerator.New(stack, jsii.String("Generator"), &datagenerator.Props{Stream: newStream(stack, false)})

	stack = a.stack("DataGenerator-All")
	datagenerator.New(stack, jsii.String("Generator"), with(a.set, &datagenerator.Props{
		Stream: newStream(stack, true), Username: "somebody", RemovalPolicy: awscdk.RemovalPolicy_RETAIN,
	}))
}

// providers defines a Provider with all of its props. Other stacks have a Provider with few
// props.
func (a *all) providers() {
	stack := a.stack("Provider-All")
	ddlprovider.New(stack, jsii.String("Provider"), with(a.set, &ddlprovider.Props{
		Code: a.code(), LogRetention: awslogs.RetentionDays_ONE_YEAR, RoleName: "shop-ddl",
	}))
}
