package lambda_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin/lambda"
)

// foreign returns an architecture that the host cannot run, by Go's and by Lambda's
// name.
func foreign() (goarch, architecture string) {
	if runtime.GOARCH == "arm64" {
		return "amd64", "x86_64"
	}
	return "arm64", "arm64"
}

// goMod and mainGo are a module whose program ends with exit status 2. The program
// imports nothing, so that the go command compiles only package runtime for it.
const (
	goMod  = "module example.com/fn\n\ngo 1.26\n"
	mainGo = "package main\n\nfunc main() { panic(\"ran\") }\n"
)

// module writes the module into a new directory and returns the directory.
func module(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), goMod)
	write(t, filepath.Join(dir, "main.go"), mainGo)
	return dir
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// assets contains functions that compile the module as a CDK asset, by an additional flag
// of go build; the key is "" for no additional flag. Only the first call compiles.
var assets = map[string]func() ([]byte, error){
	"":            sync.OnceValues(func() ([]byte, error) { return compileAsset() }),
	"-tags=other": sync.OnceValues(func() ([]byte, error) { return compileAsset("-tags=other") }),
}

// asset returns a zip of the module's program, built for the foreign architecture as
// assets are built. Flag is an additional flag of go build; empty for none.
func asset(t *testing.T, flag string) *bytes.Reader {
	t.Helper()
	bootstrap, err := assets[flag]()
	if err != nil {
		t.Fatal(err)
	}
	return archive(t, map[string]string{"bootstrap": string(bootstrap)}, 0o755)
}

func compileAsset(flags ...string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "asset-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, "go.mod"), []byte(goMod), 0o600),
		os.WriteFile(filepath.Join(dir, "main.go"), []byte(mainGo), 0o600),
	); err != nil {
		return nil, err
	}
	goarch, _ := foreign()
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-tags", "lambda.norpc"}, flags...)
	cmd := exec.CommandContext(context.Background(), "go", append(args, "-o", "bootstrap", ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goarch, "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, text)
	}
	return os.ReadFile(filepath.Join(dir, "bootstrap"))
}

func TestForeignBootstrap(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		flag    string            // with which the asset is built
		change  map[string]string // files of the module that change after the asset was built
		wantErr string            // a regular expression of the error; empty if the function runs
	}{
		"the same source runs": {},
		"changed source is refused": {
			change:  map[string]string{"main.go": "package main\n\nfunc main() { panic(\"changed\") }\n"},
			wantErr: `differs from the asset's bootstrap: the source differs, since versions and flags are equal; run cdk synth again`,
		},
		"a different build flag is named": {
			flag:    "-tags=other",
			wantErr: `differs from the asset's bootstrap: build setting -tags: asset "other", here "lambda.norpc"`,
		},
		"absent source is refused": {
			change:  map[string]string{"go.mod": "module example.com/other\n\ngo 1.26\n"},
			wantErr: `(?s)find the module example.com/fn: .*start the twin in a directory whose go.mod requires that module`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := module(t)
			for file, text := range tt.change {
				write(t, filepath.Join(dir, file), text)
			}
			s, url := start(t, func(o *lambda.Options) { o.WorkDir = dir })
			c := config(t, "fn")
			_, c.Architecture = foreign()
			c.Code = asset(t, tt.flag)
			var progress []string
			err := s.Create(t.Context(), c, func(message string) { progress = append(progress, message) })
			if tt.wantErr != "" {
				if err == nil || !regexp.MustCompile(tt.wantErr).MatchString(err.Error()) {
					t.Errorf("got error %v\nwant %s", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := invoke(t, url, "fn", event{}); !strings.Contains(got, "exit status 2") {
				t.Errorf("got response %s, want the program's exit status 2", got)
			}
			if len(progress) < 2 {
				t.Errorf("got progress %q, want a line for each of the two builds", progress)
			}
		})
	}
}

func TestEmulator(t *testing.T) {
	t.Parallel()
	if runtime.GOARCH == "arm64" {
		t.Skip("the host runs arm64 programs without an emulator")
	}
	emulator := filepath.Join(t.TempDir(), "emulator")
	if err := os.WriteFile(emulator, []byte("#!/bin/sh\necho \"emulates $(basename $1)\"\nexit 9\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	s, url := start(t, func(o *lambda.Options) { o.Emulator = emulator })
	c := config(t, "fn")
	c.Architecture, c.Code = "arm64", asset(t, "")
	create(t, s, c)
	if got, _ := invoke(t, url, "fn", event{}); !strings.Contains(got, "exit status 9") {
		t.Errorf("got response %s, want the emulator's exit status 9", got)
	}
	if got := waitForLog(t, s, "fn", 5); !slices.Contains(got, "emulates bootstrap") {
		t.Errorf("got log %q, want the emulator's line in it", got)
	}
}
