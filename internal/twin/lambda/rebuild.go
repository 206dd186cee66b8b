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
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/lambda/build"
)

// rebuild returns a program for the host that is built from the same source as
// a Go bootstrap which the host can't run. It verifies the source: built here, for the
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
	if err := verify(ctx, asset, info, source, filepath.Join(dir, "again"), progress); err != nil {
		return "", err
	}
	partial := host + ".partial"
	if err := compile(ctx, source, info.Path, runtime.GOOS, runtime.GOARCH, partial, progress); err != nil {
		return "", err
	}
	return host, os.Rename(partial, host) //nolint:gosec // named by a hash
}

// moduleDir returns the directory of a module's source, as the go command
// finds it from where the twin was started.
func (p *programs) moduleDir(ctx context.Context, module string) (string, error) {
	dir, err := build.Dir(ctx, p.workDir, module)
	if err != nil {
		return "", fmt.Errorf("%w; start the twin in a directory whose go.mod requires that module, "+
			"or name an emulator, such as --emulator qemu-aarch64-static", err)
	}
	return dir, nil
}

// verify builds the asset again for its own platform and compares the bytes.
func verify(ctx context.Context, asset []byte, info *buildinfo.BuildInfo, source, out string, progress func(string)) error {
	goos, goarch := setting(info, "GOOS"), setting(info, "GOARCH")
	if err := compile(ctx, source, info.Path, goos, goarch, out, progress); err != nil {
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

// compile builds a package of the module in dir as the assets are built. It
// reports that it builds, and every few seconds that it still does.
func compile(ctx context.Context, dir, pkg, goos, goarch, out string, progress func(string)) error {
	start := time.Now()
	what := fmt.Sprintf("building %s for %s/%s", pkg, goos, goarch)
	progress(what)
	done := make(chan struct{})
	reporting := make(chan struct{})
	go func() {
		defer close(reporting)
		tick := time.NewTicker(3 * time.Second)
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
	err := build.Build(ctx, dir, pkg, goos, goarch, out)
	close(done)
	<-reporting
	return err
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
