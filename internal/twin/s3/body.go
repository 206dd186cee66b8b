package s3

import (
	"bufio"
	"bytes"
	"crypto/md5"  //nolint:gosec // S3 lets a client choose MD5 and SHA-1 to tell damage, not forgery
	"crypto/sha1" //nolint:gosec // see above
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// maxBody is the most that one request may carry, in bytes. S3 takes 5 GiB; the
// twin keeps its objects in memory.
const maxBody = 512 << 20

// crc64NVME is the polynomial of CRC-64/NVME, bits reversed.
const crc64NVME = 0x9a6c9329ac4bc9b5

// readBody returns what a request carries, out of its aws-chunked coding and
// checked against the checksums that came with it, in headers or trailers.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, wire.Errorf("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size: "+
			"the local twin keeps at most %d bytes a request", maxBody)
	}
	if err != nil {
		return nil, wire.Errorf("IncompleteBody", "read the request: %v", err)
	}
	data, sums := raw, r.Header
	if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		var trailer http.Header
		if data, trailer, err = decodeChunks(raw); err != nil {
			return nil, wire.Errorf("IncompleteBody", "aws-chunked: %v", err)
		}
		sums = r.Header.Clone()
		for name, values := range trailer {
			sums[name] = values
		}
	}
	return data, verify(data, sums)
}

// decodeChunks takes apart the aws-chunked content coding: chunks of
// "size[;chunk-signature=…]", an empty one, then trailers.
func decodeChunks(raw []byte) ([]byte, http.Header, error) {
	in := bufio.NewReader(bytes.NewReader(raw))
	var data []byte
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, nil, fmt.Errorf("read a chunk's size: %w", err)
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseUint(size, 16, 32)
		if err != nil {
			return nil, nil, fmt.Errorf("a chunk's size: %w", err)
		}
		if n == 0 {
			break
		}
		if n > uint64(len(raw)) {
			return nil, nil, io.ErrUnexpectedEOF
		}
		chunk := make([]byte, n+2) // the chunk ends with CRLF
		if _, err := io.ReadFull(in, chunk); err != nil {
			return nil, nil, fmt.Errorf("read a chunk: %w", err)
		}
		data = append(data, chunk[:n]...)
	}
	trailer, err := textproto.NewReader(in).ReadMIMEHeader()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("read the trailers: %w", err)
	}
	return data, http.Header(trailer), nil
}

// verify compares data with every checksum in header.
func verify(data []byte, header http.Header) error {
	algorithms := []struct {
		header, code string
		hash         hash.Hash
	}{
		{"Content-Md5", "BadDigest", md5.New()}, //nolint:gosec // see the import
		{"X-Amz-Checksum-Crc32", "BadDigest", crc32.NewIEEE()},
		{"X-Amz-Checksum-Crc32c", "BadDigest", crc32.New(crc32.MakeTable(crc32.Castagnoli))},
		{"X-Amz-Checksum-Crc64nvme", "BadDigest", crc64.New(crc64.MakeTable(crc64NVME))},
		{"X-Amz-Checksum-Sha1", "BadDigest", sha1.New()}, //nolint:gosec // see the import
		{"X-Amz-Checksum-Sha256", "BadDigest", sha256.New()},
	}
	for _, a := range algorithms {
		want := header.Get(a.header)
		if want == "" {
			continue
		}
		_, _ = a.hash.Write(data) // a hash never fails
		if got := base64.StdEncoding.EncodeToString(a.hash.Sum(nil)); got != want {
			return wire.Errorf(a.code, "The %s you specified did not match what we received: got %s, want %s",
				strings.ToLower(a.header), got, want)
		}
	}
	want := header.Get("X-Amz-Content-Sha256")
	if len(want) != sha256.Size*2 {
		return nil // unsigned, or signed chunk by chunk
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != want {
		return wire.Errorf("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
	}
	return nil
}
