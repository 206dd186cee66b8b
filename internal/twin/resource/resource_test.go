package resource_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/lambda"
	"github.com/tributary-cdk/tributary/internal/twin/redshift"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftserverless"
	"github.com/tributary-cdk/tributary/internal/twin/resource"
	"github.com/tributary-cdk/tributary/internal/twin/secretsmanager"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
	"github.com/tributary-cdk/tributary/internal/twin/ssm"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// testServices contains the resource types and the services in which they create resources.
type testServices struct {
	registry   resource.Registry
	iam        iam.Store
	streams    *kinesis.Store
	functions  fakeFunctions
	clusters   fakeClusters
	serverless *redshiftserverless.Store
	types      map[string]cloudformation.Type
}

func newTestServices() *testServices {
	w := &testServices{streams: kinesis.New(nil), types: map[string]cloudformation.Type{}}
	w.functions, w.clusters = fakeFunctions{}, fakeClusters{}
	w.serverless = redshiftserverless.New(w.clusters, redshiftserverless.Options{Now: time.Now})
	for _, t := range resource.Types(resource.Services{
		Registry: &w.registry, IAM: &w.iam, Streams: w.streams, Functions: w.functions, Secrets: &secretsmanager.Store{},
		Clusters: redshift.New(w.clusters, redshift.Options{Now: time.Now}), Serverless: w.serverless,
		Objects: objects{"assets/fn.zip": "zip"}, Parameters: ssm.New("us-east-1", "000000000000", time.Now, nil),
	}) {
		w.types[t.Name] = t
	}
	return w
}

// fakeFunctions implements resource.Functions. It contains the configurations by name.
type fakeFunctions map[string]lambda.Config

func (f fakeFunctions) Create(_ context.Context, c lambda.Config, _ func(string)) error {
	f[c.Name] = c
	return nil
}

func (f fakeFunctions) Update(ctx context.Context, c lambda.Config, progress func(string)) error {
	return f.Create(ctx, c, progress)
}

func (f fakeFunctions) Delete(name string) error { delete(f, name); return nil }
func (f fakeFunctions) SetAsync(name string, _ lambda.AsyncConfig) error {
	if _, ok := f[name]; !ok {
		return errors.New("no such function")
	}
	return nil
}
func (f fakeFunctions) ResetAsync(string) {}

// fakeClusters is a fake of the SQL engine. It contains the created clusters by id.
type fakeClusters map[string]sqlengine.Cluster

func (c fakeClusters) CreateCluster(_ context.Context, cluster sqlengine.Cluster) error {
	c[cluster.ID] = cluster
	return nil
}

func (c fakeClusters) DeleteCluster(_ context.Context, id string) error { delete(c, id); return nil }
func (fakeClusters) SetPaused(string, bool) error                       { return nil }
func (fakeClusters) SetWorkgroup(string, string)                        {}

// objects implements resource.Objects. It contains contents by "bucket/key".
type objects map[string]string

func (o objects) Open(bucket, key string) (resource.Object, error) {
	text, ok := o[bucket+"/"+key]
	if !ok {
		return nil, wire.Errorf("NoSuchKey", "The specified key does not exist.")
	}
	return object{strings.NewReader(text), new(bool)}, nil
}

// object is the content of an S3 object, and whether it was closed.
type object struct {
	*strings.Reader
	closed *bool
}

func (o object) Close() error {
	*o.closed = true
	return nil
}

// request returns a request for a resource of a type. The logical id is the last part of
// the type's name.
func request(typeName string, properties map[string]any) cloudformation.Request {
	return cloudformation.Request{
		StackName: "Lab", StackID: "arn:aws:cloudformation:us-east-1:000000000000:stack/Lab/1", RequestID: "r1",
		Region: "us-east-1", Account: "000000000000", Type: typeName,
		LogicalID: typeName[strings.LastIndex(typeName, ":")+1:], Properties: properties,
	}
}

