package resource_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/resource"
)

func TestRefusals(t *testing.T) {
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
		"a name in use":      {"AWS::Kinesis::Stream", map[string]any{"Name": "taken"}, "AlreadyExists", `Resource of type 'AWS::Kinesis::Stream' with identifier 'taken' already exists.`},
		"a stream made else": {"AWS::Kinesis::Stream", map[string]any{"Name": "made_by_hand"}, "AlreadyExists", `Resource of type 'AWS::Kinesis::Stream' with identifier 'made_by_hand' already exists.`},
		"shards on demand": {
			"AWS::Kinesis::Stream",
			map[string]any{"ShardCount": 2.0, "StreamModeDetails": map[string]any{"StreamMode": "ON_DEMAND"}, "WarmThroughputMiBps": 1.0},
			"InvalidRequest", `WarmThroughputMiBps: the local twin does not support it; ShardCount: an ON_DEMAND stream takes none`,
		},
		"a network that is not there": {"AWS::EC2::Subnet", map[string]any{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/8"}, "InvalidRequest", `VpcId: no AWS::EC2::VPC \"vpc-1\" exists; CidrBlock: The CIDR '10.0.0.0/8' is invalid: /16 to /28 is needed`},
		"everything wrong with a cluster": {
			resource.ClusterType,
			map[string]any{
				"ClusterIdentifier": "-c", "ClusterType": "multi-node", "DBName": "Dev", "MasterUsername": "awsuser", "NodeType": "ra3.nano",
				"Encrypted": "false", "Port": 1.0, "IamRoles": []any{"arn:aws:iam::000000000000:role/x"}, "ResourceAction": "pause-cluster",
			},
			"InvalidRequest",
			`ResourceAction: the local twin does not support it; ` +
				`ClusterIdentifier: 1 to 63 lower-case letters, digits and single hyphens are needed, a letter first, got \"-c\"; ` +
				`DBName: 1 to 64 lower-case letters, digits, _ and $ are needed, a letter or _ first, got \"Dev\"; ` +
				`Encrypted: Amazon Redshift no longer makes clusters that are not encrypted; leave it out or set it to true; ` +
				`ManageMasterPassword: one of ManageMasterPassword and MasterUserPassword is needed; ` +
				`NodeType: one of [\"rg.xlarge\" \"rg.4xlarge\" \"ra3.large\" \"ra3.xlplus\" \"ra3.4xlarge\" \"ra3.16xlarge\" \"dc2.large\" \"dc2.8xlarge\"] is needed, got \"ra3.nano\"; ` +
				`NumberOfNodes: 2 to 100 is needed for multi-node, got 0; ` +
				`Port: 5431 to 5455 or 8191 to 8215 is needed for RA3 and RG nodes, got 1; ` +
				`IamRoles[0]: no role \"arn:aws:iam::000000000000:role/x\" exists that redshift.amazonaws.com may assume`,
		},
		"a password twice": {resource.ClusterType, cluster(map[string]any{"MasterUserPassword": "x"}), "InvalidRequest", `MasterUserPassword: You can't use MasterUserPassword if ManageMasterPassword is true.`},
		"a function without code or role": {
			"AWS::Lambda::Function",
			map[string]any{"Role": "r", "Code": map[string]any{"ZipFile": "x"}, "Layers": []any{"l"}},
			"InvalidRequest",
			`Layers: the local twin does not support it; Code.ZipFile: the local twin does not support it; ` +
				`Code.S3Key: S3Bucket and S3Key are needed; Role: no role \"r\" exists`,
		},
		"a role that trusts another": {
			"AWS::Lambda::Function",
			map[string]any{"Role": "arn:aws:iam::000000000000:role/redshift", "Code": map[string]any{"S3Bucket": "assets", "S3Key": "fn.zip"}},
			"InvalidRequest",
			`Role: The role defined for the function cannot be assumed by Lambda.`,
		},
		"a policy for nobody":          {"AWS::IAM::Policy", map[string]any{"PolicyName": "p", "PolicyDocument": map[string]any{}, "Roles": []any{"absent"}}, "InvalidRequest", `PolicyDocument: Syntax errors in policy: a Statement is needed; Roles: The role with name absent cannot be found.`},
		"an unknown managed policy":    {"AWS::IAM::Role", map[string]any{"AssumeRolePolicyDocument": trust("x"), "ManagedPolicyArns": []any{"arn:aws:iam::000000000000:policy/x"}}, "NotFound", `Policy arn:aws:iam::000000000000:policy/x does not exist or is not attachable.`},
		"an alias of Amazon's":         {"AWS::KMS::Alias", map[string]any{"AliasName": "alias/aws/x", "TargetKeyId": "k"}, "InvalidRequest", `AliasName: it begins with alias/, and not with alias/aws/, got \"alias/aws/x\"; TargetKeyId: Key 'k' does not exist`},
		"properties of the wrong kind": {"AWS::Kinesis::Stream", map[string]any{"ShardCount": "many", "Tags": "x"}, "InvalidRequest", `ShardCount: an integer is needed, got \"many\"; Tags: a list is needed, got x`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			w.create(t, "AWS::Kinesis::Stream", map[string]any{"Name": "taken"})
			w.create(t, "AWS::IAM::Role", map[string]any{"RoleName": "redshift", "AssumeRolePolicyDocument": trust("redshift.amazonaws.com")})
			if err := w.streams.CreateStream("made_by_hand", kinesis.Config{}); err != nil {
				t.Fatal(err)
			}
			before := len(w.registry.Inventory())
			_, err := w.types[tt.typeName].Provider.Create(t.Context(), request(tt.typeName, tt.properties))
			if err == nil {
				t.Fatal("got no error")
			}
			want := `Resource handler returned message: "` + tt.want + `" (RequestToken: r1, HandlerErrorCode: ` + tt.code + `)`
			if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if after := len(w.registry.Inventory()); after != before {
				t.Errorf("got %d in the inventory, want %d as before", after, before)
			}
		})
	}
}
