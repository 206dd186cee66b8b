package plan_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/tributary-cdk/tributary/internal/definition"
	"github.com/tributary-cdk/tributary/internal/plan"
)

var update = flag.Bool("update", false, "write the plans into testdata instead of comparing them")

// TestPlans compares plans with those in testdata. A file without deployed.json is a first
// deploy, and a file without new.json is a destroy. physical.json contains physical ids of
// deployed resources. The default is the logical id, and "" means that the resource does
// not exist.
func TestPlans(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no plans in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := archive.Files[len(archive.Files)-1] // plan.sql
			got := printed(t, planned(t, contents(archive)))
			if *update {
				archive.Files[len(archive.Files)-1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want.Data), got); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWriteSQLInColor checks that comments have colors, and that SQL has none.
func TestWriteSQLInColor(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Stack: "Lab", Changes: []plan.Change{{
		Path: "Lab/a", Object: `view "public"."a"`, Action: plan.Drop,
		Statements: []definition.Step{{Name: "drop", SQL: `DROP VIEW "public"."a"`, Effect: definition.DropsRows}},
	}}}
	const want = "-- Lab: deploy; no such stack is deployed yet\n\n" +
		"\x1b[1m\x1b[31m-- drop view \"public\".\"a\" (Lab/a)\x1b[0m\n\n" +
		"\x1b[31m-- drop: drops rows\x1b[0m\nDROP VIEW \"public\".\"a\";\n"
	var b strings.Builder
	if err := p.WriteSQL(&b, true); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	for want, effects := range map[string][]definition.Effect{
		"keeps":        {definition.KeepsRows, definition.KeepsRows},
		"moves, reads": {definition.KeepsRows, definition.MovesRows, definition.ReadsRows, definition.MovesRows},
	} {
		var c plan.Change
		for _, e := range effects {
			c.Statements = append(c.Statements, definition.Step{Effect: e})
		}
		if got := c.Rows(); got != want {
			t.Errorf("rows of %q: want %q, got %q", effects, want, got)
		}
	}
}

// contents returns the archive's files by name.
func contents(archive *txtar.Archive) map[string][]byte {
	files := map[string][]byte{}
	for _, f := range archive.Files {
		files[f.Name] = f.Data
	}
	return files
}

// planned returns the plan for the files of a test case.
func planned(t *testing.T, files map[string][]byte) *plan.Plan {
	t.Helper()
	var deployed *plan.Stack
	if body := files["deployed.json"]; body != nil {
		deployed = &plan.Stack{
			Name: "Lab", Template: body, Region: "eu-west-1", Account: "123456789012",
			ID: "arn:aws:cloudformation:eu-west-1:123456789012:stack/Lab/1", PhysicalIDs: physicalIDs(t, files),
		}
	}
	var p *plan.Plan
	var err error
	if body := files["new.json"]; body != nil {
		p, err = plan.Deploy(plan.Stack{Name: "Lab", Template: body, Region: "eu-west-1"}, deployed)
	} else {
		p, err = plan.Destroy(*deployed)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func physicalIDs(t *testing.T, files map[string][]byte) map[string]string {
	t.Helper()
	var declared struct{ Resources map[string]any }
	unmarshal(t, files["deployed.json"], &declared)
	ids := map[string]string{}
	for id := range declared.Resources {
		ids[id] = id
	}
	if text := files["physical.json"]; text != nil {
		unmarshal(t, text, &ids)
	}
	return ids
}

func unmarshal(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// printed returns the plan as people see it, or its problems.
func printed(t *testing.T, p *plan.Plan) string {
	t.Helper()
	if err := p.Err(); err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	if err := p.WriteSQL(&b, false); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
