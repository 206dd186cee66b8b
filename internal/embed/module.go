package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"

	"github.com/tributary-cdk/tributary/lambda/build"
)

// consumer is the source of the consumer's app.
//
//go:embed consumer/main.go.txt
var consumer []byte

// version is the version of Tributary that the module proxy serves.
const version = "v0.0.1"

// fromProxy creates the consumer's module with Tributary from a module proxy, and
// synthesizes its app. All other modules come from the user's module cache. fromProxy
// returns an error if synthesis changes Tributary's files in the run's module cache.
func (e *embedding) fromProxy(ctx context.Context) (*assembly, error) {
	e.step("creating a module proxy with the current files of Tributary")
	source, err := e.copyTo(ctx, filepath.Join(e.temp, "first"))
	if err != nil {
		return nil, err
	}
	proxy := filepath.Join(e.temp, "proxy")
	if err := writeProxy(source, proxy); err != nil {
		return nil, err
	}
	local, err := e.command(ctx, e.root, nil, "go", "env", "GOMODCACHE")
	if err != nil {
		return nil, err
	}
	fetch := []string{
		"GOPROXY=file://" + proxy + ",file://" + filepath.Join(strings.TrimSpace(string(local)), "cache", "download"),
		"GOMODCACHE=" + e.cache(), "GOSUMDB=off", "GOFLAGS=-mod=mod", "GOWORK=off",
	}
	e.step("creating another module: go get " + build.Module)
	dir := filepath.Join(e.temp, "shop")
	if err := writeModule(dir, ""); err != nil {
		return nil, err
	}
	if _, err := e.command(ctx, dir, fetch, "go", "get", build.Module+"@"+version); err != nil {
		return nil, err
	}
	before, err := e.listing()
	if err != nil {
		return nil, err
	}
	a, err := e.synthesize(ctx, dir, fetch)
	if err != nil {
		return nil, err
	}
	after, err := e.listing()
	if err == nil && after != before {
		err = errors.New("synthesis changed Tributary's files in the module cache")
	}
	return a, err
}

// fromDirectory creates the consumer's module with a replace directive for Tributary, and
// synthesizes its app. The directive names a copy of the repository at another path.
func (e *embedding) fromDirectory(ctx context.Context) (*assembly, error) {
	e.step("creating another module with a replace directive for Tributary")
	source, err := e.copyTo(ctx, filepath.Join(e.temp, "somewhere", "else", "altogether"))
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(e.temp, "replaced")
	if err := writeModule(dir, source); err != nil {
		return nil, err
	}
	offline := []string{
		"GOPROXY=file://" + filepath.Join(e.cache(), "cache", "download"), "GOMODCACHE=" + e.cache(), "GOSUMDB=off", "GOFLAGS=-mod=mod", "GOWORK=off",
	}
	return e.synthesize(ctx, dir, offline)
}

// copyTo copies the repository's files to dir, committed or not, without the files that git
// ignores. It returns dir.
func (e *embedding) copyTo(ctx context.Context, dir string) (string, error) {
	output, err := e.command(ctx, e.root, nil, "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
	if err != nil {
		return "", err
	}
	for _, name := range strings.Split(strings.TrimRight(string(output), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(e.root, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted, but the deletion is not committed
		}
		if err != nil {
			return "", err
		}
		to := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, data, 0o600)); err != nil { //nolint:gosec // git lists only files within the repository
			return "", err
		}
	}
	return dir, nil
}

// writeProxy writes a file-based module proxy to the directory proxy. It serves one version
// of Tributary, with the files in the directory source.
//
// Source: https://go.dev/ref/mod#goproxy-protocol
func writeProxy(source, proxy string) error {
	dir := filepath.Join(proxy, filepath.FromSlash(build.Module), "@v")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	mod, err := os.ReadFile(filepath.Join(source, "go.mod"))
	if err != nil {
		return err
	}
	info, err := json.Marshal(map[string]any{"Version": version, "Time": time.Now().UTC()})
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{"list": []byte(version + "\n"), version + ".info": info, version + ".mod": mod} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	file, err := os.Create(filepath.Join(dir, version+".zip"))
	if err != nil {
		return err
	}
	return errors.Join(zip.CreateFromDir(file, module.Version{Path: build.Module, Version: version}, source), file.Close())
}

// writeModule writes the consumer's module to dir. Unless replacement is empty, go.mod has a
// directive that replaces Tributary by this directory.
func writeModule(dir, replacement string) error {
	text := "module example.com/shop\n\ngo 1.26.0\n"
	if replacement != "" {
		text += fmt.Sprintf("\nrequire %[1]s %[2]s\n\nreplace %[1]s => %[3]s\n", build.Module, version, replacement)
	}
	return errors.Join(
		os.MkdirAll(dir, 0o700),
		os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600),
		os.WriteFile(filepath.Join(dir, "main.go"), consumer, 0o600),
	)
}

// listing returns a line for each of Tributary's files in the module cache, with path, size
// and modification time. It returns an error if a file or directory is writable.
func (e *embedding) listing() (string, error) {
	var text strings.Builder
	dir := filepath.Join(e.cache(), filepath.FromSlash(build.Module)+"@"+version)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o222 != 0 {
			return fmt.Errorf("%q is writable; the module cache must be read-only", path)
		}
		_, err = fmt.Fprintln(&text, path, info.Size(), info.ModTime())
		return err
	})
	return text.String(), err
}
