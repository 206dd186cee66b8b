package main

import (
	"fmt"
	"strings"
)

// identifier describes the name and the return values of a resource type.
type identifier struct {
	// name is the property that sets the resource's name. If a resource does not have the
	// property, CloudFormation generates a name; we use the logical id in lower case.
	name string
	// attributes are the return values of Ref and Fn::GetAtt. {p}, {r} and {a} are
	// replaced by the partition, region and account, {n} by the name, {id} by a UUID.
	attributes map[string]string
}

// uuid is used in place of every UUID that AWS generates.
const uuid = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"

// identifiers are the identifiers of all resource types that policies refer to. A reference
// to another type is an error. To add a type, see "Return values" on its page.
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
	"AWS::Redshift::Cluster": {"ClusterIdentifier", map[string]string{ //nolint:gosec // patterns of identifiers, not secrets
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

// attribute returns the value of an attribute of the resource with this logical id. The
// attribute "Ref" is the value of the Ref function.
func (r *resolver) attribute(id, attribute string) (any, error) {
	resource, ok := r.Resources[id]
	if !ok {
		return nil, fmt.Errorf("%q is neither a resource nor a parameter with a default", id)
	}
	known := identifiers[resource.Type]
	pattern, ok := known.attributes[attribute]
	if !ok {
		return nil, fmt.Errorf("can't resolve attribute %q of resource %q of type %s; add it to identifier.go", attribute, id, resource.Type)
	}
	name := strings.ToLower(id)
	if value, ok := resource.Properties[known.name]; ok {
		text, err := r.text(value)
		if err != nil {
			return nil, err
		}
		name = text
	}
	return strings.NewReplacer("{p}", partition, "{r}", region, "{a}", account, "{n}", name, "{id}", uuid).Replace(pattern), nil
}
