package templates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"
)

// app is a CDK app with its settings. If it has a name, it has one stack, and the template
// gets that name. If it has no name, each template gets the name of its stack.
type app struct {
	name, program string
	settings      map[string]string
}

// build compiles commands into dir, and returns the paths of the programs by name.
func build(ctx context.Context, dir string, patterns ...string) (map[string]string, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", dir + "/"}, patterns...)...) //nolint:gosec // dir is ours
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build %v: %w\n%s", patterns, err, said)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	programs := map[string]string{}
	for _, file := range files {
		programs[filepath.Base(file)] = file
	}
	return programs, err
}

// synthesize runs each app once, and writes the templates into dir.
func synthesize(ctx context.Context, dir string, apps []app) error {
	base, err := baseContext()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	for _, a := range apps {
		group.Go(func() error {
			if err := a.synthesize(ctx, base, dir); err != nil {
				return fmt.Errorf("%s: %w", filepath.Base(a.program)+" "+a.name, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// baseContext returns the context in cdk.json.
func baseContext() (map[string]any, error) {
	text, err := os.ReadFile("cdk.json")
	if err != nil {
		return nil, err
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("cdk.json: %w", err)
	}
	return file.Context, nil
}

// synthesize runs the app as the CDK CLI does, but without CDK's validation, which other
// tests turn on. It links each template into the directory of templates.
func (a app) synthesize(ctx context.Context, base map[string]any, dir string) error {
	settings := maps.Clone(base)
	for key, value := range a.settings {
		settings["tributary:"+key] = value
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	assembly := filepath.Join(dir, assemblies, a.name)
	cmd := exec.CommandContext(ctx, a.program) //nolint:gosec // our own programs
	cmd.Env = append(
		os.Environ(), "CDK_CONTEXT_JSON="+string(text), "CDK_OUTDIR="+assembly, "CDK_VALIDATION=false",
		"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20",
	)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	made, err := filepath.Glob(filepath.Join(assembly, "*"+ending))
	switch {
	case err != nil:
		return err
	case a.name == "" && len(made) > 0:
	case len(made) != 1:
		return fmt.Errorf("want one template, got %q", made)
	}
	for _, file := range made {
		name := a.name
		if name == "" {
			name = strings.ToLower(strings.TrimSuffix(filepath.Base(file), ending))
		}
		err = errors.Join(err, os.Link(file, filepath.Join(dir, linked, name+".json")))
	}
	return err
}
