// Package examples tests the examples: it synthesizes all of them, and with -long also
// validates each and deploys on the local twin those that the twin supports.
package examples

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
)

// TestSynthesize synthesizes every example, and fails on warnings, too. It runs one
// program that contains all of them, because each start of jsii takes seconds.
func TestSynthesize(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "run", "-trimpath", "-overlay", overlay(t), "./examples/all", t.TempDir())
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "CDK_VALIDATION=false", "CDK_CONTEXT_JSON="+context(t), "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
	output, err := cmd.CombinedOutput()
	if err != nil || len(output) > 0 {
		t.Errorf("%v\n%s", err, output)
	}
}

// context returns the context of cdk.json, which the CDK CLI passes to apps.
func context(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../cdk.json")
	if err != nil {
		t.Fatal(err)
	}
	var cdk struct{ Context json.RawMessage }
	if err := json.Unmarshal(text, &cdk); err != nil {
		t.Fatal(err)
	}
	return string(cdk.Context)
}

// overlay returns the file of an overlay for the go command: a command examples/all,
// which imports every example. For that, the overlay changes each example's package
// from main to its own name, and exports its newStack.
func overlay(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	replace := map[string]string{}
	add := func(path, text string) { // path is relative to the repository
		file := filepath.Join(dir, strings.ReplaceAll(path, "/", "-"))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(root, path)] = file
	}
	mains, err := filepath.Glob("*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range mains {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Dir(file)
		names = append(names, name)
		add("examples/"+file, strings.Replace(string(text), "\npackage main\n", "\npackage "+name+"\n", 1))
		add("examples/"+name+"/export.go", "package "+name+"\n\nvar NewStack = newStack\n")
	}
	var all strings.Builder
	if err := allExamples.Execute(&all, names); err != nil {
		t.Fatal(err)
	}
	add("examples/all/main.go", all.String())
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// allExamples is the source of the command examples/all. The command synthesizes the
// examples that it is executed for into directories below its argument, and prints
// nothing but problems.
var allExamples = template.Must(template.New("").Parse(`package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
{{range .}}
	"github.com/tributary-cdk/tributary/examples/{{.}}"{{end}}
)

func main() {
{{- range .}}
	synthesize("{{.}}", {{.}}.NewStack)
{{- end}}
	os.Stderr, _ = os.Open(os.DevNull) // jsii reports a process that has ended already
	jsii.Close()
}

func synthesize(name string, newStack func(awscdk.App) awscdk.Stack) {
	defer func() {
		if problem := recover(); problem != nil {
			fmt.Println(name+":", problem)
		}
	}()
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(filepath.Join(os.Args[1], name)), AnalyticsReporting: jsii.Bool(false)})
	found := assertions.Annotations_FromStack(newStack(app))
	any, all := jsii.String("*"), assertions.Match_AnyValue()
	for _, message := range append(*found.FindWarning(any, all), *found.FindError(any, all)...) {
		fmt.Println(name+":", *message.Id, message.Entry.Data)
	}
}
`))
