package definition_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/definition"
)

var update = flag.Bool("update", false, "write the plans into testdata instead of comparing them")

// noon is the time at which the updates in testdata begin.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// TestPlans compares every plan with its SQL in testdata/plan. A file without old.json is
// a create, and a file without want.json is a drop.
func TestPlans(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/plan/*.txtar")
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
			old, want, plan := section(archive, "old.json"), section(archive, "want.json"), section(archive, "plan.sql")
			got := printed(planned(t, string(old.Data), string(want.Data)))
			if *update {
				plan.Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Contains(strings.ToUpper(got), "CASCADE") {
				t.Errorf("the plan drops dependent objects (CASCADE):\n%s", got)
			}
			if diff := cmp.Diff(string(plan.Data), got); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// section returns the archive's file of that name. If it does not exist, section returns
// an empty file, and adds it to the archive if the name is plan.sql.
func section(archive *txtar.Archive, name string) *txtar.File {
	for i := range archive.Files {
		if archive.Files[i].Name == name {
			return &archive.Files[i]
		}
	}
	if name == "plan.sql" {
		archive.Files = append(archive.Files, txtar.File{Name: name})
		return &archive.Files[len(archive.Files)-1]
	}
	return &txtar.File{}
}

// planned returns the plan from the old declaration to the wanted one. Either may be
// empty.
func planned(t *testing.T, old, want string) []definition.Step {
	t.Helper()
	if want == "" {
		d := read(t, old)
		plan := d.Drop()
		if _, ok := d.(definition.Schema); ok {
			plan = append(plan, d.Dependents()...)
		}
		return plan
	}
	if old == "" {
		return read(t, want).Create()
	}
	plan, err := read(t, want).Replace(read(t, old), noon)
	if err != nil {
		return []definition.Step{{Name: definition.StepName("refused: " + err.Error())}}
	}
	return plan
}

// read returns the definition of a declaration in JSON.
func read(t *testing.T, text string) definition.Definition {
	t.Helper()
	resourceType, property := contract.SchemaType, "ViewSchema"
	switch {
	case strings.Contains(text, `"columns"`):
		resourceType, property = contract.StreamingViewType, "View"
	case strings.Contains(text, `"roleArn"`), strings.Contains(text, `"kafka"`):
		resourceType, property = contract.ExternalSchemaType, "Schema"
	}
	var declared any
	if err := json.Unmarshal([]byte(text), &declared); err != nil {
		t.Fatal(err)
	}
	r, err := definition.Read(resourceType, map[string]any{property: declared})
	if err != nil {
		t.Fatal(err)
	}
	return r.Definition
}

func printed(plan []definition.Step) string {
	var b strings.Builder
	for _, s := range plan {
		fmt.Fprintf(&b, "-- %s", s.Name)
		if s.Effect != definition.KeepsRows {
			fmt.Fprintf(&b, ": %s rows", s.Effect)
		}
		b.WriteString("\n")
		if s.SQL != "" {
			b.WriteString(s.SQL + ";\n")
		}
		if s.Instead != nil {
			b.WriteString("-- or, if Redshift refuses that:\n" + printed(s.Instead))
		}
	}
	return b.String()
}

// TestStepNamesAreUnique checks that no two steps of a plan have the same name, since the
// client token of a statement is derived from the name.
func TestStepNamesAreUnique(t *testing.T) {
	t.Parallel()
	old := read(t, `{"name":"v","stream":{"schema":"s","name":"x"},"columns":[{"name":"a","type":"SUPER"}]}`)
	want := read(t, `{"name":"v","stream":{"schema":"s","name":"x"},"columns":[{"name":"b","type":"SUPER"}]}`)
	plan, err := want.Replace(old, noon)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[definition.StepName]bool{}
	for _, s := range append(plan, old.Restore(plan[:len(plan)-3])...) {
		if seen[s.Name] {
			t.Errorf("two steps are named %q", s.Name)
		}
		seen[s.Name] = true
	}
}

func TestRestoreView(t *testing.T) {
	t.Parallel()
	old := read(t, `{"name":"v","stream":{"schema":"s","name":"x"},"grants":[{"user":"ann"}],"columns":[{"name":"a","type":"SUPER"}]}`)
	want := read(t, `{"name":"v","stream":{"schema":"s","name":"x"},"columns":[{"name":"b","type":"SUPER"}]}`)
	plan, err := want.Replace(old, noon)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[definition.StepName][]definition.StepName{ // the last step that ran → the steps of Restore
		definition.StepDropStaleProof:  nil,
		definition.StepCreateProof:     {definition.StepCleanUpProof},
		definition.StepDropProof:       nil,
		definition.StepDependents:      nil,
		definition.StepDependentViews:  nil,
		definition.StepStopAutoRefresh: {definition.StepRestoreAutoRefresh},
		definition.StepCreateKeptTable: {definition.StepRestoreAutoRefresh},
		definition.StepCountRows:       {definition.StepRestoreAutoRefresh},
		definition.StepMoveRows:        {definition.StepRestoreAutoRefresh}, // the moved rows stay in the kept table
		definition.StepCountKeptRows:   {definition.StepRestoreAutoRefresh},
		definition.StepDrop:            {definition.StepRecreate, definition.StepGrant, definition.StepRestoreAutoRefresh},
		definition.StepCreate:          nil,
		definition.StepRefresh:         nil,
	}
	got := map[definition.StepName][]definition.StepName{}
	for i, s := range plan[:len(plan)-1] {
		got[s.Name] = nil
		for _, step := range old.Restore(plan[:i+1]) {
			got[s.Name] = append(got[s.Name], step.Name)
		}
	}
	if diff := cmp.Diff(tests, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

// TestKeptTableNameIsCut checks that a view's name is cut, between characters, if the kept
// table's name would be longer than 127 bytes.
func TestKeptTableNameIsCut(t *testing.T) {
	t.Parallel()
	const suffix = "_until_20261122t120000"
	for name, want := range map[string]string{
		strings.Repeat("a", 105): strings.Repeat("a", 105) + suffix, // 127 bytes
		strings.Repeat("a", 106): strings.Repeat("a", 105) + suffix,
		strings.Repeat("ä", 63):  strings.Repeat("ä", 52) + suffix,
	} {
		d := read(t, `{"name":"`+name+`","stream":{"schema":"s","name":"x"},"columns":[{"name":"a","type":"SUPER"}]}`)
		if got := strings.TrimPrefix(d.KeptTable(noon).String(), "public."); got != want {
			t.Errorf("kept table of %s\nwant %s\ngot  %s", name, want, got)
		}
	}
}
