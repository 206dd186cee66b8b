package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
)

// notViable is the exit status of "go test" that gremlins takes to mean that the code
// didn't compile.
const notViable = 2

// wrapGo runs the go command at path and returns its exit status. It corrects what
// gremlins would get wrong: see the package's documentation.
func wrapGo(path string, args []string) int {
	isTest := len(args) > 0 && args[0] == "test"
	if isTest {
		args = append([]string{"test", "-vet=off"}, args[1:]...) // a mutant is to be found by a test
	}
	var said bytes.Buffer
	cmd := exec.Command(path, args...) // #nosec G204 G702 -- the go command
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, io.MultiWriter(os.Stdout, &said), os.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && isTest && bytes.Contains(said.Bytes(), []byte("[build failed]")):
		return notViable
	case errors.As(err, &exit):
		return exit.ExitCode()
	case err != nil:
		fmt.Fprintln(os.Stderr, "mutate:", err)
		return 1
	}
	if i := slices.Index(args, "-coverprofile"); isTest && i >= 0 {
		if err := completeProfile(args[i+1]); err != nil {
			fmt.Fprintln(os.Stderr, "mutate: complete the coverage profile:", err)
			return 1
		}
	}
	return 0
}
