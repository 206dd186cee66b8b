package s3

import (
	"crypto/md5" //nolint:gosec // S3's entity tags are MD5 hashes; they protect nothing
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
	minPart  = 5 << 20 // bytes, of each part except the last
	maxParts = 10_000
)

// upload is a multipart upload that was not completed yet.
type upload struct {
	key    string
	header http.Header   // stored with the object
	parts  map[int]*file // by part number
}

// remove removes the files of the parts.
func (u *upload) remove() error {
	var errs []error
	for _, f := range u.parts {
		errs = append(errs, f.remove())
	}
	return errors.Join(errs...)
}

// part is a part in a CompleteMultipartUpload request.
type part struct {
	PartNumber int    `xml:"PartNumber"`
	ETag       string `xml:"ETag"`
}

// createUpload starts a multipart upload and returns its ID.
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

// checkPart returns an error if a part has an invalid number or if its upload does not
// exist. It is called before the request's body is read.
func (s *Store) checkPart(bucket, key, id string, number int) error {
	if number < 1 || number > maxParts {
		return wire.Errorf("InvalidArgument", "Part number must be an integer between 1 and %d, inclusive", maxParts)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _, err := s.upload(bucket, key, id)
	return err
}

// putPart adds a part to an upload, and removes the file of a part that it replaces. If
// the upload does not exist, it removes the new file and returns an error.
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

// completeUpload joins the listed parts of an upload to an object.
func (s *Store) completeUpload(bucket, key, id string, parts []part) (*Object, error) {
	u, listed, err := s.takeUpload(bucket, key, id, parts)
	if err != nil {
		return nil, err
	}
	f, err := s.join(listed)
	s.mu.Lock()
	defer s.mu.Unlock()
	b, noBucket := s.bucket(bucket) // it may have been deleted meanwhile
	switch {
	case noBucket != nil:
		return nil, errors.Join(noBucket, f.remove(), u.remove())
	case err != nil:
		b.uploads[id] = u // the client may repeat the request, or abort the upload
		return nil, err
	}
	o := &Object{f.size, u.header, fmt.Sprintf(`"%x-%d"`, f.md5, len(parts)), s.now(), f}
	return o, errors.Join(b.put(key, o), u.remove())
}

// takeUpload removes an upload from its bucket, so that other requests can't use it. It
// returns the upload and the files of the listed parts. If the list is invalid, it
// returns an error and does not remove the upload.
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
	var files []*file
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
		files = append(files, got)
	}
	delete(b.uploads, id)
	return u, files, nil
}

// join concatenates parts to a new file. The file's md5 is the hash of the parts' hashes,
// as S3 computes it. If join returns an error, it leaves no file.
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
		_, _ = sum.Write(p.md5[:]) // always returns nil
	}
	copy(joined.md5[:], sum.Sum(nil))
	if err := errors.Join(err, out.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("write the object: %w", err), joined.remove())
	}
	return joined, nil
}

// appendFile appends the content of a file to out.
func appendFile(out *os.File, path string) error {
	in, err := os.Open(path) //nolint:gosec // the path is from os.CreateTemp
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, in.Close())
}

// abortUpload removes an upload and its parts.
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

// upload returns a multipart upload and its bucket, or an error if one of them does not
// exist. The caller must hold s.mu.
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

// unquote returns an entity tag without quotes.
func unquote(etag string) string {
	if len(etag) > 1 && etag[0] == '"' && etag[len(etag)-1] == '"' {
		return etag[1 : len(etag)-1]
	}
	return etag
}

// random returns n random bytes in hexadecimal.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // always returns nil
	return hex.EncodeToString(b)
}
