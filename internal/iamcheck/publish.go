package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/tributary-cdk/tributary/internal/templates"
)

// publish puts the assets of a template's assembly where the stack looks for them, as
// the CDK CLI does, and returns the template.
//
// Source: https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cdk-assets-lib
func publish(ctx context.Context, w *world, t templates.Template) (string, error) {
	manifests, err := filepath.Glob(filepath.Join(t.Assembly, "*.assets.json"))
	if err != nil || len(manifests) != 1 {
		return "", fmt.Errorf("%s: want one list of assets, got %q (%w)", t.Assembly, manifests, err)
	}
	text, err := os.ReadFile(manifests[0])
	if err != nil {
		return "", err
	}
	var manifest struct {
		Files map[string]struct {
			Source       struct{ Path, Packaging string }
			Destinations map[string]struct{ ObjectKey string }
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return "", fmt.Errorf("%s: %w", manifests[0], err)
	}
	for _, file := range manifest.Files {
		if file.Source.Packaging != "zip" {
			continue // the template itself
		}
		archive, err := pack(filepath.Join(t.Assembly, file.Source.Path))
		if err != nil {
			return "", err
		}
		for _, to := range file.Destinations {
			path := "/cdk-hnb659fds-assets-" + twinAccount + "-" + twinRegion + "/" + to.ObjectKey
			if _, err := w.send(ctx, http.MethodPut, "s3", path, archive); err != nil {
				return "", err
			}
		}
	}
	body, err := os.ReadFile(t.File)
	return string(body), err
}

// pack returns a directory's files, as a ZIP archive that keeps their modes.
func pack(dir string) ([]byte, error) {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		header, err := zip.FileInfoHeader(info)
		if err != nil {
			return err
		}
		header.Name, header.Method = path, zip.Store
		to, err := w.CreateHeader(header)
		if err != nil {
			return err
		}
		text, err := fs.ReadFile(root, path)
		if err == nil {
			_, err = to.Write(text)
		}
		return err
	})
	err = errors.Join(err, w.Close())
	return archive.Bytes(), err
}
