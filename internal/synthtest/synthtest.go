// Package synthtest contains helpers for the tests of constructs and apps. They end jsii, define
// stacks and function code, and compare templates with files.
package synthtest

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write templates to testdata instead of comparing them")

// Main runs the tests of a package, ends the process of jsii, and exits. A package whose tests
// start jsii calls Main from TestMain.
func Main(m *testing.M) {
	code := m.Run()
	stderr := os.Stderr
	os.Stderr, _ = os.Open(os.DevNull) // Close reports a process that has already ended
	jsii.Close()
	os.Stderr = stderr
	os.Exit(code)
}

// NewStack returns a stack named Shop in an app of its own. With nil props, the stack has no
// specific account and region.
func NewStack(props *awscdk.StackProps) awscdk.Stack {
	app := awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)})
	return awscdk.NewStack(app, jsii.String("Shop"), props)
}

// assetHash matches the hash of an asset's content, which is the asset's name in templates.
var assetHash = regexp.MustCompile(`[0-9a-f]{64}`)

// Golden compares a stack's whole template with testdata/<name>.json, so that reviews show what
// a change deploys to AWS. Hashes of assets are masked, because each change of the function's
// code changes its hash. With -update, Golden writes the file.
func Golden(t *testing.T, stack awscdk.Stack, name string) {
	t.Helper()
	compare(t, assertions.Template_FromStack(stack, nil).ToJSON(), name)
}

// GoldenOf is [Golden] for the resources whose logical ids begin with prefix. These are usually
// the resources of one construct.
func GoldenOf(t *testing.T, stack awscdk.Stack, prefix, name string) {
	t.Helper()
	compare(t, Resources(t, stack, prefix), name)
}

// Resources returns the template's resources whose logical ids begin with prefix.
func Resources(t *testing.T, stack awscdk.Stack, prefix string) map[string]map[string]any {
	t.Helper()
	text, err := json.Marshal(assertions.Template_FromStack(stack, nil).ToJSON())
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]map[string]any
	}
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(template.Resources, func(id string, _ map[string]any) bool { return !strings.HasPrefix(id, prefix) })
	return template.Resources
}

// compare compares a template, or a part of it, with testdata/<name>.json.
func compare(t *testing.T, template any, name string) {
	t.Helper()
	text, err := json.MarshalIndent(template, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got := assetHash.ReplaceAllString(string(text), "HASH") + "\n"
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.MkdirAll("testdata", 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; go test -update writes it):\n%s", file, diff)
	}
}
