// Package build compiles Tributary's Lambda function: for AWS at synth, and once
// more on a laptop whose processor can't run what goes to AWS. Both have to give
// the same bytes everywhere, so the flags stand here and nowhere else.
//
// It imports the standard library only.
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

// Module is the module that holds the function, and Package the function's own.
const (
	Module  = "github.com/tributary-cdk/tributary"
	Package = Module + "/lambda/ddl"
)

// Flags are what go build is run with. They keep out of the binary whatever
// differs from machine to machine: paths, version control, build ids.
func Flags() []string {
	return []string{"-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-tags=lambda.norpc"}
}

// Build compiles pkg within the module at dir, which may be read-only, for the
// platform goos/goarch, into the file out. The error holds what the compiler
// said.
func Build(ctx context.Context, dir, pkg, goos, goarch, out string) error {
	args := append(append([]string{"build"}, Flags()...), "-o", out, pkg)
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // runs the user's own toolchain
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0",
		"GOFLAGS=-mod=readonly", "GOWORK=off", "GOEXPERIMENT=", "GOARM64=", "GOAMD64=")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s in %s: %w%s", pkg, dir, explain(err), indented(said))
	}
	return nil
}

// Dir returns the directory of module as seen from dir: where the toolchain
// would compile it from. A vendored tree holds no more of a module than is imported,
// and so not the function: the module's own directory is looked for beside it.
func Dir(ctx context.Context, dir, module string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module) //nolint:gosec // runs the user's own toolchain
	cmd.Dir = dir
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("find the module %s: %w%s", module, explain(err), indented(said.Bytes()))
	}
	found := strings.TrimSpace(string(out))
	if found == "" {
		return "", fmt.Errorf("find the module %s: its source is not on this machine; run go mod download", module)
	}
	return found, nil
}

// explain says what to do where there is no toolchain.
func explain(err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%w; install Go from https://go.dev/dl, or bring a compiled function", err)
	}
	return err
}

func indented(said []byte) string {
	text := strings.TrimSpace(string(said))
	if text == "" {
		return ""
	}
	return "\n\t" + strings.ReplaceAll(text, "\n", "\n\t")
}
