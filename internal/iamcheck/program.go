package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// directory is the directory of reference.py and simulate.mjs, relative to the repository's
// root.
const directory = "internal/iamcheck"

// run runs a program. It writes in as JSON to the program's standard input, unless in is
// nil, and decodes the JSON on its standard output into out.
func run(ctx context.Context, in, out any, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // the program is Node or the configured Python
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	var stdin io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		stdin = strings.NewReader(string(text))
	}
	var stderr strings.Builder
	cmd.Stdin, cmd.Stderr = stdin, &stderr
	text, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w; run make iam, which installs the program", err)
	}
	if err == nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, stderr.String())
	}
	return nil
}
