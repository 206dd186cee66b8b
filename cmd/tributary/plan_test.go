package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// writeTemplate writes a template with one view, whose declaration is JSON, and returns
// the file name.
func writeTemplate(t *testing.T, view string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "Lab.template.json")
	template := `{"Resources": {"V": {"Type": "Custom::RedshiftStreamingView", "Properties": {"Warehouse": {"database": "dev"}, "View": ` + view + `}}}}`
	if err := os.WriteFile(file, []byte(template), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestPlan(t *testing.T) {
	t.Parallel()
	good := `{"name": "v", "stream": {"schema": "s", "name": {"Ref": "Stream"}}, "columns": [{"name": "a", "metadata": "shard_id"}]}`
	bad := strings.Replace(good, `"v"`, `"table"`, 1)
	tests := map[string]struct {
		view, output    string
		stdout, problem string // parts of standard output and of the error
	}{
		"auto, not terminal": {good, "auto", "-- create view \"public\".\"v\" (V)\n\n-- create: keeps rows\nCREATE MATERIALIZED VIEW \"public\".\"v\"", ""},
		"as a table":         {good, "table", "│ create │ view \"public\".\"v\" │ V ", ""},
		"as JSON":            {good, "json", `"object": "view \"public\".\"v\""`, ""},
		"unresolved name":    {good, "plain", `FROM "s"."${Stream}";`, ""},
		"problems":           {bad, "plain", "", `V: View.name: "table" is a reserved word of Redshift`},
		"problems, as JSON":  {bad, "json", `V: View.name: \"table\" is a reserved word of Redshift`, `V: View.name: "table" is a reserved word of Redshift`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout strings.Builder
			command := planCmd{App: writeTemplate(t, test.view), Offline: true, Output: test.output}
			err := command.Run(t.Context(), &kong.Context{Kong: &kong.Kong{Stdout: &stdout}})
			if (err == nil) != (test.problem == "") || err != nil && !strings.Contains(err.Error(), test.problem) {
				t.Errorf("want error %q, got %v", test.problem, err)
			}
			if !strings.Contains(stdout.String(), test.stdout) {
				t.Errorf("want %s\nas part of %s", test.stdout, stdout.String())
			}
			if test.stdout == "" && stdout.String() != "" {
				t.Errorf("want no output, got %s", stdout.String())
			}
		})
	}
}

func TestPlanDestroyOfflineIsAnError(t *testing.T) {
	t.Parallel()
	err := (&planCmd{Destroy: true, Offline: true}).Validate()
	if err == nil || !strings.Contains(err.Error(), "give only one of them") {
		t.Errorf("got %v, want that only one flag is allowed", err)
	}
}
