package s3

import (
	"crypto/md5" //nolint:gosec // S3's entity tags are MD5 sums; nothing rests on them
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// MaxObject is the most that one PUT may carry, an object or a part of one, in
// bytes: 5 GiB.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
const MaxObject = 5 << 30

// file is content on disk, and what is known of it.
type file struct {
	path string
	size int64
	md5  [md5.Size]byte
	sums http.Header // that the request brought, and that were right
}

// content is what a request carries, out of its aws-chunked coding. Its sums are
// computed while it is read.
type content struct {
	io.Reader
	size   int64 // as declared; -1 if it isn't
	header http.Header
	sums   *sums
	chunks *chunkReader // nil without the coding
}

// contentOf returns what a request carries, and refuses what is too large or has
// a checksum that the twin doesn't know.
func contentOf(r *http.Request) (*content, error) {
	size, err := declaredSize(r)
	if err != nil {
		return nil, err
	}
	c := &content{Reader: r.Body, size: size, header: r.Header}
	if c.sums, err = newSums(r.Header); err != nil {
		return nil, err
	}
	if isChunked(r.Header) {
		c.chunks = newChunkReader(r.Body)
		c.Reader = c.chunks
	}
	c.Reader = io.TeeReader(c.Reader, c.sums.writer())
	return c, nil
}

// verify compares the sums and the size with what came with the content, once it
// has been read. It returns the sums that the request brought.
func (c *content) verify(size int64) (http.Header, error) {
	if c.size >= 0 && c.size != size {
		return nil, wire.Errorf("IncompleteBody", "The request body has %d bytes, and its headers say %d", size, c.size)
	}
	var trailer http.Header
	if c.chunks != nil {
		trailer = c.chunks.trailer
	}
	return c.sums.verify(c.header, trailer)
}

// isChunked reports whether a body is in the aws-chunked coding.
func isChunked(header http.Header) bool {
	return strings.HasPrefix(header.Get(contentSHA256), "STREAMING-")
}

// receive writes what a request carries to a file of the store's directory. If a
// checksum that came with it is wrong, if it ends early or if the disk is full,
// nothing is left.
func (s *Store) receive(r *http.Request) (*file, error) {
	c, err := contentOf(r)
	if err != nil {
		return nil, err
	}
	got, err := s.store(c)
	if err != nil {
		return nil, err
	}
	copy(got.md5[:], c.sums.md5.Sum(nil))
	if got.sums, err = c.verify(got.size); err != nil {
		return nil, errors.Join(err, got.remove())
	}
	return got, nil
}

// declaredSize returns how many bytes of content a request's headers declare, -1
// if they don't, and refuses too many.
func declaredSize(r *http.Request) (int64, error) {
	size := r.ContentLength
	if isChunked(r.Header) {
		size = -1
		if declared := r.Header.Get("X-Amz-Decoded-Content-Length"); declared != "" {
			n, err := strconv.ParseInt(declared, 10, 64)
			if err != nil || n < 0 {
				return 0, wire.Errorf("InvalidArgument", "x-amz-decoded-content-length: a number of bytes, got %q", declared)
			}
			size = n
		}
	}
	if size > MaxObject {
		return 0, tooLarge()
	}
	return size, nil
}

func tooLarge() error {
	return wire.Errorf("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size: %d bytes", int64(MaxObject))
}

// store writes content to a new file of the store's directory. If that fails,
// nothing is left.
func (s *Store) store(content io.Reader) (*file, error) {
	out, err := os.CreateTemp(s.dir, "object-")
	if err != nil {
		return nil, err
	}
	got := &file{path: out.Name()}
	failing := &failingReader{in: io.LimitReader(content, MaxObject+1)}
	got.size, err = io.Copy(out, failing)
	switch {
	case failing.err != nil:
		err = incomplete(failing.err)
	case err != nil:
		err = fmt.Errorf("write the object: %w", err)
	case got.size > MaxObject:
		err = tooLarge()
	}
	if err := errors.Join(err, out.Close()); err != nil {
		return nil, errors.Join(err, got.remove())
	}
	return got, nil
}

// failingReader keeps the error of what it reads from, to tell it from an error
// of what it is written to.
type failingReader struct {
	in  io.Reader
	err error
}

func (f *failingReader) Read(p []byte) (int, error) {
	n, err := f.in.Read(p)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

// incomplete says why a body couldn't be read.
func incomplete(err error) error {
	var refused *wire.Error
	if errors.As(err, &refused) {
		return err
	}
	if most := new(http.MaxBytesError); errors.As(err, &most) {
		return tooLarge()
	}
	return wire.Errorf("IncompleteBody", "read the request: %v", err)
}

// remove removes the file. A nil file is none.
func (f *file) remove() error {
	if f == nil {
		return nil
	}
	return os.Remove(f.path) //nolint:gosec // os.CreateTemp named it
}
