package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// template is a synthesized one.
type template struct {
	name string
	file string // its path, of which the last part is <name>.json
}

func names(templates []template) []string {
	list := make([]string, len(templates))
	for i, t := range templates {
		list[i] = t.name
	}
	return list
}

// variants are the lab's settings of which a template is made each, by name. The
// accounts, keys and networks are nobody's.
var variants = map[string]map[string]string{
	"lab":            {},
	"lab-serverless": {"warehouse": "serverless", "usageLimits": `[{"Amount": 48, "Period": "daily"}]`},
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

// synthesize makes the templates of the variants and of the examples below dir, each
// app once, and returns them in the order of their names.
func synthesize(ctx context.Context, dir string) ([]template, error) {
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, "templates"), 0o750); err != nil {
		return nil, err
	}
	examples, err := buildExamples(ctx, filepath.Join(dir, "bin"))
	if err != nil {
		return nil, err
	}
	base, err := baseContext()
	if err != nil {
		return nil, err
	}
	apps := map[string]app{}
	for name, settings := range variants {
		apps[name] = app{"build/infra", settings}
	}
	for name, program := range examples {
		apps["example-"+name] = app{program, nil}
	}
	group, _ := errgroup.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	var templates []template
	for _, name := range slices.Sorted(maps.Keys(apps)) {
		t := template{name, filepath.Join(dir, "templates", name+".json")}
		templates = append(templates, t)
		group.Go(func() error {
			if err := t.synthesize(ctx, apps[name], base, filepath.Join(dir, "assemblies", name)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	return templates, group.Wait()
}

// buildExamples compiles the examples into dir, and returns the programs by name.
func buildExamples(ctx context.Context, dir string) (map[string]string, error) {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", dir+"/", "./examples/...") //nolint:gosec // dir is ours
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build ./examples/...: %w\n%s", err, said)
	}
	files, err := filepath.Glob(dir + "/*")
	programs := map[string]string{}
	for _, file := range files {
		programs[filepath.Base(file)] = file
	}
	return programs, err
}

// baseContext returns the context that cdk.json has.
func baseContext() (map[string]any, error) {
	text, err := os.ReadFile("cdk.json")
	if err != nil {
		return nil, err
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("cdk.json: %w", err)
	}
	return file.Context, nil
}

// app is a CDK app, and what the lab's settings are for it.
type app struct {
	program  string
	settings map[string]string
}

// synthesize runs the app as the CDK CLI runs it, but for its validation, which the
// tests of the lab and of the examples have on. The assembly has to hold one template,
// which is linked to where it belongs.
func (t template) synthesize(ctx context.Context, a app, base map[string]any, assembly string) error {
	settings := maps.Clone(base)
	for key, value := range a.settings {
		settings["tributary:"+key] = value
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, a.program) //nolint:gosec // our own programs
	cmd.Env = append(
		os.Environ(), "CDK_CONTEXT_JSON="+string(text), "CDK_OUTDIR="+assembly, "CDK_VALIDATION=false",
		"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20",
	)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	made, err := filepath.Glob(filepath.Join(assembly, "*.template.json"))
	if err != nil || len(made) != 1 {
		return fmt.Errorf("want one template, got %q (%w)", made, err)
	}
	return os.Link(made[0], t.file)
}
