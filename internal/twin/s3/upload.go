package s3

import (
	"crypto/md5" //nolint:gosec // S3's entity tags are MD5 sums; nothing rests on them
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// minPart is the least size of any part but the last, in bytes.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const minPart = 5 << 20

// upload is a multipart upload under way.
type upload struct {
	key    string
	header http.Header
	parts  map[int][]byte // by part number, from 1
}

// part is one line of CompleteMultipartUpload.
type part struct {
	PartNumber int    `xml:"PartNumber"`
	ETag       string `xml:"ETag"`
}

// createUpload starts a multipart upload and returns its id.
func (s *Store) createUpload(bucket, key string, header http.Header) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucket)
	if err != nil {
		return "", err
	}
	id := random(24)
	b.uploads[id] = &upload{key, header, map[int][]byte{}}
	return id, nil
}

// putPart adds one part to an upload and returns its entity tag.
func (s *Store) putPart(bucket, key, id string, number int, data []byte) (string, error) {
	if number < 1 || number > 10000 {
		return "", wire.Errorf("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, u, err := s.upload(bucket, key, id)
	if err != nil {
		return "", err
	}
	u.parts[number] = data
	return etag(data), nil
}

// completeUpload joins the parts that the caller lists into the object.
func (s *Store) completeUpload(bucket, key, id string, parts []part) (*Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, u, err := s.upload(bucket, key, id)
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, wire.Errorf("MalformedXML", "You must specify at least one part")
	}
	var data, sums []byte
	for i, p := range parts {
		got, ok := u.parts[p.PartNumber]
		switch {
		case i > 0 && p.PartNumber <= parts[i-1].PartNumber:
			return nil, wire.Errorf("InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.")
		case !ok || unquote(p.ETag) != unquote(etag(got)):
			return nil, wire.Errorf("InvalidPart", "One or more of the specified parts could not be found. "+
				"The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.")
		case i < len(parts)-1 && len(got) < minPart:
			return nil, wire.Errorf("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
		}
		data = append(data, got...)
		sum := md5.Sum(got) //nolint:gosec // see the import
		sums = append(sums, sum[:]...)
	}
	sum := md5.Sum(sums) //nolint:gosec // see the import
	o := &Object{data, u.header, fmt.Sprintf(`"%x-%d"`, sum, len(parts)), s.now()}
	b.objects[key] = o
	delete(b.uploads, id)
	return o, nil
}

// abortUpload drops an upload and its parts.
func (s *Store) abortUpload(bucket, key, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, _, err := s.upload(bucket, key, id)
	if err != nil {
		return err
	}
	delete(b.uploads, id)
	return nil
}

// upload returns an upload under way, for callers which hold s.mu.
func (s *Store) upload(bucket, key, id string) (*bucket, *upload, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return nil, nil, err
	}
	u := b.uploads[id]
	if u == nil || u.key != key {
		return nil, nil, &wire.Error{
			Status: http.StatusNotFound, Code: "NoSuchUpload",
			Message: "The specified multipart upload does not exist. The upload ID might be invalid, " +
				"or the multipart upload might have been aborted or completed.",
		}
	}
	return b, u, nil
}

func unquote(etag string) string {
	if len(etag) > 1 && etag[0] == '"' && etag[len(etag)-1] == '"' {
		return etag[1 : len(etag)-1]
	}
	return etag
}

// random returns n random bytes in hexadecimal.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, says its documentation
	return hex.EncodeToString(b)
}