func (w *testServices) create(t *testing.T, typeName string, properties map[string]any) cloudformation.Resource {
	t.Helper()
	created, err := w.types[typeName].Provider.Create(t.Context(), request(typeName, properties))
	if err != nil {
		t.Fatalf("create %s: %v", typeName, err)
	}
	return created
}

func trust(service string) map[string]any {
	return map[string]any{"Statement": []any{map[string]any{
		"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": service},
	}}}
}

func statement() map[string]any {
	return map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}}}
}

// createAll creates at least one resource of every type, in order of their dependencies. It
// returns the requests for their deletion.
func (w *testServices) createAll(t *testing.T) []cloudformation.Request {
	t.Helper()
	var deletions []cloudformation.Request
	create := func(typeName string, properties map[string]any) cloudformation.Resource {
		r := w.create(t, typeName, properties)
		d := request(typeName, properties)
		d.PhysicalID = r.PhysicalID
		deletions = append(deletions, d)
		wantAttributes := slices.Sorted(slices.Values(w.types[typeName].Attributes))
		if diff := cmp.Diff(wantAttributes, slices.Sorted(maps.Keys(r.Attributes))); diff != "" {
			t.Errorf("%s: attributes (-schema +got):\n%s", typeName, diff)
		}
		return r
	}
	vpc := create("AWS::EC2::VPC", map[string]any{"CidrBlock": "10.0.0.0/16"}).PhysicalID
	subnet := create("AWS::EC2::Subnet", map[string]any{"VpcId": vpc, "CidrBlock": "10.0.0.0/24"}).PhysicalID
	table := create("AWS::EC2::RouteTable", map[string]any{"VpcId": vpc}).PhysicalID
	create("AWS::EC2::SubnetRouteTableAssociation", map[string]any{"SubnetId": subnet, "RouteTableId": table})
	gateway := create("AWS::EC2::InternetGateway", nil).PhysicalID
	create("AWS::EC2::VPCGatewayAttachment", map[string]any{"VpcId": vpc, "InternetGatewayId": gateway})
	create("AWS::EC2::Route", map[string]any{"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway})
	group := create("AWS::EC2::SecurityGroup", map[string]any{"GroupDescription": "d", "VpcId": vpc}).PhysicalID
	create("AWS::EC2::SecurityGroupIngress", map[string]any{"GroupId": group, "IpProtocol": "-1"})
	create("AWS::EC2::SecurityGroupEgress", map[string]any{"GroupId": group, "IpProtocol": "-1"})
	create("AWS::EC2::VPCEndpoint", map[string]any{"VpcId": vpc, "VpcEndpointType": "Interface", "SubnetIds": []any{subnet}, "ServiceName": "com.amazonaws.us-east-1.kinesis-streams"})
	create("AWS::EC2::EIP", nil)
	create("AWS::EC2::NatGateway", map[string]any{"SubnetId": subnet})
	role := create("AWS::IAM::Role", map[string]any{"RoleName": "lambda", "AssumeRolePolicyDocument": trust("lambda.amazonaws.com")})
	create("AWS::IAM::Policy", map[string]any{"PolicyName": "p", "PolicyDocument": statement(), "Roles": []any{role.PhysicalID}})
	create("AWS::IAM::ManagedPolicy", map[string]any{"PolicyDocument": statement(), "Roles": []any{role.PhysicalID}})
	create("AWS::Kinesis::Stream", map[string]any{"Name": "ev_stream_data", "StreamModeDetails": map[string]any{"StreamMode": "ON_DEMAND"}})
	key := create("AWS::KMS::Key", nil).PhysicalID
	create("AWS::KMS::Alias", map[string]any{"AliasName": "alias/lab", "TargetKeyId": key})
	create("AWS::Lambda::Function", map[string]any{
		"FunctionName": "fn", "Role": role.Attributes["Arn"], "Runtime": "provided.al2023", "Handler": "bootstrap",
		"Code": map[string]any{"S3Bucket": "assets", "S3Key": "fn.zip"}, "Timeout": "900", "Architectures": []any{"arm64"},
		"Environment": map[string]any{"Variables": map[string]any{"A": "b"}},
	})
	create("AWS::Lambda::Permission", map[string]any{"FunctionName": "fn", "Action": "lambda:InvokeFunction", "Principal": "*"})
	create("AWS::Lambda::EventInvokeConfig", map[string]any{"FunctionName": "fn", "Qualifier": "$LATEST", "MaximumRetryAttempts": 2.0})
	create("AWS::Logs::LogGroup", map[string]any{"LogGroupName": "/aws/lambda/fn"})
	subnets := create("AWS::Redshift::ClusterSubnetGroup", map[string]any{"Description": "d", "SubnetIds": []any{subnet}}).PhysicalID
	parameters := create("AWS::Redshift::ClusterParameterGroup", map[string]any{
		"Description": "d", "ParameterGroupFamily": "redshift-2.0",
		"Parameters": []any{map[string]any{"ParameterName": "require_ssl", "ParameterValue": "true"}},
	}).PhysicalID
	create("AWS::Redshift::Cluster", map[string]any{
		"ClusterIdentifier": "streaming-cluster", "ClusterType": "single-node", "DBName": "dev", "MasterUsername": "awsuser",
		"NodeType": "ra3.large", "ManageMasterPassword": true, "Encrypted": true,
		"ClusterSubnetGroupName": subnets, "ClusterParameterGroupName": parameters,
	})
	scheduler := create("AWS::IAM::Role", map[string]any{"RoleName": "scheduler", "AssumeRolePolicyDocument": trust("scheduler.redshift.amazonaws.com")})
	create("AWS::Redshift::ScheduledAction", map[string]any{
		"ScheduledActionName": "pause", "Schedule": "cron(0 19 * * ? *)", "IamRole": scheduler.Attributes["Arn"],
		"TargetAction": map[string]any{"PauseCluster": map[string]any{"ClusterIdentifier": "streaming-cluster"}},
	})
	create("AWS::RedshiftServerless::Namespace", map[string]any{"NamespaceName": "space", "AdminUsername": "root", "AdminUserPassword": "Abcdefg1"})
	create("AWS::RedshiftServerless::Workgroup", map[string]any{
		"WorkgroupName": "group", "NamespaceName": "space", "SubnetIds": []any{subnet, subnet, subnet}, "SecurityGroupIds": []any{group},
	})
	create("AWS::SecretsManager::Secret", map[string]any{"Name": "s"})
	create("AWS::CloudFormation::WaitConditionHandle", nil)
	create("AWS::SSM::Parameter", map[string]any{"Name": "/p", "Type": "String", "Value": "1"})
	return deletions
}

func TestEveryTypeIsCreatedAndDeleted(t *testing.T) {
	t.Parallel()
	w := newTestServices()
	deletions := w.createAll(t)
	for name := range w.types {
		if !slices.ContainsFunc(deletions, func(r cloudformation.Request) bool { return r.Type == name }) {
			t.Errorf("%s: createAll creates no resource of this type; add one", name)
		}
	}
	if got := len(w.registry.Inventory()); got != len(deletions) {
		t.Errorf("got %d resources in the registry, want %d", got, len(deletions))
	}
	for _, r := range slices.Backward(deletions) {
		if err := w.types[r.Type].Provider.Delete(t.Context(), r); err != nil {
			t.Errorf("delete: %v", err)
		}
		if err := w.types[r.Type].Provider.Delete(t.Context(), r); err != nil {
			t.Errorf("delete again: %v", err)
		}
	}
	if left := w.registry.Inventory(); len(left)+len(w.functions)+len(w.clusters)+len(w.streams.Streams())+len(w.iam.Roles()) > 0 {
		t.Errorf("not deleted: resources %v, functions %v, clusters %v, streams %v, roles %v", left, w.functions, w.clusters, w.streams.Streams(), w.iam.Roles())
	}
}

func TestResourcesInServices(t *testing.T) {
	t.Parallel()
	w := newTestServices()
	w.createAll(t)
	function := w.functions["fn"]
	code, ok := function.Code.(object)
	if text := make([]byte, 3); !ok || code.Size() != 3 {
		t.Errorf("got code %v, want 3 bytes", function.Code)
	} else if _, err := code.ReadAt(text, 0); err != nil || string(text) != "zip" || !*code.closed {
		t.Errorf("got code %q, %v, closed: %v; want zip, closed", text, err, *code.closed)
	}
	function.Code = nil
	wantFunction := lambda.Config{
		Name: "fn", Role: "arn:aws:iam::000000000000:role/lambda", Runtime: "provided.al2023", Handler: "bootstrap",
		Architecture: "arm64", MemorySize: 128, Timeout: 15 * time.Minute, Environment: map[string]string{"A": "b"},
	}
	if diff := cmp.Diff(wantFunction, function); diff != "" {
		t.Errorf("function (-want +got):\n%s", diff)
	}
	cluster := w.clusters["streaming-cluster"]
	if secret, ok := strings.CutPrefix(cluster.SecretARN, "arn:aws:secretsmanager:us-east-1:000000000000:secret:redshift!streaming-cluster-awsuser-"); !ok || len(secret) != 6 {
		t.Errorf("got secret %q, want redshift!streaming-cluster-awsuser- and 6 characters", cluster.SecretARN)
	}
	cluster.SecretARN = ""
	if diff := cmp.Diff(sqlengine.Cluster{ID: "streaming-cluster", Database: "dev", AdminUser: "awsuser"}, cluster); diff != "" {
		t.Errorf("cluster (-want +got):\n%s", diff)
	}
	stream := w.streams.Streams()[0]
	if stream.Name != "ev_stream_data" || stream.Config.Mode != kinesis.OnDemand || stream.Config.Shards != 4 {
		t.Errorf("got stream %+v, want ev_stream_data, on demand, with 4 shards", stream)
	}
	role := w.iam.Roles()[0]
	want := iam.Role{
		Name: "lambda", ARN: "arn:aws:iam::000000000000:role/lambda", Trust: trust("lambda.amazonaws.com"),
		Inline: map[string]any{"p": statement()}, Attached: role.Attached,
	}
	if diff := cmp.Diff(want, role); diff != "" || len(role.Attached) != 1 {
		t.Errorf("role (-want +got):\n%s, attached policies %v, want 1", diff, role.Attached)
	}
}

func TestPolicyResourcesChangeRoles(t *testing.T) {
	t.Parallel()
	w := newTestServices()
	w.create(t, "AWS::IAM::Role", map[string]any{
		"RoleName": "r", "AssumeRolePolicyDocument": trust("lambda.amazonaws.com"),
		"Policies": []any{map[string]any{"PolicyName": "own", "PolicyDocument": statement()}},
	})
	policy := map[string]any{"PolicyName": "p", "PolicyDocument": statement(), "Roles": []any{"r"}}
	created := w.create(t, "AWS::IAM::Policy", policy)
	names := func() []string { return slices.Sorted(maps.Keys(w.iam.Roles()[0].Inline)) }
	if diff := cmp.Diff([]string{"own", "p"}, names()); diff != "" {
		t.Errorf("after create (-want +got):\n%s", diff)
	}
	role := request("AWS::IAM::Role", map[string]any{"RoleName": "r"})
	role.PhysicalID = "r"
	if err := w.types["AWS::IAM::Role"].Provider.Delete(t.Context(), role); err == nil {
		t.Error("deleting a role with a policy of another resource: got no error, want one")
	}
	update := request("AWS::IAM::Policy", map[string]any{"PolicyName": "q", "PolicyDocument": statement(), "Roles": []any{"r"}})
	update.PhysicalID, update.OldProperties = created.PhysicalID, policy
	if _, err := w.types["AWS::IAM::Policy"].Provider.Update(t.Context(), update); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"own", "q"}, names()); diff != "" {
		t.Errorf("after update (-want +got):\n%s", diff)
	}
}
