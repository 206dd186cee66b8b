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

// publish uploads the assets of a template's cloud assembly to the twin's asset bucket, as
// the CDK CLI does. It returns the text of the template.
//
// Source: https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cdk-assets-lib
func publish(ctx context.Context, env *environment, t templates.Template) (string, error) {
	manifests, err := filepath.Glob(filepath.Join(t.Assembly, "*.assets.json"))
	if err != nil || len(manifests) != 1 {
		return "", fmt.Errorf("%s: want one *.assets.json file, got %q (%w)", t.Assembly, manifests, err)
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
			continue // the template, which CreateStack receives as text
		}
		archive, err := pack(filepath.Join(t.Assembly, file.Source.Path))
		if err != nil {
			return "", err
		}
		for _, destination := range file.Destinations {
			path := "/cdk-hnb659fds-assets-" + twinAccount + "-" + twinRegion + "/" + destination.ObjectKey
			if _, err := env.send(ctx, http.MethodPut, "s3", path, archive); err != nil {
				return "", err
			}
		}
	}
	body, err := os.ReadFile(t.File)
	return string(body), err
}

// pack returns a ZIP archive of the files in a directory. The archive keeps the file modes.
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
