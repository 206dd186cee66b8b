// Package templates synthesizes the templates that checks read: the lab, its variants, the
// examples, and each construct with its required props only and with all props. It stores
// them in the directory build, and uses them again until a source changes.
//
// It runs in the repository's root.
package templates

import (
	"context"
	"path/filepath"
)

// Template is a synthesized template.
type Template struct {
	// Name is the template's name, such as lab-serverless.
	Name string
	// File is the template's path, which ends in <Name>.json. Its directory contains the
	// templates of the group and nothing else.
	File string
	// Assembly is the directory of the cloud assembly that contains the template and its
	// assets.
	Assembly string
}

// Names returns the templates' names.
func Names(templates []Template) []string {
	list := make([]string, len(templates))
	for i, t := range templates {
		list[i] = t.Name
	}
	return list
}

// variants are the settings of the lab and of its variants, by the name of the template.
// The accounts, keys and networks in them do not exist.
var variants = map[string]map[string]string{
	"lab":            {},
	"lab-serverless": {"warehouse": "serverless", "usageLimits": `[{"amount": 48, "period": "daily"}]`},
	"lab-existing-cluster": {
		"warehouse": "existingCluster", "databaseUser": "owner", "viewSchemas": `[{"name": "analytics"}]`,
	},
	"lab-existing-workgroup": { //nolint:gosec // the secret's name, and it is nobody's
		"warehouse": "existingWorkgroup", "workgroupName": "group", "workgroupId": "11111111-2222-3333-4444-555555555555",
		"namespaceName": "space", "namespaceId": "66666666-7777-8888-9999-000000000000",
		"secretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:owner-AbCdEf",
	},
	"lab-customer-key": {
		"keyArn":       "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555",
		"streamKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/66666666-7777-8888-9999-000000000000",
		"logExports":   `["connectionlog", "userlog", "useractivitylog"]`, "snapshotDays": "7",
		"pauseSchedule": "cron(0 20 * * ? *)", "resumeSchedule": "cron(0 6 * * ? *)",
	},
	"lab-existing-vpc": {
		"vpc": `{"id": "vpc-0123456789abcdef0", "availabilityZones": ["eu-west-1a", "eu-west-1b"], ` +
			`"subnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"], "routeTableIds": ["rtb-0123456789abcdef0", "rtb-0123456789abcdef1"]}`,
	},
	"lab-existing-stream": {
		"streamArn":     "arn:aws:kinesis:eu-west-1:444455556666:stream/theirs",
		"streamRoleArn": "arn:aws:iam::444455556666:role/reader",
	},
	"lab-data-generator": {"dataGenerator": "true"},
}

// Stacks returns the templates of the lab, of its variants (lab-…) and of the
// examples (example-…), in the order of their names.
func Stacks(ctx context.Context) ([]Template, error) {
	return cached(filepath.Join("build", "templates", "stacks"), func(dir string) error {
		programs, err := build(ctx, filepath.Join(dir, "bin"), "./infra", "./examples/...")
		if err != nil {
			return err
		}
		var apps []app
		for name, settings := range variants {
			apps = append(apps, app{name, programs["infra"], settings})
		}
		delete(programs, "infra")
		for name, program := range programs {
			apps = append(apps, app{"example-" + name, program, nil})
		}
		return synthesize(ctx, dir, apps)
	})
}

// Constructs returns two templates for each construct, one with its required props only and
// one with all props, sorted by name. constructs/internal/allprops defines them.
func Constructs(ctx context.Context) ([]Template, error) {
	return cached(filepath.Join("build", "templates", "constructs"), func(dir string) error {
		programs, err := build(ctx, filepath.Join(dir, "bin"), "./constructs/internal/allprops")
		if err != nil {
			return err
		}
		return synthesize(ctx, dir, []app{{"", programs["allprops"], nil}})
	})
}
