package main

// What is another's, to every stack.
const (
	there            = ":" + region + ":" + account + ":"
	anotherCluster   = "arn:aws:redshift" + there + "cluster:another"
	anotherDatabase  = "arn:aws:redshift" + there + "dbname:another/dev"
	anotherUser      = "arn:aws:redshift" + there + "dbuser:another/root"
	theirRoot        = "arn:aws:redshift" + there + "dbuser:theirs/root"
	theirDatabase    = "arn:aws:redshift" + there + "dbname:theirs/payroll"
	anotherWorkgroup = "arn:aws:redshift-serverless" + there + "workgroup/99999999-9999-9999-9999-999999999999"
	anotherNamespace = "arn:aws:redshift-serverless" + there + "namespace/99999999-9999-9999-9999-999999999999"
	anotherSecret    = "arn:aws:secretsmanager" + there + "secret:another-ZyXwVu"
	anotherKey       = "arn:aws:kms" + there + "key/99999999-9999-9999-9999-999999999999"
	anotherStream    = "arn:aws:kinesis" + there + "stream/another"
	anotherLog       = "arn:aws:logs" + there + "log-group:another:log-stream:x"
	anotherRole      = "arn:aws:iam::" + account + ":role/another"
	anotherFunction  = "arn:aws:lambda" + there + "function:another"
	anotherTopic     = "arn:aws:kafka" + there + "topic/another/6a1c5f1e-1c1d-4b1a-9a55-0d3c5f8e2b11-3/payments"
	anotherKafka     = "arn:aws:kafka" + there + "cluster/another/6a1c5f1e-1c1d-4b1a-9a55-0d3c5f8e2b11-3"
	anotherObject    = "arn:aws:s3:::another/object"
	anotherBucket    = "arn:aws:s3:::another"
	anotherTable     = "arn:aws:dynamodb" + there + "table/another"
)

func passedTo(service string) map[string]string {
	return map[string]string{"iam:PassedToService": service}
}

