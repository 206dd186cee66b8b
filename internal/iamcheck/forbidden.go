package main

// ARNs of resources that no role or user in the templates may use.
const (
	// regionAndAccount is the middle part of an ARN.
	regionAndAccount = ":" + region + ":" + account + ":"
	anotherCluster   = "arn:aws:redshift" + regionAndAccount + "cluster:another"
	anotherDatabase  = "arn:aws:redshift" + regionAndAccount + "dbname:another/dev"
	anotherUser      = "arn:aws:redshift" + regionAndAccount + "dbuser:another/root"
	// Some templates use the existing cluster "theirs", but neither this user nor
	// this database of the cluster.
	existingClusterRoot     = "arn:aws:redshift" + regionAndAccount + "dbuser:theirs/root"
	existingClusterDatabase = "arn:aws:redshift" + regionAndAccount + "dbname:theirs/payroll"
	anotherWorkgroup        = "arn:aws:redshift-serverless" + regionAndAccount + "workgroup/99999999-9999-9999-9999-999999999999"
	anotherNamespace        = "arn:aws:redshift-serverless" + regionAndAccount + "namespace/99999999-9999-9999-9999-999999999999"
	anotherSecret           = "arn:aws:secretsmanager" + regionAndAccount + "secret:another-ZyXwVu"
	anotherKey              = "arn:aws:kms" + regionAndAccount + "key/99999999-9999-9999-9999-999999999999"
	anotherStream           = "arn:aws:kinesis" + regionAndAccount + "stream/another"
	anotherLog              = "arn:aws:logs" + regionAndAccount + "log-group:another:log-stream:x"
	anotherRole             = "arn:aws:iam::" + account + ":role/another"
	anotherFunction         = "arn:aws:lambda" + regionAndAccount + "function:another"
	anotherTopic            = "arn:aws:kafka" + regionAndAccount + "topic/another/6a1c5f1e-1c1d-4b1a-9a55-0d3c5f8e2b11-3/payments"
	anotherKafka            = "arn:aws:kafka" + regionAndAccount + "cluster/another/6a1c5f1e-1c1d-4b1a-9a55-0d3c5f8e2b11-3"
	anotherObject           = "arn:aws:s3:::another/object"
	anotherBucket           = "arn:aws:s3:::another"
	anotherTable            = "arn:aws:dynamodb" + regionAndAccount + "table/another"
)

// passedTo returns the context of iam:PassRole when the role is passed to a service.
func passedTo(service string) map[string]string {
	return map[string]string{"iam:PassedToService": service}
}

