package s3

import (
	"crypto/md5" //nolint:gosec // S3's entity tags are MD5 sums; nothing rests on them
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Limits of a multipart upload.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const (
	minPart  = 5 << 20 // bytes of any part but the last
	maxParts = 10_000
)

// upload is a multipart upload under way.
type upload struct {
	key    string
	header http.Header
	parts  map[int]*file // by part number, from 1
}

// remove removes the parts.
func (u *upload) remove() error {
	var errs []error
	for _, f := range u.parts {
		errs = append(errs, f.remove())
	}
	return errors.Join(errs...)
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
	b.uploads[id] = &upload{key, header, map[int]*file{}}
	return id, nil
}

// expectPart refuses a part that no upload waits for, before it is read.
func (s *Store) expectPart(bucket, key, id string, number int) error {
	if number < 1 || number > maxParts {
		return wire.Errorf("InvalidArgument", "Part number must be an integer between 1 and %d, inclusive", maxParts)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _, err := s.upload(bucket, key, id)
	return err
}

// putPart adds a file to an upload, as a part. It removes the file if there is no
// such upload, and that of the part in whose place it comes.
func (s *Store) putPart(bucket, key, id string, number int, f *file) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, u, err := s.upload(bucket, key, id)
	if err != nil {
		return errors.Join(err, f.remove())
	}
	old := u.parts[number]
	u.parts[number] = f
	return old.remove()
}

// completeUpload joins the parts that the caller lists into the object.
func (s *Store) completeUpload(bucket, key, id string, parts []part) (*Object, error) {
	u, chosen, err := s.takeUpload(bucket, key, id, parts)
	if err != nil {
		return nil, err
	}
	f, err := s.join(chosen)
	s.mu.Lock()
	defer s.mu.Unlock()
	b, gone := s.bucket(bucket)
	switch {
	case gone != nil:
		return nil, errors.Join(gone, f.remove(), u.remove())
	case err != nil:
		b.uploads[id] = u // to be tried again, or aborted
		return nil, err
	}
	o := &Object{f.size, u.header, fmt.Sprintf(`"%x-%d"`, f.md5, len(parts)), s.now(), f}
	return o, errors.Join(b.put(key, o), u.remove())
}

// takeUpload takes an upload away from other requests, and returns it with the
// parts that the caller lists. It leaves it if the list is wrong.
func (s *Store) takeUpload(bucket, key, id string, parts []part) (*upload, []*file, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, u, err := s.upload(bucket, key, id)
	if err != nil {
		return nil, nil, err
	}
	if len(parts) == 0 || len(parts) > maxParts {
		return nil, nil, wire.Errorf("MalformedXML", "You must specify between 1 and %d parts, got %d", maxParts, len(parts))
	}
	var chosen []*file
	for i, p := range parts {
		got := u.parts[p.PartNumber]
		switch {
		case i > 0 && p.PartNumber <= parts[i-1].PartNumber:
			return nil, nil, wire.Errorf("InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.")
		case got == nil || unquote(p.ETag) != unquote(etag(got.md5)):
			return nil, nil, wire.Errorf("InvalidPart", "One or more of the specified parts could not be found. "+
				"The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.")
		case i < len(parts)-1 && got.size < minPart:
			return nil, nil, wire.Errorf("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
		}
		chosen = append(chosen, got)
	}
	delete(b.uploads, id)
	return u, chosen, nil
}

// join writes parts one after the other to a new file, whose MD5 is that of the
// parts' MD5s. If that fails, nothing is left of it.
func (s *Store) join(parts []*file) (*file, error) {
	out, err := os.CreateTemp(s.dir, "object-")
	if err != nil {
		return nil, err
	}
	joined, sum := &file{path: out.Name()}, md5.New() //nolint:gosec // see the import
	for _, p := range parts {
		if err = appendFile(out, p.path); err != nil {
			break
		}
		joined.size += p.size
		_, _ = sum.Write(p.md5[:]) // a hash never fails
	}
	copy(joined.md5[:], sum.Sum(nil))
	if err := errors.Join(err, out.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("write the object: %w", err), joined.remove())
	}
	return joined, nil
}

func appendFile(out *os.File, path string) error {
	in, err := os.Open(path) //nolint:gosec // os.CreateTemp named it
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, in.Close())
}

// abortUpload drops an upload and its parts.
func (s *Store) abortUpload(bucket, key, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, u, err := s.upload(bucket, key, id)
	if err != nil {
		return err
	}
	delete(b.uploads, id)
	return u.remove()
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
