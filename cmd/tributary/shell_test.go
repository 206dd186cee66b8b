package main

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// shells returns those shells that the lines are for and that are installed.
func shells(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range []string{"sh", "dash", "bash", "zsh", "fish"} {
		if path, err := exec.LookPath(name); err == nil {
			found[name] = path
		}
	}
	if len(found) == 0 {
		t.Fatal("found no shell; want sh at least")
	}
	return found
}

// script runs a shell's words in an environment and returns what they print. Its
// startup files are left out.
func script(t *testing.T, name, path string, environ []string, words string) string {
	t.Helper()
	args := map[string][]string{"bash": {"--norc"}, "zsh": {"-f"}, "fish": {"--no-config"}}[name]
	cmd := exec.CommandContext(t.Context(), path, append(args, "-c", words)...)
	cmd.Env = append([]string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + t.TempDir()}, environ...)
	out, err := cmd.Output()
	if err != nil && !errors.As(err, new(*exec.ExitError)) { // how it ends is part of no test: what it printed is
		t.Fatal(err)
	}
	return string(out)
}

// nasty is a value that holds what shells treat in their own ways.
const nasty = `it's "$HOME" \n \' \\ * ~ ` + "`false`" + ` !! #x; (a) {b,c}  two  blanks`

func TestShellsReadTheLines(t *testing.T) {
	t.Parallel()
	vars := []twin.Variable{{Name: "A", Value: nasty}, {Name: "EMPTY"}, {Name: "GONE", Unset: true}, {Name: "NEVER", Unset: true}}
	tests := map[string]struct {
		last string
		how  string // LINES stands for the lines
		want string
	}{
		"success":         {shellSucceed, `eval "LINES" && echo ok; printf "%s" "$A"; env | grep -e ^EMPTY= -e ^GONE= -e ^NEVER=`, "ok\n" + nasty + "EMPTY=\n"},
		"failure":         {shellFail, `eval "LINES" && echo ok; printf "%s" "$A"; env | grep -e ^EMPTY= -e ^GONE= -e ^NEVER=`, nasty + "EMPTY=\n"},
		"then a success":  {shellFail + "export B=b;\n", `eval "LINES" && echo ok $B`, "ok b\n"},
		"without quoting": {shellFail, `eval UNQUOTED && echo ok; env | grep -c -e ^GONE= -e ^NEVER=`, "0\n"},
	}
	for name, path := range shells(t) {
		for what, test := range tests {
			t.Run(name+"/"+what, func(t *testing.T) {
				t.Parallel()
				var lines bytes.Buffer
				if err := writeShell(&lines, vars, test.last); err != nil {
					t.Fatal(err)
				}
				unquoted := "$(printenv LINES)"
				if name == "fish" {
					unquoted = "(printenv LINES)"
				}
				words := strings.NewReplacer(`"LINES"`, `"$(printenv LINES)"`, "UNQUOTED", unquoted).Replace(test.how)
				got := script(t, name, path, []string{"LINES=" + lines.String(), "GONE=x", "A=old"}, words)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s\n(-want +got):\n%s", words, diff)
				}
			})
		}
	}
}

func TestShellsThatEndOnErrors(t *testing.T) {
	t.Parallel()
	for name, path := range shells(t) {
		if name == "fish" { // has no set -e
			continue
		}
		for last, want := range map[string]string{shellFail: "", shellFail + shellSucceed: "went on\n"} {
			t.Run(name+"/"+last, func(t *testing.T) {
				t.Parallel()
				var lines bytes.Buffer
				if err := writeShell(&lines, []twin.Variable{{Name: "A", Value: "a"}, {Name: "GONE", Unset: true}}, last); err != nil {
					t.Fatal(err)
				}
				got := script(t, name, path, []string{"LINES=" + lines.String()}, `set -eu; eval "$(printenv LINES)"; echo went on`)
				if got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		}
	}
}
