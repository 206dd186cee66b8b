package main

// Patterns of resources that roles may do something with.
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
	aSecret      = "arn:*:secretsmanager:*:*:secret:*" //nolint:gosec // a pattern
	aLog         = "arn:*:logs:*:*:log-group:*"
	aKafka       = "arn:*:kafka:*:*:cluster/*"
	aTopic       = "arn:*:kafka:*:*:topic/*"
	aGroup       = "arn:*:kafka:*:*:group/*"
	aCertificate = "arn:*:acm:*:*:certificate/*"
)

// What AWS gives with some calls, by the keys that conditions ask for.
var (
	// ownStatement is given with calls about a statement that the caller has run.
	//
	// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html
	ownStatement      = map[string]string{"redshift-data:statement-owner-iam-userid": userID}
	anothersStatement = map[string]string{"redshift-data:statement-owner-iam-userid": "AROAIOSFODNN7ANOTHER:session"}
	// viaKinesis and viaSecrets are given where a service uses a key for the caller.
	//
	// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
	viaKinesis = map[string]string{"kms:ViaService": "kinesis.{region}.amazonaws.com"}
	viaSecrets = map[string]string{"kms:ViaService": "secretsmanager." + region + ".amazonaws.com"}
	viaS3      = map[string]string{"kms:ViaService": "s3." + region + ".amazonaws.com"}
)

// documented are calls that AWS documents, or that our function makes, and that the twin
// doesn't see on every run or at all. They have to be allowed.
var documented = []call{
	{kind: function, what: "writes its log", action: "logs:CreateLogStream", resource: own(aLog)},
	{kind: function, what: "writes its log", action: "logs:PutLogEvents", resource: own(aLog)},
	{kind: function, what: "runs a statement", action: "redshift-data:ExecuteStatement", resource: own(aCluster)},
	{kind: function, what: "runs a statement", action: "redshift-data:ExecuteStatement", resource: own(aWorkgroup)},
	{kind: function, what: "finds its statements", action: "redshift-data:ListStatements", resource: "*", context: ownStatement, with: aWarehouse},
	{kind: function, what: "follows its statement", action: "redshift-data:DescribeStatement", resource: "*", context: ownStatement, with: aWarehouse},
	{kind: function, what: "reads its statement's rows", action: "redshift-data:GetStatementResult", resource: "*", context: ownStatement, with: aWarehouse},
	{kind: function, what: "cancels its statement", action: "redshift-data:CancelStatement", resource: "*", context: ownStatement, with: aWarehouse},
	{kind: function, what: "is the secret's user", action: "secretsmanager:GetSecretValue", resource: own(aSecret)},
	{kind: function, what: "reads a secret under a customer's key", action: "kms:Decrypt", resource: own(aKey), context: viaSecrets},
	{kind: function, what: "is the user of IAM's word", action: "redshift:GetClusterCredentials", resource: own(aDatabase)},
	{kind: function, what: "is the user of IAM's word", action: "redshift:GetClusterCredentials", resource: own(aUser)},
	{kind: function, what: "sets a limit", action: "redshift-serverless:CreateUsageLimit", resource: "*", in: "serverless-all"},
	{kind: function, what: "changes a limit", action: "redshift-serverless:UpdateUsageLimit", resource: "*", in: "serverless-all"},
	{kind: function, what: "takes a limit away", action: "redshift-serverless:DeleteUsageLimit", resource: "*", in: "serverless-all"},
	{kind: function, what: "finds limits", action: "redshift-serverless:ListUsageLimits", resource: "*", in: "serverless-all"},

	{kind: reader, what: "lists streams", action: "kinesis:ListStreams", resource: "*", with: aStream},
	{kind: reader, what: "looks at the stream", action: "kinesis:DescribeStream", resource: own(aStream)},
	{kind: reader, what: "reads the stream", action: "kinesis:GetRecords", resource: own(aStream)},
	{kind: reader, what: "reads a stream under a customer's key", action: "kms:Decrypt", resource: own(aKey), context: viaKinesis},
	{kind: reader, what: "is the role of the stream's account", action: "sts:AssumeRole", resource: own(aRole)},
	{kind: reader, what: "finds the brokers", action: "kafka:GetBootstrapBrokers", resource: "*", with: aTopic},
	{kind: reader, what: "connects to MSK", action: "kafka-cluster:Connect", resource: own(aKafka), with: aTopic},
	{kind: reader, what: "reads the topic", action: "kafka-cluster:ReadData", resource: own(aTopic)},
	{kind: reader, what: "looks at the topic", action: "kafka-cluster:DescribeTopic", resource: own(aTopic)},
	{kind: reader, what: "reads as a group", action: "kafka-cluster:AlterGroup", resource: own(aGroup)},
	{kind: reader, what: "shows a certificate", action: "acm:ExportCertificate", resource: own(aCertificate)},
	{kind: reader, what: "shows a secret's certificate", action: "secretsmanager:GetSecretValue", resource: own(aSecret)},

	{kind: scheduler, what: "pauses", action: "redshift:PauseCluster", resource: own(aCluster), id: "Pause"},
	{kind: scheduler, what: "resumes", action: "redshift:ResumeCluster", resource: own(aCluster), id: "Resume"},

	{kind: generator, what: "puts records", action: "kinesis:PutRecords", resource: own(aStream)},
	{kind: generator, what: "puts records under a customer's key", action: "kms:GenerateDataKey", resource: own(aKey), context: viaKinesis},
	{kind: generator, what: "lists streams", action: "kinesis:ListStreams", resource: "*"},
	{kind: generator, what: "lists delivery streams", action: "firehose:ListDeliveryStreams", resource: "*"},
	{kind: generator, what: "lists regions", action: "ec2:DescribeRegions", resource: "*"},

	{kind: analyst, what: "queries a cluster", action: "redshift-data:ExecuteStatement", resource: own(aCluster)},
	{kind: analyst, what: "queries a workgroup", action: "redshift-data:ExecuteStatement", resource: own(aWorkgroup)},
	{kind: analyst, what: "is IAMR: or IAM: on a cluster", action: "redshift:GetClusterCredentialsWithIAM", resource: own(aDatabase), id: "Querier"},
	{kind: analyst, what: "is IAMR: or IAM: on a workgroup", action: "redshift-serverless:GetCredentials", resource: own(aWorkgroup), id: "Querier"},
	{kind: analyst, what: "reads its rows", action: "redshift-data:GetStatementResult", resource: "*", context: ownStatement, id: "Querier"},
}
