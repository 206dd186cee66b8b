package templates

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestSources tests that the hash changes if a file changes that templates depend on, and
// does not change with any other file.
func TestSources(t *testing.T) {
	t.Parallel()
	base := fstest.MapFS{"go.mod": {Data: []byte("module m")}, "infra/main.go": {Data: []byte("package main")}}
	before, err := sources(base)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		file, text string
		changes    bool
	}{
		"an app's source":      {"infra/main.go", "package main // changed", true},
		"a new file":           {"lambda/ddl/new.go", "package main", true},
		"the context":          {"cdk.json", "{}", true},
		"the modules":          {"go.sum", "x", true},
		"a test":               {"infra/main_test.go", "package main", false},
		"a document":           {"docs/security.md", "# Security", false},
		"what was built":       {"build/infra.json", "{}", false},
		"a checker":            {"internal/iamcheck/check.go", "package main", false},
		"a module of Node's":   {"internal/x/node_modules/y/package.json", "{}", false},
		"a source named build": {"lambda/rebuild/x.go", "package build", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := maps.Clone(base)
			files[tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
			after, err := sources(files)
			if err != nil {
				t.Fatal(err)
			}
			if changed := after != before; changed != tt.changes {
				t.Errorf("%s: the hash changed is %t, want %t", tt.file, changed, tt.changes)
			}
		})
	}
}

func TestCached(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "group")
	made := 0
	synth := func(dir string) error {
		made++
		if err := os.MkdirAll(filepath.Join(dir, assemblies, "lab"), 0o700); err != nil {
			return err
		}
		return errors.Join(
			os.WriteFile(filepath.Join(dir, linked, "lab.json"), []byte("{}"), 0o600),
			os.WriteFile(filepath.Join(dir, linked, "cluster-all.json"), []byte("{}"), 0o600),
		)
	}
	want := []Template{
		{Name: "cluster-all", File: filepath.Join(dir, linked, "cluster-all.json"), Assembly: filepath.Join(dir, assemblies)},
		{Name: "lab", File: filepath.Join(dir, linked, "lab.json"), Assembly: filepath.Join(dir, assemblies, "lab")},
	}
	for range 2 {
		got, err := cached(dir, synth)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("templates (-want +got):\n%s", diff)
		}
	}
	if made != 1 {
		t.Errorf("made %d times of the same sources, want once", made)
	}
	if err := os.WriteFile(filepath.Join(dir, stamp), []byte("older"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cached(dir, synth); err != nil || made != 2 {
		t.Errorf("of older sources: made %d times, error %v; want it made again", made, err)
	}
	failed := errors.New("no Go")
	if _, err := cached(filepath.Join(t.TempDir(), "x"), func(string) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("got %v, want %v", err, failed)
	}
	if _, err := cached(filepath.Join(t.TempDir(), "x"), func(string) error { return nil }); err == nil {
		t.Error("no templates at all: want an error")
	}
}
