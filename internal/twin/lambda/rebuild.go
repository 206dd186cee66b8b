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

// rebuild compiles, for the host, the source of a Go bootstrap that the host can't run,
// and returns the path of the program. To verify the source, it first compiles it for
// the bootstrap's own platform. It returns an error that names the differences if that
// does not give the same bytes as the bootstrap.
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
		return host, nil // an earlier function had the same code
	}
	info, err := buildinfo.Read(bytes.NewReader(asset))
	if err != nil {
		return "", fmt.Errorf("only a Go program can be compiled again for this host: %w; name an emulator, such as --emulator qemu-aarch64-static", err)
	}
	source, err := p.moduleDir(ctx, info.Main.Path)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil { //nolint:gosec // named by a hash
		return "", err
	}
	if err := verify(ctx, asset, info, source, filepath.Join(dir, "verified"), progress); err != nil {
		return "", err
	}
	partial := host + ".partial"
	if err := compile(ctx, source, info.Path, runtime.GOOS, runtime.GOARCH, partial, progress); err != nil {
		return "", err
	}
	return host, os.Rename(partial, host) //nolint:gosec // named by a hash
}

// moduleDir returns the directory of a module's source. The go command finds it,
// starting from workDir.
func (p *programs) moduleDir(ctx context.Context, module string) (string, error) {
	dir, err := build.Dir(ctx, p.workDir, module)
	if err != nil {
		return "", fmt.Errorf("%w; start the twin in a directory whose go.mod requires that module, "+
			"or name an emulator, such as --emulator qemu-aarch64-static", err)
	}
	return dir, nil
}

// verify compiles the asset's package for the asset's own platform, into the file out,
// and removes the file. It returns an error if the bytes differ from the asset.
func verify(ctx context.Context, asset []byte, info *buildinfo.BuildInfo, source, out string, progress func(string)) error {
	goos, goarch := setting(info, "GOOS"), setting(info, "GOARCH")
	if err := compile(ctx, source, info.Path, goos, goarch, out, progress); err != nil {
		return err
	}
	built, err := os.ReadFile(out)                          //nolint:gosec // named by a hash
	if err = errors.Join(err, os.Remove(out)); err != nil { //nolint:gosec // named by a hash
		return err
	}
	if bytes.Equal(asset, built) {
		return nil
	}
	here, err := buildinfo.Read(bytes.NewReader(built))
	if err != nil {
		return err
	}
	return fmt.Errorf("the bootstrap compiled from %s for %s/%s differs from the asset's bootstrap: %s; run cdk synth again, or name an emulator, such as --emulator qemu-aarch64-static",
		source, goos, goarch, strings.Join(differences(info, here), "; "))
}

// compile builds a package of the module in dir with the flags of assets. It calls
// progress when the build starts, and every three seconds while it lasts.
func compile(ctx context.Context, dir, pkg, goos, goarch, out string, progress func(string)) error {
	start := time.Now()
	message := fmt.Sprintf("building %s for %s/%s", pkg, goos, goarch)
	progress(message)
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
				progress(fmt.Sprintf("%s: %d s", message, int(time.Since(start).Seconds())))
			}
		}
	}()
	err := build.Build(ctx, dir, pkg, goos, goarch, out)
	close(done)
	<-reporting
	return err
}

// differences lists what differs between the build information of the asset and of the
// same package compiled here: the Go version, versions of modules, and build settings.
func differences(asset, here *buildinfo.BuildInfo) []string {
	var out []string
	compare := func(name, a, b string) {
		if a != b {
			out = append(out, fmt.Sprintf("%s: asset %q, here %q", name, a, b))
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
		return []string{"the source differs, since versions and flags are equal"}
	}
	return out
}

// dependencies maps the path of each module that a build depends on to the module's
// version and checksum. For a replaced module, they are those of the replacement.
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

// setting returns the value of a build setting, such as "GOARCH"; empty if the build
// has no such setting.
func setting(info *buildinfo.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
