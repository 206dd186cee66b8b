package lambda

import (
	"archive/zip"
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

// maxCode is the most that a function's code may have, in bytes, zipped and
// unpacked.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maxCode = 262144000

// maxDirectory is how many bytes a zip's list of files may have, so that a zip can't
// name millions of files. The limit is the twin's own. A file takes about 100 bytes
// of the list, and several times as much in memory.
const maxDirectory = 8 << 20

// unpack returns a function whose code lies in a directory of its own.
func (s *Service) unpack(c Config) (*function, error) {
	code := c.Code
	c.Code = nil // whoever gave it closes it
	if code.Size() > maxCode {
		return nil, wire.Errorf("InvalidParameterValueException", "Unzipped size must be smaller than %d bytes", maxCode)
	}
	parent := filepath.Join(s.Dir, "code")
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, c.Name+"-")
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, io.NewSectionReader(code, 0, code.Size()))
	if err == nil {
		err = unzip(code, dir)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &function{
		Config: c, arn: s.ARN(c.Name), dir: dir, size: code.Size(), sha256: base64.StdEncoding.EncodeToString(sum.Sum(nil)),
		updated: time.Now().UTC(), running: map[*environment]struct{}{},
	}, nil
}

// directory reads a zip until its list of files is known, and not more than
// maxDirectory of it.
type directory struct {
	Code
	known bool
	left  int64
}

func (d *directory) ReadAt(p []byte, at int64) (int, error) {
	if d.left -= int64(len(p)); !d.known && d.left < 0 {
		return 0, fmt.Errorf("its list of files has more than %d bytes, which the local twin doesn't read", maxDirectory)
	}
	return d.Code.ReadAt(p, at)
}

// unzip writes an archive's files below dir, and refuses one that reaches
// outside, holds anything but files and directories, or is too large.
func unzip(code Code, dir string) error {
	archive := &directory{Code: code, left: maxDirectory}
	zr, err := zip.NewReader(archive, code.Size())
	if err != nil {
		return wire.Errorf("InvalidParameterValueException", "Could not unzip uploaded file. Please check your file, then try to upload again. (%v)", err)
	}
	archive.known = true
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	if err := checkSizes(zr.File); err != nil {
		return err
	}
	for _, f := range zr.File {
		if err := unzipFile(root, f); err != nil {
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

// checkSizes refuses an archive whose files are too large together, by the sizes
// that its list gives. A file that is larger than its size there is no valid zip.
func checkSizes(files []*zip.File) error {
	left := uint64(maxCode)
	for _, f := range files {
		if f.UncompressedSize64 > left {
			return wire.Errorf("InvalidParameterValueException", "Unzipped size must be smaller than %d bytes", maxCode)
		}
		left -= f.UncompressedSize64
	}
	return nil
}

// unzipFile writes one file of an archive. The root stops what would still lead
// out of it.
func unzipFile(root *os.Root, f *zip.File) error {
	name, mode := path.Clean(f.Name), f.Mode()
	if !filepath.IsLocal(name) {
		return wire.Errorf("InvalidParameterValueException", "%q leads out of the function's directory", f.Name)
	}
	if mode.IsDir() {
		return root.MkdirAll(name, 0o700)
	}
	if !mode.IsRegular() {
		return wire.Errorf("InvalidParameterValueException", "%q is a %v; the local twin unpacks files and directories", f.Name, mode.Type())
	}
	if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode.Perm()|0o600)
	if errors.Is(err, fs.ErrExist) {
		return wire.Errorf("InvalidParameterValueException", "%q is in the zip twice", f.Name)
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.LimitReader(in, maxCode))
	return errors.Join(err, out.Close())
}
