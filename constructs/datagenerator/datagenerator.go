package datagenerator

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/internal/via"
	"github.com/tributary-cdk/tributary/constructs/invalid"
	"github.com/tributary-cdk/tributary/ddl"
)

// page is the URL of KDG.
const page = "https://awslabs.github.io/amazon-kinesis-data-generator/web/producer.html"

// Props are the properties of a [DataGenerator].
type Props struct {
	// Stream is the only stream that the page may put records into.
	//
	// Required.
	//
	// Change: in place.
	Stream awskinesis.IStream
	// Username is the name of the Cognito user.
	//
	// Default: generator.
	//
	// Change: replaces the user; set the password of the new user again.
	Username string
	// RemovalPolicy determines what happens to the user when it is removed from the stack.
	//
	// Default: DESTROY, since another deployment can create the user again.
	//
	// Change: in place.
	RemovalPolicy awscdk.RemovalPolicy
}

// DataGenerator is a Cognito user who signs in to KDG's page. CloudFormation can't set the
// user's password: after the deployment, "tributary kdg-user" sets it to the password in
// the secret. If the props are invalid, all fields but Username are nil.
type DataGenerator struct {
	constructs.Construct
	// URL is the URL of the page, with the IDs of the user pool, the identity pool and
	// the client.
	URL *string
	// UserPoolID is the ID of the user pool that contains the user.
	UserPoolID *string
	// Username is the name of the user.
	Username string
	// Secret contains a generated password for the user, in the key password.
	Secret awssecretsmanager.Secret
	// Role is the role that the page assumes for the user.
	Role awsiam.Role
}

// New defines a DataGenerator under scope. If the props are invalid, or the stack's region
// is in China, New defines no resources, and the synthesis fails with all problems, each
// with the path of its prop. A stack for GovCloud must set its region in Env, because
// Cognito's service principal depends on the region there.
func New(scope constructs.Construct, id *string, props *Props) *DataGenerator {
	if props == nil {
		props = &Props{}
	}
	g := &DataGenerator{Construct: constructs.NewConstruct(scope, id), Username: props.Username}
	region := *awscdk.Stack_Of(g.Construct).Region()
	if invalid.Report(g.Construct, props.problems(region)) {
		return g
	}
	g.Username = cmp.Or(g.Username, "generator")
	policy := cmp.Or(props.RemovalPolicy, awscdk.RemovalPolicy_DESTROY)
	pool, client := g.newPool(policy)
	g.UserPoolID = pool.Ref()
	identities := awscognito.NewCfnIdentityPool(g.Construct, jsii.String("Identities"), &awscognito.CfnIdentityPoolProps{
		AllowUnauthenticatedIdentities: jsii.Bool(false),
		CognitoIdentityProviders: []any{&awscognito.CfnIdentityPool_CognitoIdentityProviderProperty{
			ClientId: client.Ref(), ProviderName: pool.AttrProviderName(),
		}},
	})
	identities.ApplyRemovalPolicy(policy, nil)
	g.Role = g.newRole(identityService(region), identities, props.Stream)
	awscognito.NewCfnIdentityPoolRoleAttachment(g.Construct, jsii.String("Roles"), &awscognito.CfnIdentityPoolRoleAttachmentProps{
		IdentityPoolId: identities.Ref(), Roles: map[string]*string{"authenticated": g.Role.RoleArn()},
	})
	g.Secret = newSecret(g.Construct, g.Username, policy)
	g.URL = jsii.String(page + "?upid=" + *pool.Ref() + "&ipid=" + *identities.Ref() + "&cid=" + *client.Ref() +
		"&r=" + region)
	return g
}

// newPool defines the user pool, its user, and the client of the page. The client has no
// secret, because a web page can't keep one.
func (g *DataGenerator) newPool(policy awscdk.RemovalPolicy) (awscognito.CfnUserPool, awscognito.CfnUserPoolClient) {
	pool := awscognito.NewCfnUserPool(g.Construct, jsii.String("Users"), &awscognito.CfnUserPoolProps{
		AdminCreateUserConfig: &awscognito.CfnUserPool_AdminCreateUserConfigProperty{AllowAdminCreateUserOnly: jsii.Bool(true)},
		Policies: &awscognito.CfnUserPool_PoliciesProperty{PasswordPolicy: &awscognito.CfnUserPool_PasswordPolicyProperty{
			MinimumLength: jsii.Number(passwordLength / 2), RequireLowercase: jsii.Bool(true),
			RequireUppercase: jsii.Bool(true), RequireNumbers: jsii.Bool(true),
		}},
	})
	pool.ApplyRemovalPolicy(policy, nil)
	client := awscognito.NewCfnUserPoolClient(g.Construct, jsii.String("Page"), &awscognito.CfnUserPoolClientProps{
		UserPoolId:                 pool.Ref(),
		GenerateSecret:             jsii.Bool(false),
		ExplicitAuthFlows:          jsii.Strings("ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"),
		PreventUserExistenceErrors: jsii.String("ENABLED"),
	})
	awscognito.NewCfnUserPoolUser(g.Construct, jsii.String("User"), &awscognito.CfnUserPoolUserProps{
		UserPoolId: pool.Ref(), Username: jsii.String(g.Username), MessageAction: jsii.String("SUPPRESS"),
	})
	return pool, client
}

