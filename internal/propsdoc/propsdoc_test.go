package propsdoc_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/propsdoc"
)

var update = flag.Bool("update", false, "write docs/props.md instead of comparing it")

// TestPage holds docs/props.md against the comments of today, and that every prop
// has its default and its change said.
func TestPage(t *testing.T) {
	t.Parallel()
	structs, err := propsdoc.Read("../..", "constructs/warehouse", "constructs/ingestion", "constructs/ddlprovider",
		"constructs/monitoring", "constructs/datagenerator", "ddl")
	if err != nil {
		t.Fatal(err)
	}
	got := propsdoc.Markdown(structs)
	const file = "../../docs/props.md"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/props.md (-want +got; go test ./internal/propsdoc -update writes it):\n%s", diff)
	}
}

const source = `package farm

// Props says what New defines. Nil is bad.
type Props struct {
	// Field is what is grown. It may be large.
	//
	// Required.
	//
	// Change: replaces the farm.
	Field string
	// Fence is around it.
	//
	// Default: none | a wall.
	//
	// Change: in place.
	Fence string

	hidden int
}

// Farm is made.
type Farm struct{ Name string }

// Attributes says which one exists.
type Attributes struct {
	// Name is its name.
	Name string
}
`

func TestRead(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "farm.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := propsdoc.Read(root, ".", "gone")
	want := []propsdoc.Struct{
		{Package: ".", Name: "Props", Doc: "Props says what New defines.", Props: []propsdoc.Prop{
			{Name: "Field", Doc: "Field is what is grown.", Default: "required", Change: "replaces the farm"},
			{Name: "Fence", Doc: "Fence is around it.", Default: "none | a wall", Change: "in place"},
		}},
		{Package: ".", Name: "Attributes", Doc: "Attributes says which one exists.", Props: []propsdoc.Prop{{Name: "Name", Doc: "Name is its name."}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("structs (-want +got):\n%s", diff)
	}
	const wantErr = `..Attributes.Name: no paragraph "Default: …" or "Required."
no paragraph "Change: …" that says what changing it does to a running stack
gone: file does not exist`
	if diff := cmp.Diff(wantErr, err.Error()); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}
