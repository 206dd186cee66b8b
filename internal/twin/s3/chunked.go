package s3

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// Limits of the aws-chunked encoding. A line "size;chunk-signature=…" has less than 100
// bytes, and the trailers consist of a checksum and a signature.
const (
	maxChunkLine = 1 << 10
	maxTrailers  = 8 << 10
)

// chunkReader decodes the aws-chunked encoding: chunks that begin with a line
// "size[;chunk-signature=…]", an empty chunk, and trailers. It does not keep a whole
// chunk in memory.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
type chunkReader struct {
	in      *bufio.Reader
	left    int64       // bytes of the current chunk that were not read yet
	begun   bool        // the first chunk was reached
	ended   bool        // the empty chunk was reached
	trailer http.Header // set before Read returns io.EOF
}

func newChunkReader(body io.Reader) *chunkReader {
	return &chunkReader{in: bufio.NewReaderSize(body, 64<<10)}
}

// Read reads decoded content. It returns io.ErrUnexpectedEOF if the body is incomplete.
func (c *chunkReader) Read(p []byte) (int, error) {
	for c.left == 0 {
		if c.ended {
			return 0, io.EOF
		}
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, unexpectedEOF(err)
}

// next reads the line before the content of the next chunk. After the last chunk it
// reads the trailers.
func (c *chunkReader) next() error {
	if c.begun {
		if err := c.lineEnd(); err != nil {
			return err
		}
	}
	c.begun = true
	line, err := c.in.ReadSlice('\n')
	if len(line) > maxChunkLine || errors.Is(err, bufio.ErrBufferFull) {
		return fmt.Errorf("the line before a chunk has more than %d bytes", maxChunkLine)
	}
	if err != nil {
		return unexpectedEOF(err)
	}
	size, _, _ := strings.Cut(strings.TrimSpace(string(line)), ";")
	n, err := strconv.ParseUint(size, 16, 63)
	if err != nil {
		return fmt.Errorf("size of a chunk: %w", err)
	}
	if c.left = int64(n); n > 0 {
		return nil
	}
	c.ended = true
	return c.readTrailer()
}

// lineEnd reads the CRLF after the content of a chunk.
func (c *chunkReader) lineEnd() error {
	var end [2]byte
	if _, err := io.ReadFull(c.in, end[:]); err != nil {
		return unexpectedEOF(err)
	}
	if string(end[:]) != "\r\n" {
		return fmt.Errorf("the content of a chunk is longer than the chunk's size: needs CRLF after it, got %q", end[:])
	}
	return nil
}

// readTrailer reads the trailers. It returns an error if anything follows them.
func (c *chunkReader) readTrailer() error {
	limited := &io.LimitedReader{R: c.in, N: maxTrailers}
	rest := bufio.NewReader(limited)
	trailer, err := textproto.NewReader(rest).ReadMIMEHeader()
	if limited.N == 0 {
		return fmt.Errorf("the trailers have more than %d bytes", maxTrailers)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("trailers: %w", err)
	}
	if _, err := rest.ReadByte(); !errors.Is(err, io.EOF) {
		return errors.New("the body has further bytes after the trailers")
	}
	c.trailer = http.Header(trailer)
	return nil
}

// unexpectedEOF returns io.ErrUnexpectedEOF for io.EOF, and other errors unchanged.
func unexpectedEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
