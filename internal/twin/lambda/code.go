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

// maxCode is the most bytes in a function's code: in the zip, and in its files together.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maxCode = 262144000

// maxDirectory is the most bytes in a zip's list of files, so that a zip can't contain
// millions of files. AWS documents no such limit. A file takes about 100 bytes in the
// list, and several times as much in memory.
const maxDirectory = 8 << 20

// unpack writes a function's code into a new directory and returns the function.
func (s *Service) unpack(c Config) (*function, error) {
	code := c.Code
	c.Code = nil // the caller closes it, so the function must not keep it
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

// directory is a zip file that refuses to be read for more than maxDirectory bytes
// until its list of files is known.
type directory struct {
	Code
	known bool  // the list of files is known: no limit any more
	left  int64 // bytes that may still be read
}

func (d *directory) ReadAt(p []byte, at int64) (int, error) {
	if d.left -= int64(len(p)); !d.known && d.left < 0 {
		return 0, fmt.Errorf("its list of files has more than %d bytes, the most that the local twin reads", maxDirectory)
	}
	return d.Code.ReadAt(p, at)
}

// unzip writes the files of a zip below dir. It returns an error for a zip that is too
// large, or that contains a path outside dir, a link or another special file.
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
		return wire.Errorf("InvalidParameterValueException", "code: the zip needs a file \"bootstrap\" at its top, which a provided runtime starts")
	case err != nil:
		return err
	case !info.Mode().IsRegular() || info.Mode()&0o111 == 0:
		return wire.Errorf("InvalidParameterValueException", "code: \"bootstrap\" is not an executable file (mode %v)", info.Mode())
	}
	return nil
}

// checkSizes returns an error if the files of a zip are too large together, by the
// sizes in the zip's list. Package zip returns an error for a file that is larger than
// its size in the list.
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

// unzipFile writes one file of a zip below root. It returns an error for a path outside
// root, which root would refuse, too.
func unzipFile(root *os.Root, f *zip.File) error {
	name, mode := path.Clean(f.Name), f.Mode()
	if !filepath.IsLocal(name) {
		return wire.Errorf("InvalidParameterValueException", "%q is a path outside the function's directory", f.Name)
	}
	if mode.IsDir() {
		return root.MkdirAll(name, 0o700)
	}
	if !mode.IsRegular() {
		return wire.Errorf("InvalidParameterValueException", "%q has the file type %v; the local twin unpacks files and directories only", f.Name, mode.Type())
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
