package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// These lines have the same meaning in sh, bash, zsh and fish. Each line ends with a
// semicolon, because eval without double quotes joins the lines.
const (
	// shellUnset unsets variables. fish has no command unset and uses set -eg instead. It
	// is detected because only fish reads \x41 as the letter A.
	//
	// Source: https://fishshell.com/docs/current/language.html#quotes
	shellUnset = "test \\x41 = x41 && unset %[1]s;\ntest \\x41 = A && set -eg %[1]s;\n"
	// shellFail makes eval fail if it is the last line. That ends a shell with set -e. If
	// other lines follow, shellFail has no effect, because set -e ignores a failure of the
	// first command of an && list.
	shellFail = "false && true;\n"
	// shellSucceed makes eval succeed if it is the last line.
	shellSucceed = "true;\n"
)

// writeShell writes shell commands that set and unset variables. The last line, which is
// shellFail or shellSucceed, determines the exit status of eval.
func writeShell(w io.Writer, vars []twin.Variable, last string) error {
	var lines strings.Builder
	var unset []string
	for _, v := range vars {
		if v.Unset {
			unset = append(unset, v.Name)
		} else {
			_, _ = fmt.Fprintf(&lines, "export %s=%s;\n", v.Name, quote(v.Value))
		}
	}
	if len(unset) > 0 {
		_, _ = fmt.Fprintf(&lines, shellUnset, strings.Join(unset, " "))
	}
	_, err := io.WriteString(w, lines.String()+last)
	return err
}

// quote returns s as one shell word. It puts s in single quotes, except for the single
// quotes and the backslashes in s. It escapes these outside of the quotes, because fish
// treats some backslashes in single quotes as escapes and the other shells don't.
func quote(s string) string {
	return "'" + strings.NewReplacer(`'`, `'\''`, `\`, `'\\'`).Replace(s) + "'"
}
