package s3

import (
	"cmp"
	"crypto/md5"  //nolint:gosec // S3 lets a client choose MD5 and SHA-1 to tell damage, not forgery
	"crypto/sha1" //nolint:gosec // see above
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

// crc64NVME is the polynomial of CRC-64/NVME, bits reversed.
const crc64NVME = 0x9a6c9329ac4bc9b5

const (
	checksumPrefix = "X-Amz-Checksum-"
	contentSHA256  = "X-Amz-Content-Sha256"
)

// newHash returns the hash of a header that holds a checksum, nil if S3 knows it
// and the twin doesn't.
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

// sums are the checksums of a body, computed as it streams by.
type sums struct {
	md5    hash.Hash            // always: the entity tag is made of it
	sha256 hash.Hash            // of a body that was signed as a whole; else nil
	others map[string]hash.Hash // by the header or trailer that says what they should be
}

// newSums returns the sums that a request's headers hold or announce. A checksum
// of another kind is refused.
func newSums(header http.Header) (*sums, error) {
	s := &sums{md5: md5.New(), others: map[string]hash.Hash{}} //nolint:gosec // see the import
	if len(header.Get(contentSHA256)) == sha256.Size*2 {
		s.sha256 = sha256.New() // else it is unsigned, or signed chunk by chunk
	}
	names := announced(header)
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

// announced returns the checksums that will follow the body.
func announced(header http.Header) []string {
	var names []string
	for name := range strings.SplitSeq(header.Get("X-Amz-Trailer"), ",") {
		if name = http.CanonicalHeaderKey(strings.TrimSpace(name)); strings.HasPrefix(name, checksumPrefix) {
			names = append(names, name)
		}
	}
	return names
}

// writer returns what to write the body to.
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

// verify compares the sums with those in headers and trailers. It returns them,
// as an answer repeats them.
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

func match(name string, h hash.Hash, want string) error {
	if got := base64.StdEncoding.EncodeToString(h.Sum(nil)); got != want {
		return wire.Errorf("BadDigest", "The %s you specified did not match what we received: got %s, want %s", strings.ToLower(name), got, want)
	}
	return nil
}
