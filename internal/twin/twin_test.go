package twin_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// start runs a twin on a free port.
func start(t *testing.T) *twin.Server {
	t.Helper()
	s, err := twin.Start(t.Context(), twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// cluster is a stack of a stream and a cluster.
const cluster = `{
  "Resources": {
    "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "ev_stream_data", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}},
    "Cluster": {"Type": "AWS::Redshift::Cluster", "Properties": {
      "ClusterIdentifier": "c", "ClusterType": "single-node", "NodeType": "ra3.large",
      "DBName": "dev", "MasterUsername": "awsuser", "ManageMasterPassword": true}}
  }
}`

func TestStackComesAndGoes(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := stacks(s)
	deploy(t, client, cluster)
	got := s.Status()
	want := twin.Status{
		PID: os.Getpid(), URL: s.URL(), Dir: got.Dir, Started: got.Started, Region: "us-east-1", Account: "000000000000",
		Services:  []string{"cloudformation", "kinesis", "lambda", "redshift", "redshift-data", "redshift-serverless", "s3", "ssm", "sts"},
		Stacks:    []twin.StackStatus{{Name: "Lab", Status: "CREATE_COMPLETE"}},
		Streams:   []twin.StreamStatus{{Name: "ev_stream_data", Mode: "ON_DEMAND", Shards: 4}},
		Clusters:  []twin.ClusterStatus{{ID: "c", Databases: []string{"dev"}}},
		Functions: []string{},
		Resources: []twin.ResourceStatus{
			{Type: "AWS::Kinesis::Stream", PhysicalID: "ev_stream_data", Stack: "Lab", LogicalID: "Stream"},
			{Type: "AWS::Redshift::Cluster", PhysicalID: "c", Stack: "Lab", LogicalID: "Cluster"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	if _, err := client.DeleteStack(t.Context(), &cloudformation.DeleteStackInput{StackName: aws.String("Lab")}); err != nil {
		t.Fatal(err)
	}
	gone := cloudformation.NewStackDeleteCompleteWaiter(client, func(o *cloudformation.StackDeleteCompleteWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	if err := gone.Wait(t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String("Lab")}, time.Minute); err != nil {
		t.Fatal(err)
	}
	if got = s.Status(); got.Left() != 0 {
		t.Errorf("got %d left, want nothing: %+v", got.Left(), got)
	}
}

// stacks returns a client of the twin's CloudFormation.
func stacks(s *twin.Server) *cloudformation.Client {
	return cloudformation.New(cloudformation.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(s.URL()), Credentials: s.Credentials(),
	})
}

// deploy makes the stack Lab and returns what has become of it.
func deploy(t *testing.T, client *cloudformation.Client, template string) types.Stack {
	t.Helper()
	lab, change := aws.String("Lab"), aws.String("change")
	_, err := client.CreateChangeSet(t.Context(), &cloudformation.CreateChangeSetInput{
		StackName: lab, ChangeSetName: change, ChangeSetType: types.ChangeSetTypeCreate, TemplateBody: &template,
		Capabilities: []types.Capability{types.CapabilityCapabilityIam},
	})
	if err != nil {
		t.Fatal(err)
	}
	ready := cloudformation.NewChangeSetCreateCompleteWaiter(client, func(o *cloudformation.ChangeSetCreateCompleteWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	if err := ready.Wait(t.Context(), &cloudformation.DescribeChangeSetInput{StackName: lab, ChangeSetName: change}, time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := client.ExecuteChangeSet(t.Context(), &cloudformation.ExecuteChangeSetInput{StackName: lab, ChangeSetName: change}); err != nil {
		t.Fatal(err)
	}
	for t.Context().Err() == nil {
		out, err := client.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: lab})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(string(out.Stacks[0].StackStatus), "_IN_PROGRESS") {
			return out.Stacks[0]
		}
		time.Sleep(20 * time.Millisecond)
	}
	return types.Stack{}
}

func TestShutdownLeavesNothing(t *testing.T) {
	t.Parallel()
	s, err := twin.Start(t.Context(), twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	client := twin.Client{URL: s.URL(), Secret: s.Secret()}
	status, err := client.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stranger := twin.Client{URL: s.URL(), Secret: "another"}
	if err := stranger.Shutdown(t.Context()); !errors.Is(err, twin.ErrAnotherTwin) {
		t.Errorf("shut down with another's key: got %v, want %v", err, twin.ErrAnotherTwin)
	}
	select {
	case <-s.Done():
		t.Error("a stranger has ended the twin")
	default:
	}
	if err := client.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done():
	case <-time.After(time.Minute):
		t.Fatal("the twin doesn't hear that it shall end")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Status(t.Context()); !errors.Is(err, twin.ErrNotRunning) {
		t.Errorf("got %v, want %v", err, twin.ErrNotRunning)
	}
	if _, err := os.Stat(status.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: got %v, want it gone", status.Dir, err)
	}
}

func TestStartRefusesAPortInUse(t *testing.T) {
	t.Parallel()
	s := start(t)
	status := s.Status()
	var port int
	for _, digit := range status.URL[strings.LastIndexByte(status.URL, ':')+1:] {
		port = port*10 + int(digit-'0')
	}
	second, err := twin.Start(t.Context(), twin.Options{Port: port})
	if err == nil {
		t.Fatal(errors.Join(errors.New("a second twin started"), second.Close()))
	}
	if !strings.Contains(err.Error(), "end what uses it, or choose another port") {
		t.Errorf("got %v", err)
	}
}

func TestStartThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	_, err := twin.Start(t.Context(), twin.Options{WorkDir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "npm ci") {
		t.Errorf("got %v, want the remedy: npm ci", err)
	}
}
