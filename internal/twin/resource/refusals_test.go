package resource_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/resource"
)

func TestInvalidResources(t *testing.T) {
	t.Parallel()
	cluster := func(change map[string]any) map[string]any {
		p := map[string]any{
			"ClusterIdentifier": "c", "ClusterType": "single-node", "DBName": "dev", "MasterUsername": "awsuser",
			"NodeType": "ra3.large", "ManageMasterPassword": true,
		}
		maps.Copy(p, change)
		return p
	}
	tests := map[string]struct {
		typeName   string
		properties map[string]any
		code, want string
	}{
		"name of a stack's stream":                   {"AWS::Kinesis::Stream", map[string]any{"Name": "taken"}, "AlreadyExists", `Resource of type 'AWS::Kinesis::Stream' with identifier 'taken' already exists.`},
		"name of a stream created outside of stacks": {"AWS::Kinesis::Stream", map[string]any{"Name": "no_stack"}, "AlreadyExists", `Resource of type 'AWS::Kinesis::Stream' with identifier 'no_stack' already exists.`},
		"ShardCount of an on-demand stream": {
			"AWS::Kinesis::Stream",
			map[string]any{"ShardCount": 2.0, "StreamModeDetails": map[string]any{"StreamMode": "ON_DEMAND"}, "WarmThroughputMiBps": 1.0},
			"InvalidRequest", `WarmThroughputMiBps: not supported by the local twin; remove it; ShardCount: not allowed for an ON_DEMAND stream; remove it`,
		},
		"VPC that does not exist": {"AWS::EC2::Subnet", map[string]any{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/8"}, "InvalidRequest", `VpcId: AWS::EC2::VPC \"vpc-1\" does not exist; CidrBlock: The CIDR '10.0.0.0/8' is invalid: needs /16 to /28`},
		"cluster with many problems": {
			resource.ClusterType,
			map[string]any{
				"ClusterIdentifier": "-c", "ClusterType": "multi-node", "DBName": "Dev", "MasterUsername": "awsuser", "NodeType": "ra3.nano",
				"Encrypted": "false", "Port": 1.0, "IamRoles": []any{"arn:aws:iam::000000000000:role/x"}, "ResourceAction": "pause-cluster",
			},
			"InvalidRequest",
			`ResourceAction: not supported by the local twin; remove it; ` +
				`ClusterIdentifier: needs 1 to 63 lower-case letters, digits and single hyphens, and a letter first, got \"-c\"; ` +
				`DBName: needs 1 to 64 lower-case letters, digits, _ and $, and a letter or _ first, got \"Dev\"; ` +
				`Encrypted: Amazon Redshift no longer creates clusters that are not encrypted; remove it or set it to true; ` +
				`ManageMasterPassword: needs ManageMasterPassword or MasterUserPassword; ` +
				`NodeType: needs one of [\"rg.xlarge\" \"rg.4xlarge\" \"ra3.large\" \"ra3.xlplus\" \"ra3.4xlarge\" \"ra3.16xlarge\" \"dc2.large\" \"dc2.8xlarge\"], got \"ra3.nano\"; ` +
				`NumberOfNodes: needs 2 to 100 for multi-node, got 0; ` +
				`Port: needs 5431 to 5455 or 8191 to 8215 for RA3 and RG nodes, got 1; ` +
				`IamRoles[0]: role \"arn:aws:iam::000000000000:role/x\" does not exist or does not trust redshift.amazonaws.com`,
		},
		"password both set and managed": {resource.ClusterType, cluster(map[string]any{"MasterUserPassword": "x"}), "InvalidRequest", `MasterUserPassword: You can't use MasterUserPassword if ManageMasterPassword is true.`},
		"function without valid code and role": {
			"AWS::Lambda::Function",
			map[string]any{"Role": "r", "Code": map[string]any{"ZipFile": "x"}, "Layers": []any{"l"}},
			"InvalidRequest",
			`Layers: not supported by the local twin; remove it; Code.ZipFile: not supported by the local twin; remove it; ` +
				`Code.S3Key: needs both S3Bucket and S3Key; Role: role \"r\" does not exist`,
		},
		"role that does not trust Lambda": {
			"AWS::Lambda::Function",
			map[string]any{"Role": "arn:aws:iam::000000000000:role/redshift", "Code": map[string]any{"S3Bucket": "assets", "S3Key": "fn.zip"}},
			"InvalidRequest",
			`Role: The role defined for the function cannot be assumed by Lambda.`,
		},
		"policy for a role that does not exist": {"AWS::IAM::Policy", map[string]any{"PolicyName": "p", "PolicyDocument": map[string]any{}, "Roles": []any{"absent"}}, "InvalidRequest", `PolicyDocument: Syntax errors in policy: needs a Statement; Roles: The role with name absent cannot be found.`},
		"unknown managed policy":                {"AWS::IAM::Role", map[string]any{"AssumeRolePolicyDocument": trust("x"), "ManagedPolicyArns": []any{"arn:aws:iam::000000000000:policy/x"}}, "NotFound", `Policy arn:aws:iam::000000000000:policy/x does not exist or is not attachable.`},
		"reserved alias":                        {"AWS::KMS::Alias", map[string]any{"AliasName": "alias/aws/x", "TargetKeyId": "k"}, "InvalidRequest", `AliasName: must begin with alias/ and must not begin with alias/aws/, got \"alias/aws/x\"; TargetKeyId: Key 'k' does not exist`},
		"properties of the wrong type":          {"AWS::Kinesis::Stream", map[string]any{"ShardCount": "many", "Tags": "x"}, "InvalidRequest", `ShardCount: needs an integer, got \"many\"; Tags: needs a list, got x`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTestServices()
			w.create(t, "AWS::Kinesis::Stream", map[string]any{"Name": "taken"})
			w.create(t, "AWS::IAM::Role", map[string]any{"RoleName": "redshift", "AssumeRolePolicyDocument": trust("redshift.amazonaws.com")})
			if err := w.streams.CreateStream("no_stack", kinesis.Config{}); err != nil {
				t.Fatal(err)
			}
			before := len(w.registry.Inventory())
			_, err := w.types[tt.typeName].Provider.Create(t.Context(), request(tt.typeName, tt.properties))
			if err == nil {
				t.Fatal("got no error, want one")
			}
			want := `Resource handler returned message: "` + tt.want + `" (RequestToken: r1, HandlerErrorCode: ` + tt.code + `)`
			if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if after := len(w.registry.Inventory()); after != before {
				t.Errorf("got %d resources in the registry, want %d as before", after, before)
			}
		})
	}
}
