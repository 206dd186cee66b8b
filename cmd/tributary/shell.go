package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// The lines that a shell evaluates mean the same to sh, bash, zsh and fish. Each
// ends with a semicolon, so that they work on one line, too: eval without double
// quotes joins them.
const (
	// shellUnset unsets variables in all of them. fish, which has no unset, is
	// told by its reading of \x41 as the letter A.
	//
	// Source: https://fishshell.com/docs/current/language.html#quotes
	shellUnset = "test \\x41 = x41 && unset %[1]s;\ntest \\x41 = A && set -eg %[1]s;\n"
	// shellFail makes eval fail if it comes last, which ends a shell with set -e.
	// If more lines follow, it does nothing: set -e lets the first command of a
	// list fail.
	shellFail = "false && true;\n"
	// shellSucceed makes eval succeed.
	shellSucceed = "true;\n"
)

// writeShell writes lines that set and unset variables in a shell, and one more
// line that decides how eval ends.
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

// quote returns s as one word of a shell. Within single quotes, fish takes some
// backslashes for escapes and the others do not; so they stand outside.
func quote(s string) string {
	return "'" + strings.NewReplacer(`'`, `'\''`, `\`, `'\\'`).Replace(s) + "'"
}
