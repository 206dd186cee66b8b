package build_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/lambda/build"
)

// write writes files below dir. The keys are paths relative to dir, and the values are the text.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// farm contains the files of a module with a command.
var farm = map[string]string{
	"go.mod":           "module example.com/farm\n\ngo 1.21\n",
	"farm.go":          "package farm\n",
	"cmd/plow/main.go": "package main\n\nimport \"runtime\"\n\nfunc main() { _, file, _, _ := runtime.Caller(0); println(file) }\n",
}

// TestSameBytesFromAnywhere checks that modules in two directories compile to the same
// bytes. Both directories are read-only.
func TestSameBytesFromAnywhere(t *testing.T) {
	t.Parallel()
	var compiled [][]byte
	for _, name := range []string{"here", "there/and/far"} {
		dir, out := filepath.Join(t.TempDir(), name), filepath.Join(t.TempDir(), "plow")
		write(t, dir, farm)
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(dir, 0o700) }) // so that it can be removed
		if err := build.Build(t.Context(), dir, "example.com/farm/cmd/plow", "linux", "arm64", out); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		compiled = append(compiled, data)
	}
	if !bytes.Equal(compiled[0], compiled[1]) {
		t.Error("two directories compile to different bytes")
	}
}

// TestDir checks that Dir finds a module in each way in which an app can require it.
func TestDir(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "farm"), farm)
	requires := "module example.com/shop\n\ngo 1.21\n\nrequire example.com/farm v0.0.1\n"
	tests := map[string]struct {
		files   map[string]string
		goflags string
		want    string // the directory, relative to root, or the start of the error
	}{
		"a relative replacement":  {map[string]string{"go.mod": requires + "\nreplace example.com/farm => ../farm\n"}, "", "farm"},
		"an absolute replacement": {map[string]string{"go.mod": requires + "\nreplace example.com/farm => " + filepath.Join(root, "farm") + "\n"}, "", "farm"},
		"a workspace":             {map[string]string{"go.mod": "module example.com/shop\n\ngo 1.21\n", "go.work": "go 1.21\n\nuse .\nuse ../farm\n"}, "", "farm"},
		"a vendored tree": {map[string]string{
			"go.mod":             requires + "\nreplace example.com/farm => ../farm\n",
			"vendor/modules.txt": "# example.com/farm v0.0.1 => ../farm\n## explicit; go 1.21\nexample.com/farm\n# example.com/farm => ../farm\n",
		}, "", "farm"},
		"-mod=vendor in GOFLAGS":  {map[string]string{"go.mod": requires + "\nreplace example.com/farm => ../farm\n"}, "-mod=vendor", "farm"},
		"not required":            {map[string]string{"go.mod": "module example.com/shop\n\ngo 1.21\n"}, "", "find the module example.com/farm: "},
		"not in the module cache": {map[string]string{"go.mod": requires}, "", "find the module example.com/farm: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("GOFLAGS", test.goflags)
			t.Setenv("GOPROXY", "off")
			shop := filepath.Join(root, strings.ReplaceAll(name, " ", "-"))
			write(t, shop, test.files)
			got, err := build.Dir(t.Context(), shop, "example.com/farm")
			if err != nil {
				got = err.Error()
			} else if got, err = filepath.Rel(root, got); err != nil {
				t.Fatal(err)
			}
			if got != test.want && (!strings.HasSuffix(test.want, ": ") || !strings.HasPrefix(got, test.want)) {
				t.Errorf("want %q, got %q", test.want, got)
			}
		})
	}
}
