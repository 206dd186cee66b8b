package main

import (
	"fmt"
	"strings"
)

// identifier says how resources of a type are known.
type identifier struct {
	// name is the property that names the resource. Without it CloudFormation makes
	// a name up, for which the logical id stands here.
	name string
	// attributes are what Ref and Fn::GetAtt give. {p}, {r} and {a} stand for
	// partition, region and account, {n} for the name, {id} for a UUID.
	attributes map[string]string
}

// uuid stands for every one that AWS makes up.
const uuid = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"

// identifiers are those of the types that policies refer to. One that isn't here is
// an error: add it, after its page, "Return values".
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
var identifiers = map[string]identifier{
	"AWS::Cognito::IdentityPool": {"", map[string]string{"Ref": "{r}:{id}"}},
	"AWS::Events::Rule":          {"Name", map[string]string{"Ref": "{n}", "Arn": "arn:{p}:events:{r}:{a}:rule/{n}"}},
	"AWS::IAM::Role":             {"RoleName", map[string]string{"Ref": "{n}", "Arn": "arn:{p}:iam::{a}:role/{n}"}},
	"AWS::IAM::User":             {"UserName", map[string]string{"Ref": "{n}", "Arn": "arn:{p}:iam::{a}:user/{n}"}},
	"AWS::Kinesis::Stream":       {"Name", map[string]string{"Ref": "{n}", "Arn": "arn:{p}:kinesis:{r}:{a}:stream/{n}"}},
	"AWS::KMS::Key":              {"", map[string]string{"Ref": "{id}", "Arn": "arn:{p}:kms:{r}:{a}:key/{id}"}},
	"AWS::Lambda::Function":      {"FunctionName", map[string]string{"Ref": "{n}", "Arn": "arn:{p}:lambda:{r}:{a}:function:{n}"}},
	"AWS::Logs::LogGroup":        {"LogGroupName", map[string]string{"Ref": "{n}", "Arn": "arn:{p}:logs:{r}:{a}:log-group:{n}:*"}},
	"AWS::Redshift::Cluster": {"ClusterIdentifier", map[string]string{ //nolint:gosec // names, no secrets
		"Ref": "{n}", "MasterPasswordSecretArn": "arn:{p}:secretsmanager:{r}:{a}:secret:redshift!{n}-AbCdEf",
	}},
	"AWS::RedshiftServerless::Namespace": {"NamespaceName", map[string]string{
		"Ref": "{n}", "Namespace.NamespaceArn": "arn:{p}:redshift-serverless:{r}:{a}:namespace/{id}", "Namespace.NamespaceId": "{id}",
	}},
	"AWS::RedshiftServerless::Workgroup": {"WorkgroupName", map[string]string{
		"Ref": "{n}", "Workgroup.WorkgroupArn": "arn:{p}:redshift-serverless:{r}:{a}:workgroup/{id}", "Workgroup.WorkgroupId": "{id}",
	}},
	"AWS::S3::Bucket":             {"BucketName", map[string]string{"Ref": "{n}", "Arn": "arn:{p}:s3:::{n}"}},
	"AWS::SecretsManager::Secret": {"Name", map[string]string{"Ref": "arn:{p}:secretsmanager:{r}:{a}:secret:{n}-AbCdEf"}},
	"AWS::SNS::Topic":             {"TopicName", map[string]string{"Ref": "arn:{p}:sns:{r}:{a}:{n}"}},
}

// attribute returns what Fn::GetAtt gives of a resource, or Ref.
func (r *resolver) attribute(id, attribute string) (any, error) {
	resource, ok := r.Resources[id]
	if !ok {
		return nil, fmt.Errorf("%q is neither a resource nor a parameter with a default", id)
	}
	known := identifiers[resource.Type]
	pattern, ok := known.attributes[attribute]
	if !ok {
		return nil, fmt.Errorf("can't resolve %s of %s, an %s; add it to identifier.go", attribute, id, resource.Type)
	}
	name := strings.ToLower(id)
	if given, there := resource.Properties[known.name]; there {
		text, err := r.text(given)
		if err != nil {
			return nil, err
		}
		name = text
	}
	return strings.NewReplacer("{p}", partition, "{r}", region, "{a}", account, "{n}", name, "{id}", uuid).Replace(pattern), nil
}
