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

// Limits of the aws-chunked coding's own lines: "size;chunk-signature=…" is less
// than 100 bytes, and a trailer holds a checksum and a signature.
const (
	maxChunkLine = 1 << 10
	maxTrailers  = 8 << 10
)

// chunkReader reads the content out of the aws-chunked coding: chunks of
// "size[;chunk-signature=…]", an empty one, then trailers. It holds none of them
// in memory.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
type chunkReader struct {
	in      *bufio.Reader
	left    int64 // of the chunk that is being read
	begun   bool
	ended   bool
	trailer http.Header // once Read has returned io.EOF
}

func newChunkReader(body io.Reader) *chunkReader {
	return &chunkReader{in: bufio.NewReaderSize(body, 64<<10)}
}

// Read reads content. A body that ends early gives io.ErrUnexpectedEOF.
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
	return n, unexpected(err)
}

// next reads up to the content of the next chunk. Behind the last one it reads
// the trailers.
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
		return unexpected(err)
	}
	size, _, _ := strings.Cut(strings.TrimSpace(string(line)), ";")
	n, err := strconv.ParseUint(size, 16, 63)
	if err != nil {
		return fmt.Errorf("a chunk's size: %w", err)
	}
	if c.left = int64(n); n > 0 {
		return nil
	}
	c.ended = true
	return c.readTrailer()
}

// lineEnd reads the CRLF behind a chunk's content.
func (c *chunkReader) lineEnd() error {
	var end [2]byte
	if _, err := io.ReadFull(c.in, end[:]); err != nil {
		return unexpected(err)
	}
	if string(end[:]) != "\r\n" {
		return fmt.Errorf("a chunk is longer than its size says: %q follows", end[:])
	}
	return nil
}

// readTrailer reads the trailers, and that nothing follows them.
func (c *chunkReader) readTrailer() error {
	limited := &io.LimitedReader{R: c.in, N: maxTrailers}
	rest := bufio.NewReader(limited)
	trailer, err := textproto.NewReader(rest).ReadMIMEHeader()
	if limited.N == 0 {
		return fmt.Errorf("the trailers have more than %d bytes", maxTrailers)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("the trailers: %w", err)
	}
	if _, err := rest.ReadByte(); !errors.Is(err, io.EOF) {
		return errors.New("more follows the trailers")
	}
	c.trailer = http.Header(trailer)
	return nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
