// Package build compiles Tributary's Lambda function: for AWS at synthesis, and for the
// twin if this machine's processor can't run the function that was compiled for AWS. Both
// use the same flags, so that every machine compiles the same bytes.
//
// The package imports only the standard library.
package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

const (
	// Module is the path of the module that contains the function.
	Module = "github.com/tributary-cdk/tributary"
	// Package is the import path of the function's main package.
	Package = Module + "/lambda/ddl"
)

// Flags returns the flags for go build. They omit from the binary all that differs
// between machines: paths, version control information and build IDs.
func Flags() []string {
	return []string{"-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-tags=lambda.norpc"}
}

// Build compiles the package pkg of the module in the directory dir into the file out,
// for the platform goos/goarch. The directory may be read-only. The error includes the
// compiler's output.
func Build(ctx context.Context, dir, pkg, goos, goarch, out string) error {
	args := append(append([]string{"build"}, Flags()...), "-o", out, pkg)
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // runs the user's own Go toolchain
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0",
		"GOFLAGS=-mod=readonly", "GOWORK=off", "GOEXPERIMENT=", "GOARM64=", "GOAMD64=")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s in %s: %w%s", pkg, dir, explain(err), indented(output))
	}
	return nil
}

// Dir returns the directory with the source of module, as the main module in dir resolves
// it. It ignores a vendor directory, which contains only the packages that are imported,
// and so not the function.
func Dir(ctx context.Context, dir, module string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module) //nolint:gosec // runs the user's own Go toolchain
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("find the module %s: %w%s", module, explain(err), indented(stderr.Bytes()))
	}
	found := strings.TrimSpace(string(out))
	if found == "" {
		return "", fmt.Errorf("find the module %s: its source is not on this machine; run go mod download", module)
	}
	return found, nil
}

// explain adds a remedy to err if the go command doesn't exist.
func explain(err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%w; install Go from https://go.dev/dl, or supply a compiled function", err)
	}
	return err
}

// indented returns the output of a command to be appended to an error: on new lines,
// indented by a tab. It returns "" for no output.
func indented(output []byte) string {
	text := strings.TrimSpace(string(output))
	if text == "" {
		return ""
	}
	return "\n\t" + strings.ReplaceAll(text, "\n", "\n\t")
}
