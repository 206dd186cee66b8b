package main

import "testing"

func TestFits(t *testing.T) {
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
		"the format's own":             {"arn:aws:redshift:eu-west-1:111122223333:cluster:c", cluster, true},
		"another type's":               {"arn:aws:redshift:eu-west-1:111122223333:dbname:c/dev", cluster, false},
		"another service's":            {"arn:aws:redshift-serverless:eu-west-1:111122223333:cluster:c", cluster, false},
		"no name":                      {"arn:aws:redshift:eu-west-1:111122223333:cluster:", cluster, false},
		"any name":                     {"arn:aws:redshift:eu-west-1:111122223333:cluster:*", cluster, true},
		"any of the service's":         {"arn:aws:redshift:*", cluster, true},
		"any of another service's":     {"arn:aws:kinesis:*", cluster, false},
		"everything":                   {"*", cluster, true},
		"unlike the type":              {"arn:aws:redshift-serverless:eu-west-1:111122223333:usagelimit/*", workgroup, false},
		"one character of the type":    {"arn:aws:redshift-serverless:eu-west-1:111122223333:workgrou?/x", workgroup, true},
		"a group's streams":            {"arn:aws:logs:eu-west-1:111122223333:log-group:g:*", logStream, true},
		"a group alone":                {"arn:aws:logs:eu-west-1:111122223333:log-group:g", logStream, false},
		"a format without an account":  {"arn:aws:s3:::bucket/key", object, true},
		"a bucket's, without a key":    {"arn:aws:s3:::bucket", object, false},
		"not even an ARN":              {"cluster", cluster, false},
		"many wildcards, and no match": {"arn:*:*:*:*:*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b:", "arn:${P}:redshift:${R}:${A}:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := fits(tt.resource, tt.format); got != tt.want {
				t.Errorf("%s as %s: got %t, want %t", tt.resource, tt.format, got, tt.want)
			}
		})
	}
}
