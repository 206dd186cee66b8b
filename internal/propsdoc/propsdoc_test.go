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

// TestPage compares docs/props.md with the comments in the code. It fails if a comment lacks
// the default or the effect of a change.
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

// Props are the properties of a Farm. Nil is invalid.
type Props struct {
	// Field is the crop. It may be large.
	//
	// Required.
	//
	// Change: replaces the farm.
	Field string
	// Fence surrounds the farm.
	//
	// Default: none | a wall.
	//
	// Change: in place.
	Fence string

	hidden int
}

// Farm has no props.
type Farm struct{ Name string }

// Attributes identify an existing farm.
type Attributes struct {
	// Name is the name.
	Name string
}
`

// TestRead compares the props of a package, and the error for incomplete comments and for a
// package that doesn't exist.
func TestRead(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "farm.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := propsdoc.Read(root, ".", "gone")
	want := []propsdoc.Struct{
		{Package: ".", Name: "Props", Doc: "Props are the properties of a Farm.", Props: []propsdoc.Prop{
			{Name: "Field", Doc: "Field is the crop.", Default: "required", Change: "replaces the farm"},
			{Name: "Fence", Doc: "Fence surrounds the farm.", Default: "none | a wall", Change: "in place"},
		}},
		{Package: ".", Name: "Attributes", Doc: "Attributes identify an existing farm.", Props: []propsdoc.Prop{{Name: "Name", Doc: "Name is the name."}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("structs (-want +got):\n%s", diff)
	}
	const wantErr = `..Attributes.Name: no paragraph "Default: …" or "Required."
no paragraph "Change: …" with what a change does to a deployed stack
gone: file does not exist`
	if diff := cmp.Diff(wantErr, err.Error()); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}
