package main

import "testing"

func TestMatchesFormat(t *testing.T) {
	t.Parallel()
	const (
		cluster   = "arn:${Partition}:redshift:${Region}:${Account}:cluster:${ClusterName}"
		workgroup = "arn:${Partition}:redshift-serverless:${Region}:${Account}:workgroup/${WorkgroupId}"
		logStream = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}"
		object    = "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
	)
	tests := map[string]struct {
		resource, format string
		want             bool
	}{
		"an ARN of the format":                        {"arn:aws:redshift:eu-west-1:111122223333:cluster:c", cluster, true},
		"another resource type":                       {"arn:aws:redshift:eu-west-1:111122223333:dbname:c/dev", cluster, false},
		"another service":                             {"arn:aws:redshift-serverless:eu-west-1:111122223333:cluster:c", cluster, false},
		"an empty name":                               {"arn:aws:redshift:eu-west-1:111122223333:cluster:", cluster, false},
		"a wildcard for the name":                     {"arn:aws:redshift:eu-west-1:111122223333:cluster:*", cluster, true},
		"a wildcard for all resources of the service": {"arn:aws:redshift:*", cluster, true},
		"a wildcard for another service":              {"arn:aws:kinesis:*", cluster, false},
		"a wildcard alone":                            {"*", cluster, true},
		"another resource type with a wildcard":       {"arn:aws:redshift-serverless:eu-west-1:111122223333:usagelimit/*", workgroup, false},
		"a question mark in the type":                 {"arn:aws:redshift-serverless:eu-west-1:111122223333:workgrou?/x", workgroup, true},
		"all streams of a log group":                  {"arn:aws:logs:eu-west-1:111122223333:log-group:g:*", logStream, true},
		"a log group without a stream":                {"arn:aws:logs:eu-west-1:111122223333:log-group:g", logStream, false},
		"a format without an account":                 {"arn:aws:s3:::bucket/key", object, true},
		"a bucket without a key":                      {"arn:aws:s3:::bucket", object, false},
		"no ARN":                                      {"cluster", cluster, false},
		"many wildcards without a match":              {"arn:*:*:*:*:*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b:", "arn:${P}:redshift:${R}:${A}:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := matchesFormat(tt.resource, tt.format); got != tt.want {
				t.Errorf("%s matches %s: got %t, want %t", tt.resource, tt.format, got, tt.want)
			}
		})
	}
}
