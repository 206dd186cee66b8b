// Package s3 is the local twin's Amazon S3. It implements what the CDK CLI needs to
// publish the assets of a stack, and what the twin's Lambda and CloudFormation need to
// read them. [Store.ServeHTTP] serves the REST API of S3, with the bucket in the path or
// in the host name.
//
// Objects are files in a directory. Uploads are streamed to files and downloads from
// files, so a whole object is never in memory. A file becomes an object only if all
// checksums in the upload request are right.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
package s3

import (
	"crypto/md5" //nolint:gosec // S3's entity tags are MD5 hashes; they protect nothing
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"regexp"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Object describes an object.
type Object struct {
	Size     int64       // in bytes
	Header   http.Header // the stored headers, such as Content-Type and X-Amz-Meta-*
	ETag     string      // entity tag, in quotes
	Modified time.Time   // in UTC, rounded down to seconds

	file *file
}

type bucket struct {
	created time.Time
	objects map[string]*Object // by key
	uploads map[string]*upload // by upload ID
}

// Options configure a [Store].
type Options struct {
	Region, Account string
	// Dir is an existing directory for the objects' files. The store must be its only
	// user. The caller removes it in the end.
	Dir string
	// Clock returns the current time.
	Clock func() time.Time
}

// Store contains the buckets of an account and a region. Use [New].
type Store struct {
	region, account, dir string
	clock                func() time.Time

	mu      sync.Mutex
	buckets map[string]*bucket
}

// New returns a Store with the given buckets, which are empty.
func New(o Options, buckets ...string) *Store {
	s := &Store{region: o.Region, account: o.Account, dir: o.Dir, clock: o.Clock, buckets: map[string]*bucket{}}
	for _, name := range buckets {
		s.buckets[name] = s.newBucket()
	}
	return s
}

func (s *Store) newBucket() *bucket {
	return &bucket{s.now(), map[string]*Object{}, map[string]*upload{}}
}

// now returns the current time in UTC, rounded down to seconds.
func (s *Store) now() time.Time { return s.clock().UTC().Truncate(time.Second) }

// bucketName matches valid names of general purpose buckets. It does not exclude the
// prefixes and suffixes that S3 reserves.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// CreateBucket creates a bucket. If the bucket exists, the error is
// BucketAlreadyOwnedByYou. In us-east-1 there is no error then, as on AWS.
func (s *Store) CreateBucket(name string) error {
	if !bucketName.MatchString(name) {
		return wire.Errorf("InvalidBucketName", "The specified bucket is not valid.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[name] != nil {
		if s.region == "us-east-1" {
			return nil
		}
		return &wire.Error{
			Status: http.StatusConflict, Code: "BucketAlreadyOwnedByYou",
			Message: "Your previous request to create the named bucket succeeded and you already own it.",
		}
	}
	s.buckets[name] = s.newBucket()
	return nil
}

// DeleteBucket removes an empty bucket and its multipart uploads. If the bucket has
// objects, the error is BucketNotEmpty.
func (s *Store) DeleteBucket(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(name)
	if err != nil {
		return err
	}
	if len(b.objects) > 0 {
		return &wire.Error{
			Status: http.StatusConflict, Code: "BucketNotEmpty",
			Message: "The bucket you tried to delete is not empty",
		}
	}
	delete(s.buckets, name)
	var errs []error
	for _, u := range b.uploads {
		errs = append(errs, u.remove())
	}
	return errors.Join(errs...)
}

// Object returns the description of an object, or the error NoSuchBucket or NoSuchKey.
func (s *Store) Object(bucket, key string) (*Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.object(bucket, key)
}

// object is Object for a caller that holds s.mu.
func (s *Store) object(bucket, key string) (*Object, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return nil, err
	}
	o := b.objects[key]
	if o == nil {
		return nil, &wire.Error{
			Status: http.StatusNotFound, Code: "NoSuchKey", Message: "The specified key does not exist.",
		}
	}
	return o, nil
}

// Content is an object that is open for reading. It stays readable, and does not change,
// if the object is deleted or overwritten. The caller must close it.
type Content struct {
	*os.File
	object *Object
}

// Size returns the object's size in bytes.
func (c *Content) Size() int64 { return c.object.Size }

// Open opens an object, or returns the error NoSuchBucket or NoSuchKey.
func (s *Store) Open(bucket, key string) (*Content, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.object(bucket, key)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(o.file.path)
	if err != nil {
		return nil, err
	}
	return &Content{f, o}, nil
}

// Read returns the bytes of an object. If the object has more than limit bytes, the error
// is EntityTooLarge.
func (s *Store) Read(bucket, key string, limit int64) (_ []byte, err error) {
	content, err := s.Open(bucket, key)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	if content.Size() > limit {
		return nil, wire.Errorf("EntityTooLarge", "the object has %d bytes, more than the limit of %d", content.Size(), limit)
	}
	data := make([]byte, content.Size())
	_, err = io.ReadFull(content, data)
	return data, err
}

// Put writes an object. It replaces an object with the same key.
func (s *Store) Put(bucket, key string, content io.Reader, header http.Header) (*Object, error) {
	sum := md5.New() //nolint:gosec // see the import
	f, err := s.store(io.TeeReader(content, sum))
	if err != nil {
		return nil, err
	}
	copy(f.md5[:], sum.Sum(nil))
	return s.putFile(bucket, key, f, header, false)
}

// putFile makes a file the content of an object. It replaces an object with the same
// key; if ifAbsent is set, the error is PreconditionFailed instead. If putFile returns
// an error, it has removed the file.
func (s *Store) putFile(bucket, key string, f *file, header http.Header, ifAbsent bool) (*Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.writable(bucket, key, ifAbsent)
	if err != nil {
		return nil, errors.Join(err, f.remove())
	}
	o := &Object{f.size, header, etag(f.md5), s.now(), f}
	return o, b.put(key, o)
}

// writable returns the bucket for a new object, or an error if the object can't be
// written. The caller must hold s.mu.
func (s *Store) writable(bucket, key string, ifAbsent bool) (*bucket, error) {
	b, err := s.bucket(bucket)
	if err == nil && ifAbsent && b.objects[key] != nil {
		return nil, &wire.Error{
			Status: http.StatusPreconditionFailed, Code: "PreconditionFailed",
			Message: "At least one of the pre-conditions you specified did not hold",
		}
	}
	return b, err
}

// put adds an object to the bucket. It removes the file of an object that it replaces.
func (b *bucket) put(key string, o *Object) error {
	old := b.objects[key]
	b.objects[key] = o
	if old == nil {
		return nil
	}
	return old.file.remove()
}

// Delete removes an object. It returns nil if the object does not exist.
func (s *Store) Delete(bucket, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucket)
	if err != nil {
		return err
	}
	o := b.objects[key]
	if o == nil {
		return nil
	}
	delete(b.objects, key)
	return o.file.remove()
}

// bucket returns a bucket, or the error NoSuchBucket. The caller must hold s.mu.
func (s *Store) bucket(name string) (*bucket, error) {
	b := s.buckets[name]
	if b == nil {
		return nil, &wire.Error{
			Status: http.StatusNotFound, Code: "NoSuchBucket", Message: "The specified bucket does not exist",
		}
	}
	return b, nil
}

// etag returns the entity tag for an MD5 hash.
func etag(sum [md5.Size]byte) string { return `"` + hex.EncodeToString(sum[:]) + `"` }
