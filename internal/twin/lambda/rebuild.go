package lambda

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// buildFlags are the flags that a function's asset is built with, at synth and
// here. Equal source then gives equal bytes, on every machine.
func buildFlags() []string {
	return []string{"-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-tags", "lambda.norpc"}
}

// rebuild returns a program for the host that is built from the same source as
// a Go bootstrap which the host can't run. The proof: built here, for the
// bootstrap's own platform, that source gives the bootstrap's very bytes. What
// differs is named in the error else.
func (p *programs) rebuild(ctx context.Context, bootstrap string, progress func(string)) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asset, err := os.ReadFile(bootstrap)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(asset)
	dir := filepath.Join(p.dir, hex.EncodeToString(sum[:]))
	host := filepath.Join(dir, "bootstrap")
	if _, err := os.Stat(host); err == nil { //nolint:gosec // named by a hash
		return host, nil // built for an earlier function with the same code
	}
	info, err := buildinfo.Read(bytes.NewReader(asset))
	if err != nil {
		return "", fmt.Errorf("and it isn't a Go program that could be built again (%w); name an emulator, such as --emulator qemu-aarch64-static", err)
	}
	source, err := p.moduleDir(ctx, info.Main.Path)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil { //nolint:gosec // named by a hash
		return "", err
	}
	if err := prove(ctx, asset, info, source, filepath.Join(dir, "proof"), progress); err != nil {
		return "", err
	}
	partial := host + ".partial"
	if err := build(ctx, source, info.Path, runtime.GOOS, runtime.GOARCH, partial, progress); err != nil {
		return "", err
	}
	return host, os.Rename(partial, host) //nolint:gosec // named by a hash
}

// moduleDir returns the directory of a module's source, as the go command
// finds it from where the twin was started.
func (p *programs) moduleDir(ctx context.Context, module string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module) //nolint:gosec // the module's name is an argument, not a command
	cmd.Dir = p.workDir
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	out, err := run(cmd)
	dir := strings.TrimSpace(out)
	if err == nil && dir == "" {
		err = errors.New("go list names no directory; run go mod download")
	}
	if err != nil {
		return "", fmt.Errorf("the source of module %s, to build it again: %w; "+
			"start the twin in a directory whose go.mod requires that module, or name an emulator, such as --emulator qemu-aarch64-static", module, err)
	}
	return dir, nil
}

// prove builds the asset again for its own platform and compares the bytes.
func prove(ctx context.Context, asset []byte, info *buildinfo.BuildInfo, source, out string, progress func(string)) error {
	goos, goarch := setting(info, "GOOS"), setting(info, "GOARCH")
	if err := build(ctx, source, info.Path, goos, goarch, out, progress); err != nil {
		return err
	}
	again, err := os.ReadFile(out)                          //nolint:gosec // named by a hash
	if err = errors.Join(err, os.Remove(out)); err != nil { //nolint:gosec // named by a hash
		return err
	}
	if bytes.Equal(asset, again) {
		return nil
	}
	here, err := buildinfo.Read(bytes.NewReader(again))
	if err != nil {
		return err
	}
	return fmt.Errorf("and what %s gives for %s/%s is not the asset: %s; synthesize again, or name an emulator, such as --emulator qemu-aarch64-static",
		source, goos, goarch, strings.Join(differences(info, here), "; "))
}

// build builds a package of the module in dir as the assets are built. It
// reports that it builds, and every few seconds that it still does.
func build(ctx context.Context, dir, pkg, goos, goarch, out string, progress func(string)) error {
	args := append(append([]string{"build"}, buildFlags()...), "-o", out, pkg)
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the package's name is an argument, not a command
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch, "GOFLAGS=")
	start := time.Now()
	what := fmt.Sprintf("building %s for %s/%s", pkg, goos, goarch)
	progress(what)
	done := make(chan struct{})
	reporting := make(chan struct{})
	go func() {
		defer close(reporting)
		tick := time.NewTicker(4 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				progress(fmt.Sprintf("%s: %d s", what, int(time.Since(start).Seconds())))
			}
		}
	}()
	_, err := run(cmd)
	close(done)
	<-reporting
	if err != nil {
		return fmt.Errorf("%s in %s: %w", what, dir, err)
	}
	return nil
}

// run runs a command and returns its output, or an error that holds what it
// wrote on standard error.
func run(cmd *exec.Cmd) (string, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}

// differences names what two builds of one package were built from that is not
// the same.
func differences(asset, here *buildinfo.BuildInfo) []string {
	var out []string
	compare := func(what, a, b string) {
		if a != b {
			out = append(out, fmt.Sprintf("%s: asset %q, here %q", what, a, b))
		}
	}
	compare("go version", asset.GoVersion, here.GoVersion)
	compare("module "+asset.Main.Path, asset.Main.Version, here.Main.Version)
	for _, s := range asset.Settings {
		compare("build setting "+s.Key, s.Value, setting(here, s.Key))
	}
	for _, s := range here.Settings {
		if setting(asset, s.Key) == "" {
			compare("build setting "+s.Key, "", s.Value)
		}
	}
	assetDeps, hereDeps := dependencies(asset), dependencies(here)
	for _, d := range asset.Deps {
		compare("dependency "+d.Path, assetDeps[d.Path], hereDeps[d.Path])
	}
	for _, d := range here.Deps {
		if _, ok := assetDeps[d.Path]; !ok {
			compare("dependency "+d.Path, "", hereDeps[d.Path])
		}
	}
	if len(out) == 0 {
		return []string{"the source differs, since versions and flags are the same"}
	}
	return out
}

// dependencies maps the modules that went into a build to their versions and
// sums, replacements followed.
func dependencies(info *buildinfo.BuildInfo) map[string]string {
	out := map[string]string{}
	for _, d := range info.Deps {
		m := d
		if d.Replace != nil {
			m = d.Replace
		}
		out[d.Path] = strings.TrimSpace(m.Version + " " + m.Sum)
	}
	return out
}

func setting(info *buildinfo.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
