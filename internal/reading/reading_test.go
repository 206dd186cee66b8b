package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTextsOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, content string
		want                []text
	}{
		{
			"comments, and strings of three words",
			"a.go", "// Package a is short.\npackage a\n\n//go:generate true\nconst x = \"needs a name\"\n\nvar y, z = \"two words\", \"SELECT a FROM b\"\n",
			[]text{
				{"a.go", 1, "comment", "> // Package a is short.\n  package a\n  \n  //go:generate true\n  const x = \"needs a name\"\n"},
				{"a.go", 5, "string", "  // Package a is short.\n  package a\n  \n  //go:generate true\n> const x = \"needs a name\"\n  \n  var y, z = \"two words\", \"SELECT a FROM b\"\n  \n"},
			},
		},
		{
			"no strings of a test, and not what an example prints",
			"a_test.go", "package a\n\nfunc Example() {\n\tprintln(\"one two three\")\n\t// Output:\n\t// one\n}\n",
			nil,
		},
		{
			"comments of a script, and help lines",
			"Makefile", "#!/bin/sh\n# Says\n# hello.\nhello: ## Say hello\n",
			[]text{
				{"Makefile", 2, "comment", "  #!/bin/sh\n> # Says\n> # hello.\n  hello: ## Say hello\n  \n"},
				{"Makefile", 4, "help", "  #!/bin/sh\n  # Says\n  # hello.\n> hello: ## Say hello\n  \n"},
			},
		},
		{"nothing of other files", "a.md", "# Title\n", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, test.file), []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := textsOf(dir, test.file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(text{})); diff != "" {
				t.Errorf("texts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPick(t *testing.T) {
	t.Parallel()
	all := []text{{"a", 1, "", ""}, {"a", 2, "", ""}, {"b", 1, "", ""}, {"b", 2, "", ""}, {"c", 1, "", ""}}
	if diff := cmp.Diff(all, pick(all, 7, 0), cmp.AllowUnexported(text{})); diff != "" {
		t.Errorf("0 picks all (-want +got):\n%s", diff)
	}
	first, again, other := pick(all, 7, 2), pick(all, 7, 2), pick(all, 8, 2)
	if len(first) != 2 || first[0] == first[1] {
		t.Errorf("pick 2: got %v, want two texts", first)
	}
	if diff := cmp.Diff(first, again, cmp.AllowUnexported(text{})); diff != "" {
		t.Errorf("the same seed (-first +again):\n%s", diff)
	}
	if cmp.Equal(first, other, cmp.AllowUnexported(text{})) {
		t.Errorf("seeds 7 and 8 both pick %v", first)
	}
}
