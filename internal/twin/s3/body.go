package s3

import (
	"crypto/md5" //nolint:gosec // S3's entity tags are MD5 hashes; they protect nothing
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// MaxObject is the most bytes of an object, or of a part, in one PUT request: 5 GiB.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
const MaxObject = 5 << 30

// file is the content of an object or of a part, on disk.
type file struct {
	path string
	size int64
	md5  [md5.Size]byte
	sums http.Header // the verified checksums of the upload request, by header
}

// content is the content of an upload request, decoded from the aws-chunked encoding.
// Reading it computes its checksums.
type content struct {
	io.Reader
	size   int64 // the declared size; -1 if the headers declare none
	header http.Header
	sums   *sums
	chunks *chunkReader // nil if the body is not aws-chunked
}

// contentOf returns the content of a request. It returns an error if the declared size
// is too large, or if the twin does not support a checksum of the request.
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

// verify compares the size and the checksums of the content with those that the request
// declares. It must be called after all content was read. It returns the request's
// checksums, by header.
func (c *content) verify(size int64) (http.Header, error) {
	if c.size >= 0 && c.size != size {
		return nil, wire.Errorf("IncompleteBody", "The request body has %d bytes, but its headers declare %d", size, c.size)
	}
	var trailer http.Header
	if c.chunks != nil {
		trailer = c.chunks.trailer
	}
	return c.sums.verify(c.header, trailer)
}

// isChunked reports whether a body is aws-chunked.
func isChunked(header http.Header) bool {
	return strings.HasPrefix(header.Get(contentSHA256), "STREAMING-")
}

// receive writes the content of a request to a new file in the store's directory. If a
// checksum is wrong, if the body is incomplete or if the disk is full, it returns an
// error and leaves no file.
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

// declaredSize returns the size of the content that a request's headers declare, -1 if
// they declare none. It returns an error for a size greater than MaxObject.
func declaredSize(r *http.Request) (int64, error) {
	size := r.ContentLength
	if isChunked(r.Header) {
		size = -1
		if declared := r.Header.Get("X-Amz-Decoded-Content-Length"); declared != "" {
			n, err := strconv.ParseInt(declared, 10, 64)
			if err != nil || n < 0 {
				return 0, wire.Errorf("InvalidArgument", "x-amz-decoded-content-length: needs a number of bytes, got %q", declared)
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

// store writes content to a new file in the store's directory. If it returns an error,
// it leaves no file.
func (s *Store) store(content io.Reader) (*file, error) {
	out, err := os.CreateTemp(s.dir, "object-")
	if err != nil {
		return nil, err
	}
	got := &file{path: out.Name()}
	in := &errorReader{in: io.LimitReader(content, MaxObject+1)}
	got.size, err = io.Copy(out, in)
	switch {
	case in.err != nil:
		err = readError(in.err)
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

// errorReader keeps the error of a reader, so that the caller of io.Copy can distinguish
// it from an error of the writer.
type errorReader struct {
	in  io.Reader
	err error // nil if no Read has failed
}

func (r *errorReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// readError converts an error of reading a request's body to the error response of S3.
func readError(err error) error {
	var refused *wire.Error
	if errors.As(err, &refused) {
		return err
	}
	if most := new(http.MaxBytesError); errors.As(err, &most) {
		return tooLarge()
	}
	return wire.Errorf("IncompleteBody", "read the request: %v", err)
}

// remove removes the file. It does nothing for a nil file.
func (f *file) remove() error {
	if f == nil {
		return nil
	}
	return os.Remove(f.path) //nolint:gosec // the path is from os.CreateTemp
}
