package main

// Patterns of ARNs, for the fields resource, with and without of a call.
const (
	aWarehouse   = "arn:*:redshift*:*:*:*"
	aCluster     = "arn:*:redshift:*:*:cluster:*"
	aDatabase    = "arn:*:redshift:*:*:dbname:*"
	aUser        = "arn:*:redshift:*:*:dbuser:*"
	aWorkgroup   = "arn:*:redshift-serverless:*:*:workgroup/*"
	aNamespace   = "arn:*:redshift-serverless:*:*:namespace/*"
	aRole        = "arn:*:iam::*:role/*"
	aStream      = "arn:*:kinesis:*:*:stream/*"
	aKey         = "arn:*:kms:*:*:key/*"
	aSecret      = "arn:*:secretsmanager:*:*:secret:*" //nolint:gosec // a pattern, not a secret
	aLog         = "arn:*:logs:*:*:log-group:*"
	aKafka       = "arn:*:kafka:*:*:cluster/*"
	aTopic       = "arn:*:kafka:*:*:topic/*"
	aGroup       = "arn:*:kafka:*:*:group/*"
	aCertificate = "arn:*:acm:*:*:certificate/*"
)

// Values of condition keys that AWS sets for some calls.
var (
	// ownStatement is the context of calls about a statement that the caller ran.
	// anothersStatement is the context for a statement that another caller ran.
	//
	// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html
	ownStatement      = map[string]string{"redshift-data:statement-owner-iam-userid": userID}
	anothersStatement = map[string]string{"redshift-data:statement-owner-iam-userid": "AROAIOSFODNN7ANOTHER:session"}
	// viaKinesis, viaSecrets and viaS3 are the contexts of calls in which a service uses
	// a KMS key on behalf of the caller.
	//
	// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
	viaKinesis = map[string]string{"kms:ViaService": "kinesis.{region}.amazonaws.com"}
	viaSecrets = map[string]string{"kms:ViaService": "secretsmanager." + region + ".amazonaws.com"}
	viaS3      = map[string]string{"kms:ViaService": "s3." + region + ".amazonaws.com"}
)

// documented are calls that must be allowed. AWS documents them, or our function makes
// them, but the twin does not receive them in every run.
var documented = []call{
	{kind: function, what: "creates a stream in its log group", action: "logs:CreateLogStream", resource: own(aLog)},
	{kind: function, what: "writes its log", action: "logs:PutLogEvents", resource: own(aLog)},
	{kind: function, what: "runs a statement", action: "redshift-data:ExecuteStatement", resource: own(aCluster)},
	{kind: function, what: "runs a statement", action: "redshift-data:ExecuteStatement", resource: own(aWorkgroup)},
	{kind: function, what: "lists its own statements", action: "redshift-data:ListStatements", resource: "*", context: ownStatement, with: aWarehouse},
	{kind: function, what: "polls its own statement", action: "redshift-data:DescribeStatement", resource: "*", context: ownStatement, with: aWarehouse},
	{kind: function, what: "reads the rows of its own statement", action: "redshift-data:GetStatementResult", resource: "*", context: ownStatement, with: aWarehouse},
	{kind: function, what: "cancels its own statement", action: "redshift-data:CancelStatement", resource: "*", context: ownStatement, with: aWarehouse},
	{kind: function, what: "reads the secret of its database user", action: "secretsmanager:GetSecretValue", resource: own(aSecret)},
	{kind: function, what: "reads a secret encrypted with a customer managed key", action: "kms:Decrypt", resource: own(aKey), context: viaSecrets},
	{kind: function, what: "gets temporary credentials for its database user", action: "redshift:GetClusterCredentials", resource: own(aDatabase)},
	{kind: function, what: "gets temporary credentials for its database user", action: "redshift:GetClusterCredentials", resource: own(aUser)},
	{kind: function, what: "creates a usage limit", action: "redshift-serverless:CreateUsageLimit", resource: "*", in: "serverless-all"},
	{kind: function, what: "updates a usage limit", action: "redshift-serverless:UpdateUsageLimit", resource: "*", in: "serverless-all"},
	{kind: function, what: "deletes a usage limit", action: "redshift-serverless:DeleteUsageLimit", resource: "*", in: "serverless-all"},
	{kind: function, what: "lists usage limits", action: "redshift-serverless:ListUsageLimits", resource: "*", in: "serverless-all"},

	{kind: reader, what: "lists streams", action: "kinesis:ListStreams", resource: "*", with: aStream},
	{kind: reader, what: "describes the stream", action: "kinesis:DescribeStream", resource: own(aStream)},
	{kind: reader, what: "reads the stream", action: "kinesis:GetRecords", resource: own(aStream)},
	{kind: reader, what: "reads a stream encrypted with a customer managed key", action: "kms:Decrypt", resource: own(aKey), context: viaKinesis},
	{kind: reader, what: "assumes the role in the stream's account", action: "sts:AssumeRole", resource: own(aRole)},
	{kind: reader, what: "gets the bootstrap brokers", action: "kafka:GetBootstrapBrokers", resource: "*", with: aTopic},
	{kind: reader, what: "connects to the MSK cluster", action: "kafka-cluster:Connect", resource: own(aKafka), with: aTopic},
	{kind: reader, what: "reads the topic", action: "kafka-cluster:ReadData", resource: own(aTopic)},
	{kind: reader, what: "describes the topic", action: "kafka-cluster:DescribeTopic", resource: own(aTopic)},
	{kind: reader, what: "reads as a consumer group", action: "kafka-cluster:AlterGroup", resource: own(aGroup)},
	{kind: reader, what: "exports its client certificate", action: "acm:ExportCertificate", resource: own(aCertificate)},
	{kind: reader, what: "reads its client certificate from a secret", action: "secretsmanager:GetSecretValue", resource: own(aSecret)},

	{kind: scheduler, what: "pauses the cluster", action: "redshift:PauseCluster", resource: own(aCluster), id: "Pause"},
	{kind: scheduler, what: "resumes the cluster", action: "redshift:ResumeCluster", resource: own(aCluster), id: "Resume"},

	{kind: generator, what: "puts records", action: "kinesis:PutRecords", resource: own(aStream)},
	{kind: generator, what: "puts records into a stream encrypted with a customer managed key", action: "kms:GenerateDataKey", resource: own(aKey), context: viaKinesis},
	{kind: generator, what: "lists streams", action: "kinesis:ListStreams", resource: "*"},
	{kind: generator, what: "lists delivery streams", action: "firehose:ListDeliveryStreams", resource: "*"},
	{kind: generator, what: "lists regions", action: "ec2:DescribeRegions", resource: "*"},

	{kind: analyst, what: "queries a cluster", action: "redshift-data:ExecuteStatement", resource: own(aCluster)},
	{kind: analyst, what: "queries a workgroup", action: "redshift-data:ExecuteStatement", resource: own(aWorkgroup)},
	{kind: analyst, what: "gets credentials of its IAMR: or IAM: user on a cluster", action: "redshift:GetClusterCredentialsWithIAM", resource: own(aDatabase), id: "Querier"},
	{kind: analyst, what: "gets credentials of its IAMR: or IAM: user on a workgroup", action: "redshift-serverless:GetCredentials", resource: own(aWorkgroup), id: "Querier"},
	{kind: analyst, what: "reads the rows of its own statement", action: "redshift-data:GetStatementResult", resource: "*", context: ownStatement, id: "Querier"},
}