// forbidden are calls that must be denied in every template to all roles and users of the
// kind. Some are calls on resources of other stacks. The others are calls on the stack's own
// resources that the role does not need.
var forbidden = []call{
	// The function: statements and database users.
	{kind: function, what: "runs a statement on another cluster", action: "redshift-data:ExecuteStatement", resource: anotherCluster},
	{kind: function, what: "runs a batch on another cluster", action: "redshift-data:BatchExecuteStatement", resource: anotherCluster},
	{kind: function, what: "runs a statement on another workgroup", action: "redshift-data:ExecuteStatement", resource: anotherWorkgroup},
	{kind: function, what: "lists another cluster's tables", action: "redshift-data:ListTables", resource: anotherCluster},
	{kind: function, what: "polls another caller's statement", action: "redshift-data:DescribeStatement", resource: "*", context: anothersStatement},
	{kind: function, what: "reads the rows of another caller's statement", action: "redshift-data:GetStatementResult", resource: "*", context: anothersStatement},
	{kind: function, what: "cancels another caller's statement", action: "redshift-data:CancelStatement", resource: "*", context: anothersStatement},
	{kind: function, what: "lists another caller's statements", action: "redshift-data:ListStatements", resource: "*", context: anothersStatement},
	{kind: function, what: "cancels a statement of an unknown caller", action: "redshift-data:CancelStatement", resource: "*"},
	{kind: function, what: "gets credentials of a user of another cluster", action: "redshift:GetClusterCredentials", resource: anotherUser},
	{kind: function, what: "gets credentials for a database of another cluster", action: "redshift:GetClusterCredentials", resource: anotherDatabase},
	{kind: function, what: "gets credentials of another user of the cluster", action: "redshift:GetClusterCredentials", resource: existingClusterRoot},
	{kind: function, what: "gets credentials for another database of the cluster", action: "redshift:GetClusterCredentials", resource: existingClusterDatabase},
	{kind: function, what: "creates a database user", action: "redshift:CreateClusterUser", resource: existingClusterRoot},
	{kind: function, what: "joins a database group", action: "redshift:JoinGroup", resource: "arn:aws:redshift" + regionAndAccount + "dbgroup:theirs/admins"},
	{kind: function, what: "gets credentials of its IAM user on another cluster", action: "redshift:GetClusterCredentialsWithIAM", resource: anotherDatabase},
	{kind: function, what: "gets credentials of its IAM user on another workgroup", action: "redshift-serverless:GetCredentials", resource: anotherWorkgroup},

	// The function: changes to warehouses.
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
	{kind: function, what: "authorizes a data share for another account", action: "redshift:AuthorizeDataShare", resource: "arn:aws:redshift" + regionAndAccount + "datashare:" + uuid + "/share"},

	// The function: other AWS services.
	{kind: function, what: "reads another secret", action: "secretsmanager:GetSecretValue", resource: anotherSecret},
	{kind: function, what: "changes its secret", action: "secretsmanager:PutSecretValue", resource: own(aSecret)},
	{kind: function, what: "deletes its secret", action: "secretsmanager:DeleteSecret", resource: own(aSecret)},
	{kind: function, what: "decrypts directly", action: "kms:Decrypt", resource: own(aKey)},
	{kind: function, what: "decrypts through another service", action: "kms:Decrypt", resource: own(aKey), context: viaS3},
	{kind: function, what: "decrypts with another key", action: "kms:Decrypt", resource: anotherKey, context: viaSecrets},
	{kind: function, what: "deletes the key", action: "kms:ScheduleKeyDeletion", resource: own(aKey)},
	{kind: function, what: "passes another role to a cluster", action: "iam:PassRole", resource: anotherRole, context: passedTo("redshift.amazonaws.com"), without: aNamespace},
	{kind: function, what: "passes another role to EC2", action: "iam:PassRole", resource: anotherRole, context: passedTo("ec2.amazonaws.com")},
	{kind: function, what: "passes the role to EC2", action: "iam:PassRole", resource: own(aRole), context: passedTo("ec2.amazonaws.com")},
	{kind: function, what: "passes the role to Lambda", action: "iam:PassRole", resource: own(aRole), context: passedTo("lambda.amazonaws.com")},
	{kind: function, what: "assumes its own role", action: "sts:AssumeRole", resource: own(aRole)},
	{kind: function, what: "assumes another role", action: "sts:AssumeRole", resource: anotherRole},
	{kind: function, what: "adds an inline policy to a role", action: "iam:PutRolePolicy", resource: anotherRole},
	{kind: function, what: "attaches a policy to a role", action: "iam:AttachRolePolicy", resource: own(aRole)},
	{kind: function, what: "creates a role", action: "iam:CreateRole", resource: anotherRole},
	{kind: function, what: "creates an access key", action: "iam:CreateAccessKey", resource: "arn:aws:iam::" + account + ":user/another"},
	{kind: function, what: "reads an object", action: "s3:GetObject", resource: anotherObject},
	{kind: function, what: "lists a bucket", action: "s3:ListBucket", resource: anotherBucket},
	{kind: function, what: "invokes a function", action: "lambda:InvokeFunction", resource: anotherFunction},
	{kind: function, what: "updates a function's code", action: "lambda:UpdateFunctionCode", resource: anotherFunction},
	{kind: function, what: "creates a log group", action: "logs:CreateLogGroup", resource: "arn:aws:logs" + regionAndAccount + "log-group:another"},
	{kind: function, what: "writes to another log group", action: "logs:PutLogEvents", resource: anotherLog},
	{kind: function, what: "creates a stream in another log group", action: "logs:CreateLogStream", resource: anotherLog},
	{kind: function, what: "reads its log", action: "logs:GetLogEvents", resource: own(aLog)},
	{kind: function, what: "deletes its log", action: "logs:DeleteLogGroup", resource: own(aLog)},
	{kind: function, what: "reads a stream", action: "kinesis:GetRecords", resource: anotherStream},
	{kind: function, what: "puts a record", action: "kinesis:PutRecord", resource: anotherStream},
	{kind: function, what: "starts an EC2 instance", action: "ec2:RunInstances", resource: "arn:aws:ec2" + regionAndAccount + "instance/*"},
	{kind: function, what: "reads a DynamoDB table", action: "dynamodb:GetItem", resource: anotherTable},
	{kind: function, what: "deletes a stack", action: "cloudformation:DeleteStack", resource: "arn:aws:cloudformation" + regionAndAccount + "stack/another/" + uuid},

	// The role with which the warehouse reads the stream or topic.
	{kind: reader, what: "reads another stream", action: "kinesis:GetRecords", resource: anotherStream},
	{kind: reader, what: "gets a shard iterator of another stream", action: "kinesis:GetShardIterator", resource: anotherStream},
	{kind: reader, what: "puts a record", action: "kinesis:PutRecord", resource: own(aStream)},
	{kind: reader, what: "puts records", action: "kinesis:PutRecords", resource: own(aStream)},
	{kind: reader, what: "deletes the stream", action: "kinesis:DeleteStream", resource: own(aStream)},
	{kind: reader, what: "splits a shard", action: "kinesis:SplitShard", resource: own(aStream)},
	{kind: reader, what: "stops the stream's encryption", action: "kinesis:StopStreamEncryption", resource: own(aStream)},
	{kind: reader, what: "decrypts directly", action: "kms:Decrypt", resource: own(aKey)},
	{kind: reader, what: "decrypts through another service", action: "kms:Decrypt", resource: own(aKey), context: viaS3},
	{kind: reader, what: "decrypts with another key", action: "kms:Decrypt", resource: anotherKey, context: viaKinesis},
	{kind: reader, what: "encrypts", action: "kms:GenerateDataKey", resource: own(aKey), context: viaKinesis},
	{kind: reader, what: "assumes another role", action: "sts:AssumeRole", resource: anotherRole},
	{kind: reader, what: "passes a role", action: "iam:PassRole", resource: anotherRole, context: passedTo("redshift.amazonaws.com")},
	{kind: reader, what: "reads another topic", action: "kafka-cluster:ReadData", resource: anotherTopic},
	{kind: reader, what: "writes to the topic", action: "kafka-cluster:WriteData", resource: own(aTopic)},
	{kind: reader, what: "connects to another MSK cluster", action: "kafka-cluster:Connect", resource: anotherKafka},
	{kind: reader, what: "deletes the MSK cluster", action: "kafka:DeleteCluster", resource: own(aKafka)},
	{kind: reader, what: "reads another secret", action: "secretsmanager:GetSecretValue", resource: anotherSecret},
	{kind: reader, what: "exports another certificate", action: "acm:ExportCertificate", resource: "arn:aws:acm" + regionAndAccount + "certificate/" + uuid},
	{kind: reader, what: "reads an object", action: "s3:GetObject", resource: anotherObject},
	{kind: reader, what: "writes an object", action: "s3:PutObject", resource: anotherObject},
	{kind: reader, what: "invokes a function", action: "lambda:InvokeFunction", resource: anotherFunction},
	{kind: reader, what: "runs a statement", action: "redshift-data:ExecuteStatement", resource: anotherCluster},

	// The roles of the schedules.
	{kind: scheduler, what: "deletes the cluster", action: "redshift:DeleteCluster", resource: own(aCluster)},
	{kind: scheduler, what: "changes the cluster", action: "redshift:ModifyCluster", resource: own(aCluster)},
	{kind: scheduler, what: "resizes the cluster", action: "redshift:ResizeCluster", resource: own(aCluster)},
	{kind: scheduler, what: "pauses another cluster", action: "redshift:PauseCluster", resource: anotherCluster},
	{kind: scheduler, what: "resumes another cluster", action: "redshift:ResumeCluster", resource: anotherCluster},
	{kind: scheduler, what: "pauses with the role of the resume schedule", action: "redshift:PauseCluster", resource: own(aCluster), id: "Resume"},
	{kind: scheduler, what: "resumes with the role of the pause schedule", action: "redshift:ResumeCluster", resource: own(aCluster), id: "Pause"},
	{kind: scheduler, what: "passes a role", action: "iam:PassRole", resource: anotherRole, context: passedTo("redshift.amazonaws.com")},
	{kind: scheduler, what: "reads a secret", action: "secretsmanager:GetSecretValue", resource: anotherSecret},

	// The role of the web page that puts records.
	{kind: generator, what: "puts records into another stream", action: "kinesis:PutRecords", resource: anotherStream},
	{kind: generator, what: "reads the stream", action: "kinesis:GetRecords", resource: own(aStream)},
	{kind: generator, what: "deletes the stream", action: "kinesis:DeleteStream", resource: own(aStream)},
	{kind: generator, what: "decrypts", action: "kms:Decrypt", resource: own(aKey), context: viaKinesis},
	{kind: generator, what: "encrypts directly", action: "kms:GenerateDataKey", resource: own(aKey)},
	{kind: generator, what: "encrypts with another key", action: "kms:GenerateDataKey", resource: anotherKey, context: viaKinesis},
	{kind: generator, what: "puts into a delivery stream", action: "firehose:PutRecordBatch", resource: "arn:aws:firehose" + regionAndAccount + "deliverystream/another"},
	{kind: generator, what: "assumes another role", action: "sts:AssumeRole", resource: anotherRole},
	{kind: generator, what: "runs a statement", action: "redshift-data:ExecuteStatement", resource: anotherCluster},

	// The roles and users that may query the views.
	{kind: analyst, what: "queries another cluster", action: "redshift-data:ExecuteStatement", resource: anotherCluster},
	{kind: analyst, what: "queries another workgroup", action: "redshift-data:ExecuteStatement", resource: anotherWorkgroup},
	{kind: analyst, what: "reads the rows of another caller's statement", action: "redshift-data:GetStatementResult", resource: "*", context: anothersStatement},
	{kind: analyst, what: "cancels another caller's statement", action: "redshift-data:CancelStatement", resource: "*", context: anothersStatement},
	{kind: analyst, what: "gets credentials of the user that owns the views", action: "redshift:GetClusterCredentials", resource: own(aDatabase), id: "Querier"},
	{kind: analyst, what: "reads another secret", action: "secretsmanager:GetSecretValue", resource: anotherSecret},
	{kind: analyst, what: "deletes the cluster", action: "redshift:DeleteCluster", resource: own(aCluster)},
	{kind: analyst, what: "changes the cluster's roles", action: "redshift:ModifyClusterIamRoles", resource: own(aCluster)},
	{kind: analyst, what: "changes the workgroup", action: "redshift-serverless:UpdateWorkgroup", resource: own(aWorkgroup)},
	{kind: analyst, what: "reads a stream", action: "kinesis:GetRecords", resource: anotherStream},
}