// forbidden are calls that no role of a kind may make, in any template. Of what belongs
// to the stack itself, they are those that its role has no business with.
var forbidden = []call{
	// The function, in the database.
	{kind: function, what: "runs a statement on another cluster", action: "redshift-data:ExecuteStatement", resource: anotherCluster},
	{kind: function, what: "runs a batch on another cluster", action: "redshift-data:BatchExecuteStatement", resource: anotherCluster},
	{kind: function, what: "runs a statement on another workgroup", action: "redshift-data:ExecuteStatement", resource: anotherWorkgroup},
	{kind: function, what: "lists another cluster's tables", action: "redshift-data:ListTables", resource: anotherCluster},
	{kind: function, what: "follows another's statement", action: "redshift-data:DescribeStatement", resource: "*", context: anothersStatement},
	{kind: function, what: "reads another's rows", action: "redshift-data:GetStatementResult", resource: "*", context: anothersStatement},
	{kind: function, what: "cancels another's statement", action: "redshift-data:CancelStatement", resource: "*", context: anothersStatement},
	{kind: function, what: "finds another's statements", action: "redshift-data:ListStatements", resource: "*", context: anothersStatement},
	{kind: function, what: "cancels a statement of nobody known", action: "redshift-data:CancelStatement", resource: "*"},
	{kind: function, what: "is another user of another cluster", action: "redshift:GetClusterCredentials", resource: anotherUser},
	{kind: function, what: "is a user of another cluster's database", action: "redshift:GetClusterCredentials", resource: anotherDatabase},
	{kind: function, what: "is another user of the cluster", action: "redshift:GetClusterCredentials", resource: theirRoot},
	{kind: function, what: "is a user of another database", action: "redshift:GetClusterCredentials", resource: theirDatabase},
	{kind: function, what: "makes a user as it connects", action: "redshift:CreateClusterUser", resource: theirRoot},
	{kind: function, what: "joins a group as it connects", action: "redshift:JoinGroup", resource: "arn:aws:redshift" + there + "dbgroup:theirs/admins"},
	{kind: function, what: "is itself on another cluster", action: "redshift:GetClusterCredentialsWithIAM", resource: anotherDatabase},
	{kind: function, what: "is itself on another workgroup", action: "redshift-serverless:GetCredentials", resource: anotherWorkgroup},

	// The function, with warehouses.
	{kind: function, what: "deletes the cluster", action: "redshift:DeleteCluster", resource: own(aCluster)},
	{kind: function, what: "changes the cluster", action: "redshift:ModifyCluster", resource: own(aCluster)},
	{kind: function, what: "pauses the cluster", action: "redshift:PauseCluster", resource: own(aCluster)},
	{kind: function, what: "resizes the cluster", action: "redshift:ResizeCluster", resource: own(aCluster)},
	{kind: function, what: "reboots the cluster", action: "redshift:RebootCluster", resource: own(aCluster)},
	{kind: function, what: "changes another cluster's roles", action: "redshift:ModifyClusterIamRoles", resource: anotherCluster},
	{kind: function, what: "deletes the workgroup", action: "redshift-serverless:DeleteWorkgroup", resource: own(aWorkgroup)},
	{kind: function, what: "changes the workgroup", action: "redshift-serverless:UpdateWorkgroup", resource: own(aWorkgroup)},
	{kind: function, what: "deletes the namespace", action: "redshift-serverless:DeleteNamespace", resource: own(aNamespace)},
	{kind: function, what: "changes another namespace", action: "redshift-serverless:UpdateNamespace", resource: anotherNamespace},
	{kind: function, what: "lets another account in", action: "redshift:AuthorizeDataShare", resource: "arn:aws:redshift" + there + "datashare:" + uuid + "/share"},

	// The function, with what AWS keeps.
	{kind: function, what: "reads another secret", action: "secretsmanager:GetSecretValue", resource: anotherSecret},
	{kind: function, what: "changes its secret", action: "secretsmanager:PutSecretValue", resource: own(aSecret)},
	{kind: function, what: "deletes its secret", action: "secretsmanager:DeleteSecret", resource: own(aSecret)},
	{kind: function, what: "decrypts by itself", action: "kms:Decrypt", resource: own(aKey)},
	{kind: function, what: "decrypts by another service", action: "kms:Decrypt", resource: own(aKey), context: viaS3},
	{kind: function, what: "decrypts with another key", action: "kms:Decrypt", resource: anotherKey, context: viaSecrets},
	{kind: function, what: "deletes the key", action: "kms:ScheduleKeyDeletion", resource: own(aKey)},
	{kind: function, what: "passes another role to a cluster", action: "iam:PassRole", resource: anotherRole, context: passedTo("redshift.amazonaws.com"), without: aNamespace},
	{kind: function, what: "passes another role to EC2", action: "iam:PassRole", resource: anotherRole, context: passedTo("ec2.amazonaws.com")},
	{kind: function, what: "passes the role to EC2", action: "iam:PassRole", resource: own(aRole), context: passedTo("ec2.amazonaws.com")},
	{kind: function, what: "passes the role to Lambda", action: "iam:PassRole", resource: own(aRole), context: passedTo("lambda.amazonaws.com")},
	{kind: function, what: "is the role itself", action: "sts:AssumeRole", resource: own(aRole)},
	{kind: function, what: "is another role", action: "sts:AssumeRole", resource: anotherRole},
	{kind: function, what: "gives itself more", action: "iam:PutRolePolicy", resource: anotherRole},
	{kind: function, what: "attaches a policy", action: "iam:AttachRolePolicy", resource: own(aRole)},
	{kind: function, what: "makes a role", action: "iam:CreateRole", resource: anotherRole},
	{kind: function, what: "makes an access key", action: "iam:CreateAccessKey", resource: "arn:aws:iam::" + account + ":user/another"},
	{kind: function, what: "reads an object", action: "s3:GetObject", resource: anotherObject},
	{kind: function, what: "lists a bucket", action: "s3:ListBucket", resource: anotherBucket},
	{kind: function, what: "calls a function", action: "lambda:InvokeFunction", resource: anotherFunction},
	{kind: function, what: "changes a function", action: "lambda:UpdateFunctionCode", resource: anotherFunction},
	{kind: function, what: "makes a log group", action: "logs:CreateLogGroup", resource: "arn:aws:logs" + there + "log-group:another"},
	{kind: function, what: "writes another's log", action: "logs:PutLogEvents", resource: anotherLog},
	{kind: function, what: "begins another's log", action: "logs:CreateLogStream", resource: anotherLog},
	{kind: function, what: "reads its log", action: "logs:GetLogEvents", resource: own(aLog)},
	{kind: function, what: "deletes its log", action: "logs:DeleteLogGroup", resource: own(aLog)},
	{kind: function, what: "reads a stream", action: "kinesis:GetRecords", resource: anotherStream},
	{kind: function, what: "puts a record", action: "kinesis:PutRecord", resource: anotherStream},
	{kind: function, what: "starts an instance", action: "ec2:RunInstances", resource: "arn:aws:ec2" + there + "instance/*"},
	{kind: function, what: "reads a table of DynamoDB", action: "dynamodb:GetItem", resource: anotherTable},
	{kind: function, what: "deletes a stack", action: "cloudformation:DeleteStack", resource: "arn:aws:cloudformation" + there + "stack/another/" + uuid},

	// The role by which the warehouse reads.
	{kind: reader, what: "reads another stream", action: "kinesis:GetRecords", resource: anotherStream},
	{kind: reader, what: "finds its way in another stream", action: "kinesis:GetShardIterator", resource: anotherStream},
	{kind: reader, what: "puts a record", action: "kinesis:PutRecord", resource: own(aStream)},
	{kind: reader, what: "puts records", action: "kinesis:PutRecords", resource: own(aStream)},
	{kind: reader, what: "deletes the stream", action: "kinesis:DeleteStream", resource: own(aStream)},
	{kind: reader, what: "splits a shard", action: "kinesis:SplitShard", resource: own(aStream)},
	{kind: reader, what: "turns encryption off", action: "kinesis:StopStreamEncryption", resource: own(aStream)},
	{kind: reader, what: "decrypts by itself", action: "kms:Decrypt", resource: own(aKey)},
	{kind: reader, what: "decrypts by another service", action: "kms:Decrypt", resource: own(aKey), context: viaS3},
	{kind: reader, what: "decrypts with another key", action: "kms:Decrypt", resource: anotherKey, context: viaKinesis},
	{kind: reader, what: "encrypts", action: "kms:GenerateDataKey", resource: own(aKey), context: viaKinesis},
	{kind: reader, what: "is another role", action: "sts:AssumeRole", resource: anotherRole},
	{kind: reader, what: "passes a role", action: "iam:PassRole", resource: anotherRole, context: passedTo("redshift.amazonaws.com")},
	{kind: reader, what: "reads another topic", action: "kafka-cluster:ReadData", resource: anotherTopic},
	{kind: reader, what: "writes the topic", action: "kafka-cluster:WriteData", resource: own(aTopic)},
	{kind: reader, what: "connects to another cluster", action: "kafka-cluster:Connect", resource: anotherKafka},
	{kind: reader, what: "deletes the cluster of MSK", action: "kafka:DeleteCluster", resource: own(aKafka)},
	{kind: reader, what: "reads another secret", action: "secretsmanager:GetSecretValue", resource: anotherSecret},
	{kind: reader, what: "exports another certificate", action: "acm:ExportCertificate", resource: "arn:aws:acm" + there + "certificate/" + uuid},
	{kind: reader, what: "reads an object", action: "s3:GetObject", resource: anotherObject},
	{kind: reader, what: "writes an object", action: "s3:PutObject", resource: anotherObject},
	{kind: reader, what: "calls a function", action: "lambda:InvokeFunction", resource: anotherFunction},
	{kind: reader, what: "runs a statement", action: "redshift-data:ExecuteStatement", resource: anotherCluster},

	// The schedules.
	{kind: scheduler, what: "deletes the cluster", action: "redshift:DeleteCluster", resource: own(aCluster)},
	{kind: scheduler, what: "changes the cluster", action: "redshift:ModifyCluster", resource: own(aCluster)},
	{kind: scheduler, what: "resizes the cluster", action: "redshift:ResizeCluster", resource: own(aCluster)},
	{kind: scheduler, what: "pauses another cluster", action: "redshift:PauseCluster", resource: anotherCluster},
	{kind: scheduler, what: "resumes another cluster", action: "redshift:ResumeCluster", resource: anotherCluster},
	{kind: scheduler, what: "pauses, where it resumes", action: "redshift:PauseCluster", resource: own(aCluster), id: "Resume"},
	{kind: scheduler, what: "resumes, where it pauses", action: "redshift:ResumeCluster", resource: own(aCluster), id: "Pause"},
	{kind: scheduler, what: "passes a role", action: "iam:PassRole", resource: anotherRole, context: passedTo("redshift.amazonaws.com")},
	{kind: scheduler, what: "reads a secret", action: "secretsmanager:GetSecretValue", resource: anotherSecret},

	// The page that puts records.
	{kind: generator, what: "puts records into another stream", action: "kinesis:PutRecords", resource: anotherStream},
	{kind: generator, what: "reads the stream", action: "kinesis:GetRecords", resource: own(aStream)},
	{kind: generator, what: "deletes the stream", action: "kinesis:DeleteStream", resource: own(aStream)},
	{kind: generator, what: "decrypts", action: "kms:Decrypt", resource: own(aKey), context: viaKinesis},
	{kind: generator, what: "encrypts by itself", action: "kms:GenerateDataKey", resource: own(aKey)},
	{kind: generator, what: "encrypts with another key", action: "kms:GenerateDataKey", resource: anotherKey, context: viaKinesis},
	{kind: generator, what: "puts into a delivery stream", action: "firehose:PutRecordBatch", resource: "arn:aws:firehose" + there + "deliverystream/another"},
	{kind: generator, what: "is another role", action: "sts:AssumeRole", resource: anotherRole},
	{kind: generator, what: "runs a statement", action: "redshift-data:ExecuteStatement", resource: anotherCluster},

	// Whoever may query.
	{kind: analyst, what: "queries another cluster", action: "redshift-data:ExecuteStatement", resource: anotherCluster},
	{kind: analyst, what: "queries another workgroup", action: "redshift-data:ExecuteStatement", resource: anotherWorkgroup},
	{kind: analyst, what: "reads another's rows", action: "redshift-data:GetStatementResult", resource: "*", context: anothersStatement},
	{kind: analyst, what: "cancels another's statement", action: "redshift-data:CancelStatement", resource: "*", context: anothersStatement},
	{kind: analyst, what: "is the owner of the views", action: "redshift:GetClusterCredentials", resource: own(aDatabase), id: "Querier"},
	{kind: analyst, what: "reads another secret", action: "secretsmanager:GetSecretValue", resource: anotherSecret},
	{kind: analyst, what: "deletes the cluster", action: "redshift:DeleteCluster", resource: own(aCluster)},
	{kind: analyst, what: "changes the cluster's roles", action: "redshift:ModifyClusterIamRoles", resource: own(aCluster)},
	{kind: analyst, what: "changes the workgroup", action: "redshift-serverless:UpdateWorkgroup", resource: own(aWorkgroup)},
	{kind: analyst, what: "reads a stream", action: "kinesis:GetRecords", resource: anotherStream},
}
