package ddl_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/tributary-cdk/tributary/ddl"
)

var update = flag.Bool("update", false, "write the plans into testdata instead of comparing them")

// noon is when the updates in testdata are planned.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// TestPlans holds the SQL of every plan against testdata/plan, to be reviewed as
// SQL. A case without old.json is a create, one without want.json a drop.
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
				t.Errorf("the plan takes along what depends on the view:\n%s", got)
			}
			if diff := cmp.Diff(string(plan.Data), got); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// section returns the archive's file of that name, adding an empty plan if
// there is none.
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

func planned(t *testing.T, old, want string) []ddl.Statement {
	t.Helper()
	switch all := old + want; {
	case strings.Contains(all, `"columns"`):
		return plannedView(t, old, want)
	case strings.Contains(all, `"roleArn"`), strings.Contains(all, `"kafka"`):
		return plannedSchema(t, old, want)
	}
	return plannedViewSchema(t, old, want)
}

func plannedView(t *testing.T, old, want string) []ddl.Statement {
	t.Helper()
	switch {
	case old == "":
		return ddl.CreateView(defined(t, want))
	case want == "":
		return ddl.DropView(defined(t, old))
	}
	return updated(t, defined(t, old), defined(t, want))
}

func plannedSchema(t *testing.T, old, want string) []ddl.Statement {
	t.Helper()
	switch {
	case old == "":
		return ddl.CreateSchema(checked[ddl.Schema, ddl.SchemaDefinition](t, want))
	case want == "":
		return ddl.DropSchema(checked[ddl.Schema, ddl.SchemaDefinition](t, old))
	}
	plan, err := ddl.UpdateSchema(checked[ddl.Schema, ddl.SchemaDefinition](t, old), checked[ddl.Schema, ddl.SchemaDefinition](t, want))
	if err != nil {
		return []ddl.Statement{{Step: ddl.Step("refused: " + err.Error())}}
	}
	return plan
}

func plannedViewSchema(t *testing.T, old, want string) []ddl.Statement {
	t.Helper()
	switch {
	case old == "":
		return ddl.CreateViewSchema(checked[ddl.ViewSchema, ddl.ViewSchemaDefinition](t, want))
	case want == "":
		d := checked[ddl.ViewSchema, ddl.ViewSchemaDefinition](t, old)
		return append(ddl.DropViewSchema(d), ddl.HeldBy(d))
	}
	return ddl.AlterViewSchema(checked[ddl.ViewSchema, ddl.ViewSchemaDefinition](t, old), checked[ddl.ViewSchema, ddl.ViewSchemaDefinition](t, want))
}

// checked returns the definition that a declaration's JSON gives.
func checked[Declaration interface{ Define() (Definition, error) }, Definition any](t *testing.T, text string) Definition {
	t.Helper()
	declared, problems := ddl.Decode[Declaration](parsed(t, text))
	d, err := declared.Define()
	if len(problems) > 0 || err != nil {
		t.Fatal(problems, err)
	}
	return d
}

func defined(t *testing.T, text string) *ddl.ViewDefinition {
	t.Helper()
	return checked[ddl.View, *ddl.ViewDefinition](t, text)
}

func updated(t *testing.T, old, want *ddl.ViewDefinition) []ddl.Statement {
	t.Helper()
	plan, err := ddl.UpdateView(old, want, noon)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func printed(plan []ddl.Statement) string {
	var b strings.Builder
	for _, s := range plan {
		fmt.Fprintf(&b, "-- %s", s.Step)
		if s.Effect != ddl.KeepsRows {
			fmt.Fprintf(&b, ": %s rows", s.Effect)
		}
		b.WriteString("\n")
		if s.SQL != "" {
			b.WriteString(s.SQL + ";\n")
		}
		if s.Instead != nil {
			b.WriteString("-- or, where that is refused:\n" + printed(s.Instead))
		}
	}
	return b.String()
}

// TestStepsDiffer holds that no two statements of a plan share a step, since a
// step makes a statement's client token.
func TestStepsDiffer(t *testing.T) {
	t.Parallel()
	old := defined(t, `{"name":"v","stream":{"schema":"s","name":"x"},"columns":[{"name":"a","type":"SUPER"}]}`)
	want := defined(t, `{"name":"v","stream":{"schema":"s","name":"x"},"columns":[{"name":"b","type":"SUPER"}]}`)
	plan := updated(t, old, want)
	seen := map[ddl.Step]bool{}
	for _, s := range append(plan, ddl.RestoreView(old, plan[:len(plan)-3])...) {
		if seen[s.Step] {
			t.Errorf("step %q twice", s.Step)
		}
		seen[s.Step] = true
	}
}

func TestRestoreView(t *testing.T) {
	t.Parallel()
	old := defined(t, `{"name":"v","stream":{"schema":"s","name":"x"},"columns":[{"name":"a","type":"SUPER"}]}`)
	want := defined(t, `{"name":"v","stream":{"schema":"s","name":"x"},"columns":[{"name":"b","type":"SUPER"}]}`)
	plan := updated(t, old, want)
	tests := map[ddl.Step][]ddl.Step{ // the last step that ran → what restores
		ddl.StepDropStaleProof: nil,
		ddl.StepProve:          {ddl.StepForgetProof},
		ddl.StepDropProof:      nil,
		ddl.StepDependents:     nil,
		ddl.StepDependentViews: nil,
		ddl.StepStopRefresh:    {ddl.StepRestoreRefresh},
		ddl.StepKeptTable:      {ddl.StepRestoreRefresh},
		ddl.StepCountRows:      {ddl.StepRestoreRefresh},
		ddl.StepKeepRows:       {ddl.StepRestoreRefresh}, // the rows have moved
		ddl.StepCountKept:      {ddl.StepRestoreRefresh},
		ddl.StepDrop:           {ddl.StepRestore, ddl.StepRestoreRefresh},
		ddl.StepCreate:         nil,
		ddl.StepRefresh:        nil,
	}
	got := map[ddl.Step][]ddl.Step{}
	for i, s := range plan[:len(plan)-1] {
		got[s.Step] = nil
		for _, restoring := range ddl.RestoreView(old, plan[:i+1]) {
			got[s.Step] = append(got[s.Step], restoring.Step)
		}
	}
	if diff := cmp.Diff(tests, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestKeptTableNameIsCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 63)
	d := defined(t, `{"name":"`+long+`","stream":{"schema":"s","name":"x"},"columns":[{"name":"a","type":"SUPER"}]}`)
	want := strings.Repeat("ä", 52) + "_until_20261122t120000"
	if got := d.KeptTable(noon).Name(); got != want {
		t.Errorf("want %s, got %s", want, got)
	}
}
