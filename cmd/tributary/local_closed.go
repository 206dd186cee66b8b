package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/alecthomas/kong"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// printer writes the environment of a twin for eval or, as JSON, for programs.
type printer struct {
	w       io.Writer
	format  string // env or json
	stderr  io.Writer
	printed bool
}

// whileClosed runs what finds or starts a twin and prints its environment.
// Whatever fails meanwhile, what it leaves on standard output lets AWS's clients
// reach nothing. For a shell, that is written first, and the twin's environment
// overrides it: so it is there even if this process is killed. On a terminal,
// where no shell evaluates it, it is left out.
func whileClosed(call *kong.Context, format string, run func(*printer) error) error {
	p := &printer{w: call.Stdout, format: format, stderr: call.Stderr}
	if isTerminal(call.Stdout) {
		return run(p)
	}
	if format == "env" {
		if err := p.close(); err != nil {
			return err
		}
	}
	err := run(p)
	if err == nil || p.printed {
		return err
	}
	err = errors.Join(err, errClosed)
	if format == "json" {
		err = errors.Join(err, p.close())
	}
	return err
}

// errClosed goes with the reason why there is no twin.
var errClosed = errors.New(`a shell that evaluates this output can't reach AWS; eval "$(tributary local up)" leads it to a twin, eval "$(tributary local down)" back to AWS`)

// close writes the closed environment.
func (p *printer) close() error {
	vars := append(twin.ClosedEnvironment(), twin.Bypass(os.Environ())...)
	if p.format == "json" {
		return writeJSON(p.w, vars)
	}
	return writeShell(p.w, vars, shellFail)
}

// print writes a twin's environment.
func (p *printer) print(vars []twin.Variable) error {
	p.printed = true
	if p.format == "json" {
		return writeJSON(p.w, vars)
	}
	return writeShell(p.w, vars, shellSucceed)
}

// lead writes the environment of a twin that has started, or, on a terminal, how
// to get it from local, which is how "tributary local" is called for it.
func (p *printer) lead(local string, vars []twin.Variable) error {
	if p.format == "json" || !isTerminal(p.w) {
		return p.print(vars)
	}
	_, err := fmt.Fprintf(p.stderr, "%srun commands on it with: %[2]s exec -- npx cdk deploy; or lead a shell to it with: eval \"$(%[2]s env)\"\n", progressPrefix, local)
	return err
}

// writeJSON writes variables as a JSON object in which null asks that a variable
// be unset.
func writeJSON(w io.Writer, vars []twin.Variable) error {
	object := map[string]*string{}
	for _, v := range vars {
		object[v.Name] = nil
		if !v.Unset {
			object[v.Name] = &v.Value
		}
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(object)
}

// closeMisused returns what went wrong. If that is arguments which could not be
// understood, and they may have been meant for "local up" or "local env", since
// they name one of them and no other command, it writes the closed environment.
func closeMisused(err error, args []string, stdout io.Writer) error {
	var misuse *kong.ParseError
	if !errors.As(err, &misuse) || isTerminal(stdout) {
		return err
	}
	if misuse.Context != nil && misuse.Context.Selected() != nil {
		command := misuse.Context.Selected()
		if command.Leaf() && command.Name != "up" && command.Name != "env" {
			return err
		}
	}
	meant := func(arg string) bool { return arg == "local" || arg == "up" || arg == "env" }
	if !slices.ContainsFunc(args, meant) {
		return err
	}
	p := printer{w: stdout, format: "env"}
	if slices.Contains(args, "json") || slices.Contains(args, "--output=json") {
		p.format = "json"
	}
	return errors.Join(err, errClosed, p.close())
}
