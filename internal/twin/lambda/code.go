package lambda

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// maxCode is the most that a function's code may be unpacked, in bytes.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maxCode = 262144000

// unpack returns a function whose code lies in a directory of its own.
func (s *Service) unpack(c Config) (*function, error) {
	parent := filepath.Join(s.Dir, "code")
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, c.Name+"-")
	if err != nil {
		return nil, err
	}
	if err := unzip(c.Code, dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	sum := sha256.Sum256(c.Code)
	return &function{
		Config: c, arn: s.ARN(c.Name), dir: dir, sha256: base64.StdEncoding.EncodeToString(sum[:]),
		updated: time.Now().UTC(), running: map[*environment]struct{}{},
	}, nil
}

// unzip writes an archive's files below dir, and refuses one that reaches
// outside, holds anything but files and directories, or is too large.
func unzip(archive []byte, dir string) error {
	zr, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return wire.Errorf("InvalidParameterValueException", "Could not unzip uploaded file. Please check your file, then try to upload again. (%v)", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	left := int64(maxCode)
	for _, f := range zr.File {
		if left, err = unzipFile(root, f, left); err != nil {
			return fmt.Errorf("code: %w", err)
		}
	}
	info, err := root.Stat("bootstrap")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return wire.Errorf("InvalidParameterValueException", "code: no file \"bootstrap\" at the top of the zip, which a provided runtime starts")
	case err != nil:
		return err
	case !info.Mode().IsRegular() || info.Mode()&0o111 == 0:
		return wire.Errorf("InvalidParameterValueException", "code: \"bootstrap\" is not an executable file (mode %v)", info.Mode())
	}
	return nil
}

// unzipFile writes one file of an archive and returns how many bytes may
// follow. The root stops what would still lead out of it.
func unzipFile(root *os.Root, f *zip.File, left int64) (int64, error) {
	name, mode := path.Clean(f.Name), f.Mode()
	if !filepath.IsLocal(name) {
		return left, wire.Errorf("InvalidParameterValueException", "%q leads out of the function's directory", f.Name)
	}
	if mode.IsDir() {
		return left, root.MkdirAll(name, 0o700)
	}
	if !mode.IsRegular() {
		return left, wire.Errorf("InvalidParameterValueException", "%q is a %v; the local twin unpacks files and directories", f.Name, mode.Type())
	}
	if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return left, err
	}
	in, err := f.Open()
	if err != nil {
		return left, err
	}
	defer func() { _ = in.Close() }()
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode.Perm()|0o600)
	if err != nil {
		return left, err
	}
	n, err := io.Copy(out, io.LimitReader(in, left+1))
	if err := errors.Join(err, out.Close()); err != nil {
		return left, err
	}
	if n > left {
		return 0, wire.Errorf("InvalidParameterValueException", "Unzipped size must be smaller than %d bytes", maxCode)
	}
	return left - n, nil
}
