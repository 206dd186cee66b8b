package s3

import (
	"cmp"
	"crypto/md5"  //nolint:gosec // a checksum of S3 that detects damage, not forgery
	"crypto/sha1" //nolint:gosec // a checksum of S3 that detects damage, not forgery
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// crc64NVME is the polynomial of CRC-64/NVME, with the order of its bits reversed.
const crc64NVME = 0x9a6c9329ac4bc9b5

const (
	checksumPrefix = "X-Amz-Checksum-"
	contentSHA256  = "X-Amz-Content-Sha256"
)

// newHash returns the hash for a header that contains a checksum, nil if the twin does
// not support the checksum.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
func newHash(header string) hash.Hash {
	switch strings.TrimPrefix(header, checksumPrefix) {
	case "Crc32":
		return crc32.NewIEEE()
	case "Crc32c":
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case "Crc64nvme":
		return crc64.New(crc64.MakeTable(crc64NVME))
	case "Sha1":
		return sha1.New() //nolint:gosec // see the import
	case "Sha256":
		return sha256.New()
	}
	return nil
}

// sums computes the checksums of an upload's content while it is read.
type sums struct {
	md5    hash.Hash            // for the entity tag and for Content-MD5
	sha256 hash.Hash            // nil unless X-Amz-Content-Sha256 is a hash
	others map[string]hash.Hash // by the header or trailer with the expected checksum
}

// newSums returns the hashes for the checksums in a request's headers, and for those
// that the headers announce as trailers. It returns an error for a checksum that the
// twin does not support.
func newSums(header http.Header) (*sums, error) {
	s := &sums{md5: md5.New(), others: map[string]hash.Hash{}} //nolint:gosec // see the import
	if len(header.Get(contentSHA256)) == sha256.Size*2 {
		s.sha256 = sha256.New()
	}
	names := announcedSums(header)
	for name := range header {
		if strings.HasPrefix(name, checksumPrefix) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if slices.Contains([]string{"Mode", "Type", "Algorithm"}, strings.TrimPrefix(name, checksumPrefix)) {
			continue
		}
		if s.others[name] = newHash(name); s.others[name] == nil {
			return nil, notImplemented("checksum %q", name)
		}
	}
	return s, nil
}

// announcedSums returns the names of the trailers with checksums that the headers
// announce.
func announcedSums(header http.Header) []string {
	var names []string
	for name := range strings.SplitSeq(header.Get("X-Amz-Trailer"), ",") {
		if name = http.CanonicalHeaderKey(strings.TrimSpace(name)); strings.HasPrefix(name, checksumPrefix) {
			names = append(names, name)
		}
	}
	return names
}

// writer returns a writer to all hashes.
func (s *sums) writer() io.Writer {
	all := []io.Writer{s.md5}
	if s.sha256 != nil {
		all = append(all, s.sha256)
	}
	for _, h := range s.others {
		all = append(all, h)
	}
	return io.MultiWriter(all...)
}

// verify compares the checksums with those in the headers and trailers. It returns the
// verified checksums, by header, for the response.
func (s *sums) verify(header, trailer http.Header) (http.Header, error) {
	out := http.Header{}
	for name, h := range s.others {
		want := cmp.Or(trailer.Get(name), header.Get(name))
		if want == "" {
			return nil, wire.Errorf("MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema: no %s", strings.ToLower(name))
		}
		if err := match(name, h, want); err != nil {
			return nil, err
		}
		out.Set(name, want)
	}
	for name := range trailer {
		if strings.HasPrefix(name, checksumPrefix) && s.others[name] == nil {
			return nil, wire.Errorf("MalformedTrailerError", "The request contained trailing data that x-amz-trailer doesn't name: %s", strings.ToLower(name))
		}
	}
	if want := header.Get("Content-Md5"); want != "" {
		if err := match("Content-Md5", s.md5, want); err != nil {
			return nil, err
		}
	}
	if s.sha256 != nil && hex.EncodeToString(s.sha256.Sum(nil)) != header.Get(contentSHA256) {
		return nil, wire.Errorf("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
	}
	return out, nil
}

// match returns an error if a hash differs from the expected one, which is in base64.
func match(name string, h hash.Hash, want string) error {
	if got := base64.StdEncoding.EncodeToString(h.Sum(nil)); got != want {
		return wire.Errorf("BadDigest", "The %s you specified did not match what we received: got %s, want %s", strings.ToLower(name), got, want)
	}
	return nil
}