// passwordLength is the length of the generated password. The pool requires half of it.
const passwordLength = 24

// newSecret defines a secret with a generated password that the pool accepts.
func newSecret(scope constructs.Construct, username string, policy awscdk.RemovalPolicy) awssecretsmanager.Secret {
	return awssecretsmanager.NewSecret(scope, jsii.String("Secret"), &awssecretsmanager.SecretProps{
		Description: jsii.String("Sign-in to the Kinesis Data Generator's page"),
		GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
			SecretStringTemplate: jsii.String(`{"username":"` + username + `"}`), GenerateStringKey: jsii.String("password"),
			PasswordLength: jsii.Number(passwordLength), ExcludePunctuation: jsii.Bool(true), RequireEachIncludedType: jsii.Bool(true),
		},
		RemovalPolicy: policy,
	})
}

// newRole defines the role for users who have signed in through Cognito, whose service
// principal is service.
// The role may put records into the stream, and may list streams, delivery streams and
// regions, for which IAM has no resource type. The page calls PutRecords, ListStreams,
// ListDeliveryStreams and DescribeRegions.
//
// Source: https://github.com/awslabs/amazon-kinesis-data-generator
func (g *DataGenerator) newRole(service string, identities awscognito.CfnIdentityPool, stream awskinesis.IStream) awsiam.Role {
	statements := []awsiam.PolicyStatement{
		allow("PutRecords", stream.StreamArn(), "kinesis:PutRecords"),
		allow("List", jsii.String("*"), "kinesis:ListStreams", "firehose:ListDeliveryStreams", "ec2:DescribeRegions"),
	}
	if key := stream.EncryptionKey(); key != nil {
		statements = append(statements, via.Statement(g.Construct, "EncryptRecords", key.KeyArn(), "kms:GenerateDataKey", "kinesis", stream.Env().Region))
	}
	return awsiam.NewRole(g.Construct, jsii.String("Role"), &awsiam.RoleProps{
		Description: jsii.String("Lets the Kinesis Data Generator's page put records for " + *g.Node().Path()),
		AssumedBy: awsiam.NewFederatedPrincipal(jsii.String(service), &map[string]any{
			"StringEquals":           map[string]any{service + ":aud": identities.Ref()},
			"ForAnyValue:StringLike": map[string]any{service + ":amr": "authenticated"},
		}, jsii.String("sts:AssumeRoleWithWebIdentity")),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"PutRecords": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements}),
		},
	})
}

func allow(sid string, resource *string, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String(sid), Actions: jsii.Strings(actions...), Resources: &[]*string{resource},
	})
}

// identityService returns the service principal of Cognito identity pools in a region.
//
// Source: https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
func identityService(region string) string {
	switch region {
	case "us-gov-west-1":
		return "cognito-identity-us-gov.amazonaws.com"
	case "us-gov-east-1":
		return "cognito-identity.us-gov-east-1.amazonaws.com"
	default:
		return "cognito-identity.amazonaws.com"
	}
}

// problems returns all problems of the props in a region. The regions in China have no
// Cognito user pools.
//
// Source: https://docs.amazonaws.cn/en_us/aws/latest/userguide/cognito.html
func (p *Props) problems(region string) ddl.Problems {
	var problems ddl.Problems
	if strings.HasPrefix(region, "cn-") {
		problems = append(problems, ddl.Problem{
			Path: "Env.Region", Message: `"` + region + `" has no Cognito user pools, which the sign-in to KDG's page needs; put records by "tributary generate" instead`,
		})
	}
	if p.Stream == nil {
		problems = append(problems, ddl.Problem{Path: "Stream", Message: "required; pass a new or an imported awskinesis.IStream"})
	}
	if strings.ContainsAny(p.Username, " \t\n\"\\") {
		problems = append(problems, ddl.Problem{Path: "Username", Message: fmt.Sprintf(`got %q; write a name without blanks, double quotes and \`, p.Username)})
	}
	return problems
}
