package templates

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// The files and directories of a group of templates.
const (
	linked     = "templates"  // directory of the templates, each <name>.json
	assemblies = "assemblies" // directory of the cloud assemblies, by the app's name
	stamp      = "sources"    // file with the hash of the sources; written last
	ending     = ".template.json"
)

// cached returns the templates in dir. If a source has changed since they were made, it
// first calls make, which writes them again.
func cached(dir string, make func(dir string) error) ([]Template, error) {
	now, err := sources(os.DirFS("."))
	if err != nil {
		return nil, err
	}
	if made, err := os.ReadFile(filepath.Join(dir, stamp)); err != nil || string(made) != now {
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
		if err := os.MkdirAll(filepath.Join(dir, linked), 0o750); err != nil {
			return nil, err
		}
		if err := make(dir); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, stamp), []byte(now), 0o600); err != nil {
			return nil, err
		}
	}
	return list(dir)
}

// list returns the templates in dir, which has one assembly for each template, or one
// assembly for all of them.
func list(dir string) ([]Template, error) {
	files, err := filepath.Glob(filepath.Join(dir, linked, "*.json"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s contains no templates; remove it, and run make iam or make templates again", dir)
	}
	templates := make([]Template, len(files))
	for i, file := range files {
		t := Template{Name: strings.TrimSuffix(filepath.Base(file), ".json"), File: file, Assembly: filepath.Join(dir, assemblies)}
		if own := filepath.Join(t.Assembly, t.Name); exists(own) {
			t.Assembly = own
		}
		templates[i] = t
	}
	return templates, err
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// apart are the names or paths of the directories that no template depends on.
var apart = []string{".git", ".ci", "build", "cdk.out", "docs", "node_modules", "internal/iamcheck", "internal/templatecheck", "internal/twin"}

// sources returns a hash of everything that a template can depend on: the apps, the
// function, cdk.json, go.mod, and the version of Go.
func sources(root fs.FS) (string, error) {
	hash := sha256.New()
	_, _ = io.WriteString(hash, runtime.Version())
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && (slices.Contains(apart, name) || slices.Contains(apart, path)):
			return fs.SkipDir
		case entry.IsDir(), strings.HasSuffix(name, "_test.go"), !slices.Contains([]string{".go", ".mod", ".sum", ".json"}, filepath.Ext(name)):
			return nil
		}
		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(hash, "%s %d\n", path, len(text))
		_, copied := io.Copy(hash, bytes.NewReader(text))
		return errors.Join(err, copied)
	})
	return hex.EncodeToString(hash.Sum(nil)), err
}
