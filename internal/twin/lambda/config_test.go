package lambda_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/lambda"
)

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	script := map[string]string{"bootstrap": "#!/bin/sh\n"}
	tests := map[string]struct {
		change func(*lambda.Config)
		want   string
	}{
		"every problem at once": {
			func(c *lambda.Config) {
				c.Runtime, c.Timeout, c.Architecture = "nodejs22.x", time.Hour, "riscv"
				c.Environment = map[string]string{"AWS_REGION": "x"}
			},
			`InvalidParameterValueException: Runtime: the local twin supports "provided.al2023" and "provided.al2", got "nodejs22.x"; ` +
				`Architectures: needs "x86_64" or "arm64", got "riscv"; Timeout: needs 1 s to 900 s, got 1h0m0s; ` +
				`Environment.Variables: Lambda reserves the name "AWS_REGION"; remove it`,
		},
		"not a zip":                            {func(c *lambda.Config) { c.Code = strings.NewReader("x") }, "InvalidParameterValueException: Could not unzip uploaded file. Please check your file, then try to upload again. (zip: not a valid zip file)"},
		"no bootstrap":                         {func(c *lambda.Config) { c.Code = archive(t, map[string]string{"index.js": ""}, 0o755) }, "InvalidParameterValueException: code: the zip needs a file \"bootstrap\" at its top, which a provided runtime starts"},
		"not executable":                       {func(c *lambda.Config) { c.Code = archive(t, script, 0o644) }, `InvalidParameterValueException: code: "bootstrap" is not an executable file (mode -rw-r--r--)`},
		"a path outside the directory":         {func(c *lambda.Config) { c.Code = archive(t, map[string]string{"../evil": "x"}, 0o755) }, `code: InvalidParameterValueException: "../evil" is a path outside the function's directory`},
		"a symbolic link":                      {func(c *lambda.Config) { c.Code = archive(t, map[string]string{"bootstrap": "x"}, 0o777|fs.ModeSymlink) }, `code: InvalidParameterValueException: "bootstrap" has the file type L---------; the local twin unpacks files and directories only`},
		"two files of one name":                {func(c *lambda.Config) { c.Code = zipOf(t, "bootstrap", "./bootstrap") }, `code: InvalidParameterValueException: "./bootstrap" is in the zip twice`},
		"a list of files that is too long":     {func(c *lambda.Config) { c.Code = zipOf(t, longNames()...) }, "InvalidParameterValueException: Could not unzip uploaded file. Please check your file, then try to upload again. (its list of files has more than 8388608 bytes, the most that the local twin reads)"},
		"files too large by the zip's list":    {func(c *lambda.Config) { c.Code = declaring(t, 262144000, 1) }, "InvalidParameterValueException: Unzipped size must be smaller than 262144000 bytes"},
		"a file larger than in the zip's list": {func(c *lambda.Config) { c.Code = declaring(t, 1<<10) }, "code: zip: not a valid zip file"},
		"a zip too large":                      {func(c *lambda.Config) { c.Code = zeros(262144001) }, "InvalidParameterValueException: Unzipped size must be smaller than 262144000 bytes"},
		"neither a script nor a program": {func(c *lambda.Config) {
			c.Code = archive(t, map[string]string{"bootstrap": "MZ......................................................................"}, 0o755)
		}, "code: bootstrap is neither a script nor a Linux program: bad magic number '[77 90 46 46]' in record at byte 0x0"},
		"a name in use": {func(c *lambda.Config) { c.Name = "taken" }, "ResourceConflictException: Function already exist: taken"},
	}
	s, _ := start(t, nil)
	create(t, s, config(t, "taken"))
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(t, "fn")
			tt.change(&c)
			err := s.Create(t.Context(), c, nil)
			if err == nil {
				t.Fatal("got no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// zipOf returns a zip of empty files with the given names, in order.
func zipOf(t *testing.T, names ...string) *bytes.Reader {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(buf.Bytes())
}

// longNames returns 200 names of 50,000 characters: 10 MB.
func longNames() []string {
	names := make([]string, 200)
	for i := range names {
		names[i] = fmt.Sprintf("%050000d", i)
	}
	return names
}

// declaring returns a zip with a file for each of sizes. Each file consists of 1 MiB of
// zeros, but the zip's list gives it the size in sizes.
func declaring(t *testing.T, sizes ...uint64) *bytes.Reader {
	t.Helper()
	var compressed, buf bytes.Buffer
	deflate, err := flate.NewWriter(&compressed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	_, err = deflate.Write(make([]byte, 1<<20))
	if err := errors.Join(err, deflate.Close()); err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(&buf)
	for i, size := range sizes {
		out, err := w.CreateRaw(&zip.FileHeader{
			Name: fmt.Sprint(i), Method: zip.Deflate, CompressedSize64: uint64(compressed.Len()), UncompressedSize64: size,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(compressed.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(buf.Bytes())
}

// zeros is a file of zero bytes. Its value is the file's size.
type zeros int64

func (z zeros) Size() int64 { return int64(z) }

func (z zeros) ReadAt(p []byte, at int64) (int, error) {
	n := min(int64(len(p)), int64(z)-at)
	clear(p[:n])
	if n < int64(len(p)) {
		return int(n), io.EOF
	}
	return int(n), nil
}
