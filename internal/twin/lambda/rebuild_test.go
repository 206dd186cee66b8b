package lambda_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin/lambda"
)

// foreign is an architecture that the host cannot run, in Go's and in Lambda's
// words.
func foreign() (goarch, architecture string) {
	if runtime.GOARCH == "arm64" {
		return "amd64", "x86_64"
	}
	return "arm64", "arm64"
}

// module writes a module whose program ends with exit status 7.
func module(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/fn\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(7) }\n")
	return dir
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// asset builds the module in dir as the assets are built.
func asset(t *testing.T, dir string, flags ...string) *bytes.Reader {
	t.Helper()
	goarch, _ := foreign()
	out := filepath.Join(t.TempDir(), "bootstrap")
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-tags", "lambda.norpc"}, flags...)
	cmd := exec.CommandContext(t.Context(), "go", append(args, "-o", out, ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goarch, "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	built, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return archive(t, map[string]string{"bootstrap": string(built)}, 0o755)
}

func TestForeignBootstrap(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		flags  []string
		change func(t *testing.T, dir string)
		want   string // a regular expression of the error; empty means that it runs
	}{
		"same source runs": {nil, func(*testing.T, string) {}, ""},
		"changed source is refused": {
			nil,
			func(t *testing.T, dir string) {
				t.Helper()
				write(t, filepath.Join(dir, "main.go"), "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(8) }\n")
			},
			`is not the asset: the source differs, since versions and flags are the same; synthesize again`,
		},
		"other flags are named": {
			[]string{"-tags", "mine"},
			func(*testing.T, string) {},
			`is not the asset: build setting -tags: asset "mine", here "lambda.norpc"`,
		},
		"absent source is refused": {
			nil,
			func(t *testing.T, dir string) {
				t.Helper()
				write(t, filepath.Join(dir, "go.mod"), "module example.com/other\n\ngo 1.26\n")
			},
			`(?s)find the module example.com/fn: .*start the twin in a directory whose go.mod requires that module`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := module(t)
			s, url := start(t, func(o *lambda.Options) { o.WorkDir = dir })
			c := config(t, "fn")
			_, c.Architecture = foreign()
			c.Code = asset(t, dir, tt.flags...)
			tt.change(t, dir)
			var progress []string
			err := s.Create(t.Context(), c, func(message string) { progress = append(progress, message) })
			if tt.want != "" {
				if err == nil || !regexp.MustCompile(tt.want).MatchString(err.Error()) {
					t.Errorf("got %v\nwant %s", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := invoke(t, url, "fn", event{}); !strings.Contains(got, "exit status 7") {
				t.Errorf("got %s, want it run: exit status 7", got)
			}
			if len(progress) < 2 {
				t.Errorf("got progress %q, want a line for each build", progress)
			}
		})
	}
}

func TestEmulator(t *testing.T) {
	t.Parallel()
	if runtime.GOARCH == "arm64" {
		t.Skip("the host runs arm64 itself")
	}
	dir := t.TempDir()
	emulator := filepath.Join(dir, "emulator")
	if err := os.WriteFile(emulator, []byte("#!/bin/sh\necho \"emulates $(basename $1)\"\nexit 9\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	s, url := start(t, func(o *lambda.Options) { o.Emulator = emulator })
	c := config(t, "fn")
	c.Architecture, c.Code = "arm64", asset(t, module(t))
	create(t, s, c)
	if got, _ := invoke(t, url, "fn", event{}); !strings.Contains(got, "exit status 9") {
		t.Errorf("got %s, want the emulator's exit status 9", got)
	}
	if got := logged(t, s, "fn", 5); !slices.Contains(got, "emulates bootstrap") {
		t.Errorf("got log %q, want the emulator's line", got)
	}
}
