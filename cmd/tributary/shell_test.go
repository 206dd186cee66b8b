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

// shells returns the path of each supported shell that is installed, by its name.
func shells(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range []string{"sh", "dash", "bash", "zsh", "fish"} {
		if path, err := exec.LookPath(name); err == nil {
			found[name] = path
		}
	}
	if len(found) == 0 {
		t.Fatal("found no shell; want at least sh")
	}
	return found
}

// runScript runs a script in a shell, without the shell's startup files. It returns
// standard output, also if the script fails.
func runScript(t *testing.T, name, path string, environ []string, script string) string {
	t.Helper()
	args := map[string][]string{"bash": {"--norc"}, "zsh": {"-f"}, "fish": {"--no-config"}}[name]
	cmd := exec.CommandContext(t.Context(), path, append(args, "-c", script)...)
	cmd.Env = append([]string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + t.TempDir()}, environ...)
	out, err := cmd.Output()
	if err != nil && !errors.As(err, new(*exec.ExitError)) { // the tests compare only the output
		t.Fatal(err)
	}
	return string(out)
}

// special is a value with characters that have a special meaning in shells.
const special = `it's "$HOME" \n \' \\ * ~ ` + "`false`" + ` !! #x; (a) {b,c}  two  blanks`

func TestShellsEvaluateTheLines(t *testing.T) {
	t.Parallel()
	vars := []twin.Variable{{Name: "A", Value: special}, {Name: "EMPTY"}, {Name: "GONE", Unset: true}, {Name: "NEVER", Unset: true}}
	tests := map[string]struct {
		last   string // last line
		script string // in which LINES is replaced by a command substitution
		want   string // standard output
	}{
		"success":                   {shellSucceed, `eval "LINES" && echo ok; printf "%s" "$A"; env | grep -e ^EMPTY= -e ^GONE= -e ^NEVER=`, "ok\n" + special + "EMPTY=\n"},
		"failure":                   {shellFail, `eval "LINES" && echo ok; printf "%s" "$A"; env | grep -e ^EMPTY= -e ^GONE= -e ^NEVER=`, special + "EMPTY=\n"},
		"failure, then other lines": {shellFail + "export B=b;\n", `eval "LINES" && echo ok $B`, "ok b\n"},
		"without quoting":           {shellFail, `eval UNQUOTED && echo ok; env | grep -c -e ^GONE= -e ^NEVER=`, "0\n"},
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
				script := strings.NewReplacer(`"LINES"`, `"$(printenv LINES)"`, "UNQUOTED", unquoted).Replace(test.script)
				got := runScript(t, name, path, []string{"LINES=" + lines.String(), "GONE=x", "A=old"}, script)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s\n(-want +got):\n%s", script, diff)
				}
			})
		}
	}
}

func TestShellsWithSetE(t *testing.T) {
	t.Parallel()
	for name, path := range shells(t) {
		if name == "fish" { // fish has no set -e
			continue
		}
		for last, want := range map[string]string{shellFail: "", shellFail + shellSucceed: "went on\n"} {
			t.Run(name+"/"+last, func(t *testing.T) {
				t.Parallel()
				var lines bytes.Buffer
				if err := writeShell(&lines, []twin.Variable{{Name: "A", Value: "a"}, {Name: "GONE", Unset: true}}, last); err != nil {
					t.Fatal(err)
				}
				got := runScript(t, name, path, []string{"LINES=" + lines.String()}, `set -eu; eval "$(printenv LINES)"; echo went on`)
				if got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		}
	}
}
