package twin_test

import (
	"errors"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// clusterTemplate is a stack of a stream and a cluster.
const clusterTemplate = `{
  "Resources": {
    "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "ev_stream_data", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}},
    "Cluster": {"Type": "AWS::Redshift::Cluster", "Properties": {
      "ClusterIdentifier": "c", "ClusterType": "single-node", "NodeType": "ra3.large",
      "DBName": "dev", "MasterUsername": "awsuser", "ManageMasterPassword": true}}
  }
}`

// TestDeployDestroyShutdown deploys a stack on a twin, destroys the stack and ends the
// twin.
func TestDeployDestroyShutdown(t *testing.T) {
	t.Parallel()
	s, err := twin.Start(t.Context(), twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	checkDeploy(t, s)
	checkDestroy(t, s)
	checkAnotherOwner(t, s)
	checkShutdown(t, s)
}

// checkDeploy deploys a stack and checks the twin's status. It also checks the error for a
// function's log if no function has run on the twin.
func checkDeploy(t *testing.T, s *twin.Server) {
	t.Helper()
	deploy(t, stacks(s), "Lab", clusterTemplate)
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
	_, err := twin.Client{URL: s.URL(), Secret: s.Secret()}.Log(t.Context(), "fn")
	if want := `no function has run on the local twin, so "fn" has no log`; err == nil || err.Error() != want {
		t.Errorf("log: got error %v, want %s", err, want)
	}
}

func checkDestroy(t *testing.T, s *twin.Server) {
	t.Helper()
	client := stacks(s)
	if _, err := client.DeleteStack(t.Context(), &cloudformation.DeleteStackInput{StackName: aws.String("Lab")}); err != nil {
		t.Fatal(err)
	}
	deleted := cloudformation.NewStackDeleteCompleteWaiter(client, func(o *cloudformation.StackDeleteCompleteWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	if err := deleted.Wait(t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String("Lab")}, time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := s.Status(); got.Left() != 0 {
		t.Errorf("got %d resources after the stack was destroyed, want 0: %+v", got.Left(), got)
	}
}

// checkAnotherOwner checks that the twin refuses the secret key of another twin.
func checkAnotherOwner(t *testing.T, s *twin.Server) {
	t.Helper()
	other := twin.Client{URL: s.URL(), Secret: shared.start(t).Secret()}
	if len(s.Secret()) < 26 || s.Secret() == other.Secret { // 26 letters of 5 bits are 130 bits
		t.Errorf("got secret keys of %d and %d letters, equal: %v; want different ones of 26 or more",
			len(s.Secret()), len(other.Secret), s.Secret() == other.Secret)
	}
	if _, err := other.Status(t.Context()); !errors.Is(err, twin.ErrAnotherTwin) {
		t.Errorf("status with another twin's key: got %v, want %v", err, twin.ErrAnotherTwin)
	}
	if err := other.Shutdown(t.Context()); !errors.Is(err, twin.ErrAnotherTwin) {
		t.Errorf("shutdown with another twin's key: got %v, want %v", err, twin.ErrAnotherTwin)
	}
	select {
	case <-s.Done():
		t.Error("another twin's key has ended the twin")
	default:
	}
}

// checkShutdown ends the twin through its API, and checks that it removes its directory.
func checkShutdown(t *testing.T, s *twin.Server) {
	t.Helper()
	client := twin.Client{URL: s.URL(), Secret: s.Secret()}
	status, err := client.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done():
	case <-time.After(time.Minute):
		t.Fatal("Done is still open a minute after the shutdown")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Status(t.Context()); !errors.Is(err, twin.ErrNotRunning) {
		t.Errorf("status of the closed twin: got %v, want %v", err, twin.ErrNotRunning)
	}
	if _, err := os.Stat(status.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: got %v, want %v", status.Dir, err, os.ErrNotExist)
	}
}

// stacks returns a client of the twin's CloudFormation.
func stacks(s *twin.Server) *cloudformation.Client {
	return cloudformation.New(cloudformation.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(s.URL()), Credentials: s.Credentials(),
	})
}

// deploy creates a stack, waits until it is stable and returns it.
func deploy(t *testing.T, client *cloudformation.Client, stack, template string) types.Stack {
	t.Helper()
	name, change := aws.String(stack), aws.String("change")
	_, err := client.CreateChangeSet(t.Context(), &cloudformation.CreateChangeSetInput{
		StackName: name, ChangeSetName: change, ChangeSetType: types.ChangeSetTypeCreate, TemplateBody: &template,
		Capabilities: []types.Capability{types.CapabilityCapabilityIam},
	})
	if err != nil {
		t.Fatal(err)
	}
	ready := cloudformation.NewChangeSetCreateCompleteWaiter(client, func(o *cloudformation.ChangeSetCreateCompleteWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	if err := ready.Wait(t.Context(), &cloudformation.DescribeChangeSetInput{StackName: name, ChangeSetName: change}, time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := client.ExecuteChangeSet(t.Context(), &cloudformation.ExecuteChangeSetInput{StackName: name, ChangeSetName: change}); err != nil {
		t.Fatal(err)
	}
	for t.Context().Err() == nil {
		out, err := client.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: name})
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

func TestStartRefusesAPortInUse(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(shared.start(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(address.Port())
	if err != nil {
		t.Fatal(err)
	}
	second, err := twin.Start(t.Context(), twin.Options{Port: port})
	if err == nil {
		t.Fatal(errors.Join(errors.New("a second twin started on the same port"), second.Close()))
	}
	if want := "end the process that uses it, or choose another port"; !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q in it", err, want)
	}
}

func TestStartWithoutPostgreSQL(t *testing.T) {
	t.Parallel()
	_, err := twin.Start(t.Context(), twin.Options{WorkDir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "npm ci") {
		t.Errorf("got %v, want the remedy: npm ci", err)
	}
}
