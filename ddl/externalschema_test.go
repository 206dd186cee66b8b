package ddl_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
)

const (
	roleARN        = "arn:aws:iam::123456789012:role/reader"
	clusterARN     = "arn:aws-cn:kafka:cn-north-1:123456789012:cluster/name/0f1e-2d"
	certificateARN = "arn:aws:acm:eu-west-1:123456789012:certificate/0f1e-2d"
	secretARN      = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:kafka-0f1e2d"
)

func TestCheckExternalSchema(t *testing.T) {
	t.Parallel()
	const (
		roleExample = "arn:aws:iam::123456789012:role/name"
		noRole      = "roleArn: required; write the ARN of an IAM role, such as " + roleExample
	)
	kafka := func(k ddl.Kafka) ddl.ExternalSchema { return ddl.ExternalSchema{Name: "s", RoleARN: roleARN, Kafka: k} }
	tests := map[string]struct {
		declared ddl.ExternalSchema
		want     []string
	}{
		"nothing declared": {ddl.ExternalSchema{}, []string{"name: required; write the name of the external schema", noRole}},
		"invalid fields": {ddl.ExternalSchema{Name: "select", RoleARN: "role", Region: "Europe"}, []string{
			`name: "select" is a reserved word of Redshift; write another name, such as "select_"`,
			`roleArn: "role" is not the ARN of an IAM role; write one such as ` + roleExample + `, or a chain of them, joined by commas without blanks`,
			`region: "Europe" is not an AWS region; write one such as eu-west-1`,
		}},
		"role of another partition and region": {ddl.ExternalSchema{Name: "s", RoleARN: "arn:aws-us-gov:iam::123456789012:role/path/r", Region: "us-gov-west-1"}, nil},
		"chain of roles":                       {ddl.ExternalSchema{Name: "s", RoleARN: roleARN + "," + roleARN}, nil},
		"chain of roles with a blank": {ddl.ExternalSchema{Name: "s", RoleARN: roleARN + ", " + roleARN}, []string{
			`roleArn: "` + roleARN + `, ` + roleARN + `" is not the ARN of an IAM role; write one such as ` + roleExample + `, or a chain of them, joined by commas without blanks`,
		}},
		"Kafka without authentication": {ddl.ExternalSchema{Name: "s", Kafka: ddl.Kafka{URI: "b:9092", Authentication: ddl.KafkaNone}}, nil},
		"Kafka with IAM":               {kafka(ddl.Kafka{ClusterARN: clusterARN, Authentication: ddl.KafkaIAM}), nil},
		"Kafka with a certificate":     {kafka(ddl.Kafka{URI: "a.b:1,c-d:65535", Authentication: ddl.KafkaMTLS, CertificateARN: certificateARN}), nil},
		"Kafka with a secret":          {kafka(ddl.Kafka{URI: "b:9094", Authentication: ddl.KafkaMTLS, SecretARN: secretARN}), nil},
		"Kafka with IAM, but no role": {ddl.ExternalSchema{Name: "s", Kafka: ddl.Kafka{ClusterARN: clusterARN, Authentication: ddl.KafkaIAM}}, []string{
			noRole,
		}},
		"empty Kafka with a region": {ddl.ExternalSchema{Name: "s", RoleARN: roleARN, Region: "eu-west-1", Kafka: ddl.Kafka{Authentication: ddl.KafkaNone}}, []string{
			"region: applies only to Kinesis, but kafka is set; remove one of them",
			"kafka: needs clusterArn or uri; set one of them",
		}},
		"invalid Kafka": {kafka(ddl.Kafka{ClusterARN: "cluster", URI: "broker", Authentication: "sasl", CertificateARN: "x", SecretARN: "y"}), []string{
			"kafka.uri: can't be combined with clusterArn; remove one of them",
			`kafka.clusterArn: "cluster" is not valid; write a value such as arn:aws:kafka:eu-west-1:123456789012:cluster/name/uuid`,
			`kafka.uri: "broker" is not valid; write a value such as broker-1.example.com:9094,broker-2.example.com:9094`,
			`kafka.authentication: "sasl" is not an authentication method; write none, iam or mtls`,
			`kafka.certificateArn: "x" is not valid; write a value such as arn:aws:acm:eu-west-1:123456789012:certificate/uuid`,
			`kafka.secretArn: "y" is not valid; write a value such as arn:aws:secretsmanager:eu-west-1:123456789012:secret:name`,
			"kafka.certificateArn: can't be combined with secretArn; remove one of them",
		}},
		"mTLS without a certificate": {kafka(ddl.Kafka{URI: "b:9094", Authentication: ddl.KafkaMTLS}), []string{
			"kafka.certificateArn: required for the authentication method mtls; set certificateArn or secretArn",
		}},
		"IAM with a certificate": {kafka(ddl.Kafka{ClusterARN: clusterARN, Authentication: ddl.KafkaIAM, CertificateARN: certificateARN}), []string{
			`kafka.certificateArn: the authentication method "iam" uses no certificate; set authentication to mtls, or remove certificateArn and secretArn`,
		}},
		"no authentication, but a secret": {kafka(ddl.Kafka{URI: "b:9092", Authentication: ddl.KafkaNone, SecretARN: secretARN}), []string{
			`kafka.certificateArn: the authentication method "none" uses no certificate; set authentication to mtls, or remove certificateArn and secretArn`,
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := test.declared.Check()
			if diff := cmp.Diff(strings.Join(test.want, "\n"), problems.Error()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckedSchemas(t *testing.T) {
	t.Parallel()
	grants := []ddl.Grantee{{User: "Ann"}, {Group: "BI"}, {Role: "Analyst"}, {IAMRole: "Readers"}, {IAMUser: "Bob"}}
	folded := []ddl.Grantee{{User: "ann"}, {Group: "bi"}, {Role: "analyst"}, {IAMRole: "Readers"}, {IAMUser: "Bob"}}
	external, problems := ddl.ExternalSchema{Name: "Web", RoleARN: roleARN, Grants: grants}.Check()
	if diff := cmp.Diff(ddl.ExternalSchema{Name: "web", RoleARN: roleARN, Grants: folded}, external); diff != "" || len(problems) > 0 {
		t.Errorf("external schema: problems %v (-want +got):\n%s", problems, diff)
	}
	schema, problems := ddl.Schema{Name: "Analytics", Grants: grants}.Check()
	if diff := cmp.Diff(ddl.Schema{Name: "analytics", Grants: folded}, schema); diff != "" || len(problems) > 0 {
		t.Errorf("schema: problems %v (-want +got):\n%s", problems, diff)
	}
}

func TestCheckSchema(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("a", 127)
	_, problems := ddl.Schema{Name: "1a", Grants: []ddl.Grantee{{User: longest}, {User: longest + "a"}}}.Check()
	want := `name: "1a" has '1' at byte 0; write letters, digits, _ and $, not beginning with a digit or $
grants[1]: "` + longest + `a" is not a valid name of a user, group or role; write up to 127 bytes of letters, digits and _$@.:+=/-`
	if diff := cmp.Diff(want, problems.Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestCheckStream(t *testing.T) {
	t.Parallel()
	name := func(bytes int) string { return strings.Repeat("a", bytes) }
	tests := map[string]struct {
		declared ddl.Stream
		want     string
	}{
		"longest stream name": {ddl.Stream{Schema: "s", Name: name(128)}, ""},
		"stream name too long": {
			ddl.Stream{Schema: "s", Name: name(129)},
			`name: "` + name(129) + `" is not a valid stream name; write up to 128 lower-case letters, digits, underscores, hyphens and dots`,
		},
		"longest topic name": {ddl.Stream{Schema: "s", Name: name(249), Kafka: true}, ""},
		"topic name too long": {
			ddl.Stream{Schema: "s", Name: name(250), Kafka: true},
			`name: "` + name(250) + `" is not a valid topic name; write up to 249 lower-case letters, digits, underscores, hyphens and dots`,
		},
		"no topic name":              {ddl.Stream{Schema: "s", Kafka: true}, "name: required; write the name of the topic"},
		"topic name with upper case": {ddl.Stream{Schema: "s", Name: "Clicks", Kafka: true}, `name: "Clicks" has upper-case letters, which Redshift folds to lower case; name the topic "clicks"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := test.declared.Check()
			if diff := cmp.Diff(test.want, problems.Error()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
