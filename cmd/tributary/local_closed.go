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

// printer prints environment variables, as shell commands for eval or as JSON.
type printer struct {
	w       io.Writer
	format  string // "env" or "json"
	stderr  io.Writer
	printed bool // whether a twin's environment was printed
}

// orClosedEnvironment calls run, which finds or starts a twin and prints its environment.
// If run fails, the closed environment is printed instead: variables with which AWS
// clients can't connect to anything. Otherwise a shell that evaluates the output of a
// failed command would call AWS.
//
// For a shell, the closed environment is printed first, and the twin's environment
// overrides it. So the shell gets it even if this process is killed. Nothing is printed
// on a terminal, because no shell evaluates the output.
func orClosedEnvironment(call *kong.Context, format string, run func(*printer) error) error {
	p := &printer{w: call.Stdout, format: format, stderr: call.Stderr}
	if isTerminal(call.Stdout) {
		return run(p)
	}
	if format == "env" {
		if err := p.printClosed(); err != nil {
			return err
		}
	}
	err := run(p)
	if err == nil || p.printed {
		return err
	}
	err = errors.Join(err, errClosed)
	if format == "json" {
		err = errors.Join(err, p.printClosed())
	}
	return err
}

// errClosed explains the closed environment. It is joined to the error that caused it.
var errClosed = errors.New(`a shell that evaluates this output can't call AWS; to use a twin: eval "$(tributary local up)"; to use AWS again: eval "$(tributary local down)"`)

// printClosed prints the closed environment.
func (p *printer) printClosed() error {
	vars := append(twin.ClosedEnvironment(), twin.Bypass(os.Environ())...)
	if p.format == "json" {
		return writeJSON(p.w, vars)
	}
	return writeShell(p.w, vars, shellFail)
}

// print prints a twin's environment.
func (p *printer) print(vars []twin.Variable) error {
	p.printed = true
	if p.format == "json" {
		return writeJSON(p.w, vars)
	}
	return writeShell(p.w, vars, shellSucceed)
}

// printOrExplain prints a twin's environment. On a terminal it prints how to use the
// twin, where local is the command "tributary local" with its flags.
func (p *printer) printOrExplain(local string, vars []twin.Variable) error {
	if p.format == "json" || !isTerminal(p.w) {
		return p.print(vars)
	}
	_, err := fmt.Fprintf(p.stderr, "%sto run a command on the twin: %[2]s exec -- npx cdk deploy; to use the twin in a shell: eval \"$(%[2]s env)\"\n", progressPrefix, local)
	return err
}

// writeJSON writes variables as a JSON object. The value null means that the variable
// must be unset.
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

// closeOnBadArguments prints the closed environment if err says that the arguments are
// invalid and the arguments look like "local up" or "local env", which a shell evaluates.
// They do if they contain one of these words and no other complete command. It returns
// err, joined with [errClosed] if it printed the closed environment.
func closeOnBadArguments(err error, args []string, stdout io.Writer) error {
	var parseErr *kong.ParseError
	if !errors.As(err, &parseErr) || isTerminal(stdout) {
		return err
	}
	if parseErr.Context != nil && parseErr.Context.Selected() != nil {
		command := parseErr.Context.Selected()
		if command.Leaf() && command.Name != "up" && command.Name != "env" {
			return err
		}
	}
	isPrinting := func(arg string) bool { return arg == "local" || arg == "up" || arg == "env" }
	if !slices.ContainsFunc(args, isPrinting) {
		return err
	}
	p := printer{w: stdout, format: "env"}
	if slices.Contains(args, "json") || slices.Contains(args, "--output=json") {
		p.format = "json"
	}
	return errors.Join(err, errClosed, p.printClosed())
}
