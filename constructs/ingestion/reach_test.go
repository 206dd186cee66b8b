package ingestion_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// TestReach checks that the synthesis fails only if the warehouse's network doesn't reach
// the stream or the brokers.
func TestReach(t *testing.T) {
	const (
		noBrokers     = "[Shop/Clicks] Topic: the warehouse is in a new VPC, which doesn't reach the brokers; give it a Network in the brokers' VPC, or in a VPC with a route to them (NetworkProps.VPC)"
		noOtherRegion = "[Shop/Clicks] Stream: is in us-east-1, and the warehouse is in a new VPC, which reaches Kinesis only in eu-west-1; give it a Network in a VPC with internet access, such as a NAT (NetworkProps.VPC)"
	)
	network := func(props *warehouse.NetworkProps) func(awscdk.Stack) warehouse.Warehouse {
		return func(stack awscdk.Stack) warehouse.Warehouse {
			return warehouse.NewCluster(stack, jsii.String("Other"), &warehouse.ClusterProps{Network: warehouse.NewNetwork(stack, jsii.String("Network"), props)})
		}
	}
	cluster := func(stack awscdk.Stack) warehouse.Warehouse {
		return warehouse.NewCluster(stack, jsii.String("Other"), nil)
	}
	workgroup := func(stack awscdk.Stack) warehouse.Warehouse {
		return warehouse.NewServerless(stack, jsii.String("Other"), nil)
	}
	existing := func(stack awscdk.Stack) warehouse.Warehouse {
		return warehouse.FromClusterAttributes(stack, jsii.String("Other"), &warehouse.ClusterAttributes{ClusterIdentifier: "c", Database: "d", DatabaseUser: "u"})
	}
	otherVPC := func(stack awscdk.Stack) warehouse.Warehouse {
		return network(&warehouse.NetworkProps{VPC: awsec2.NewVpc(stack, jsii.String("Vpc"), nil)})(stack)
	}
	stream := func(arn string) func(awscdk.Stack, *ingestion.Props) {
		return func(stack awscdk.Stack, p *ingestion.Props) { p.Stream = imported(stack, arn) }
	}
	otherRegion := stream("arn:aws:kinesis:us-east-1:111122223333:stream/clicks")
	topic := func(cluster ddl.Kafka) func(awscdk.Stack, *ingestion.Props) {
		return func(_ awscdk.Stack, p *ingestion.Props) {
			p.Topic = &ingestion.Topic{Name: "clicks", Cluster: cluster}
		}
	}
	msk, brokers := topic(ddl.Kafka{ClusterARN: clusterARN, Authentication: ddl.KafkaIAM}), topic(ddl.Kafka{URI: "b-1.example.com:9092", Authentication: ddl.KafkaNone})
	otherAccount := func(stack awscdk.Stack, p *ingestion.Props) {
		stream("arn:aws:kinesis:eu-west-1:444455556666:stream/clicks")(stack, p)
		p.StreamRole = awsiam.Role_FromRoleArn(stack, jsii.String("StreamRole"), jsii.String("arn:aws:iam::444455556666:role/reader"), nil)
	}
	tests := map[string]struct {
		warehouse func(awscdk.Stack) warehouse.Warehouse
		source    func(awscdk.Stack, *ingestion.Props)
		want      []string // nil: the synthesis succeeds
	}{
		"another region, from a new cluster":       {cluster, otherRegion, []string{noOtherRegion}},
		"another region, from a new workgroup":     {workgroup, otherRegion, []string{noOtherRegion}},
		"another region, from a new network":       {network(nil), otherRegion, []string{noOtherRegion}},
		"another region, without endpoints":        {network(&warehouse.NetworkProps{NoEndpoints: true}), otherRegion, nil},
		"another region, from another VPC":         {otherVPC, otherRegion, nil},
		"another region, from an existing cluster": {existing, otherRegion, nil},
		"MSK, from a new cluster":                  {cluster, msk, []string{noBrokers}},
		"brokers, from a new workgroup":            {workgroup, brokers, []string{noBrokers}},
		"MSK, from another VPC":                    {otherVPC, msk, nil},
		"MSK, from an existing cluster":            {existing, msk, nil},
		"another account":                          {cluster, otherAccount, nil},
		"a new stream": {cluster, func(stack awscdk.Stack, p *ingestion.Props) {
			p.Stream = awskinesis.NewStream(stack, jsii.String("Stream"), nil)
		}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack, props := newShop(t)
			props.Warehouse = test.warehouse(stack)
			test.source(stack, props)
			ingestion.New(stack, jsii.String("Clicks"), props)
			if test.want == nil {
				assertions.Template_FromStack(stack, nil) // panics if the synthesis fails
				return
			}
			if diff := cmp.Diff(test.want, problemsOf(t, stack)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
