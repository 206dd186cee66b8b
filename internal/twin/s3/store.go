// Package s3 keeps, for the local twin, the buckets and objects of Amazon S3:
// enough for the CDK CLI to publish a stack's assets and for the twin's Lambda
// and CloudFormation to read them. [Store.ServeHTTP] speaks the S3 REST API, with
// the bucket in the path or in the host's name.
//
// Objects are files in a directory. What is uploaded streams into a file, and
// what is downloaded out of it: no object is ever in memory as a whole. A file
// becomes an object only if every checksum that came with it is right.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
package s3

import (
	"crypto/md5" //nolint:gosec // S3's entity tags are MD5 sums; nothing rests on them
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

// Object is what is known of an object's bytes.
type Object struct {
	Size     int64
	Header   http.Header // the stored headers, such as Content-Type and X-Amz-Meta-*
	ETag     string      // with its quotes
	Modified time.Time   // UTC, whole seconds

	file *file
}

type bucket struct {
	created time.Time
	objects map[string]*Object // by key
	uploads map[string]*upload // by upload id
}

// Options say whose the buckets are and where their objects lie.
type Options struct {
	Region, Account string
	// Dir is an existing directory for objects, which nothing else uses. Its owner
	// removes it.
	Dir string
	// Clock tells when an object is modified.
	Clock func() time.Time
}

// Store holds the buckets of one account and region. Its zero value is not
// usable: see [New].
type Store struct {
	region, account, dir string
	clock                func() time.Time

	mu      sync.Mutex
	buckets map[string]*bucket
}

// New returns a Store that has the given buckets, empty.
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

func (s *Store) now() time.Time { return s.clock().UTC().Truncate(time.Second) }

// bucketName is S3's rule for general purpose buckets, but for its reserved
// prefixes and suffixes.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// CreateBucket makes a bucket. One that exists is BucketAlreadyOwnedByYou,
// except in us-east-1, where S3 answers success.
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

// DeleteBucket removes an empty bucket. One that holds objects is
// BucketNotEmpty.
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

// Object returns what is known of an object, or NoSuchBucket or NoSuchKey.
func (s *Store) Object(bucket, key string) (*Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.object(bucket, key)
}

// object is Object, for callers which hold s.mu.
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

// Content is an object that is open for reading. It stays readable, and the same,
// when the object is deleted or written anew. The caller closes it.
type Content struct {
	*os.File
	object *Object
}

// Size returns the object's size in bytes.
func (c *Content) Size() int64 { return c.object.Size }

// Open opens an object, or returns NoSuchBucket or NoSuchKey.
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

// Read returns an object's bytes, at most limit of them: a larger object is
// EntityTooLarge.
func (s *Store) Read(bucket, key string, limit int64) (_ []byte, err error) {
	content, err := s.Open(bucket, key)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	if content.Size() > limit {
		return nil, wire.Errorf("EntityTooLarge", "the object has %d bytes; at most %d are read", content.Size(), limit)
	}
	data := make([]byte, content.Size())
	_, err = io.ReadFull(content, data)
	return data, err
}

// Put writes an object, in place of one of the same key.
func (s *Store) Put(bucket, key string, content io.Reader, header http.Header) (*Object, error) {
	sum := md5.New() //nolint:gosec // see the import
	f, err := s.store(io.TeeReader(content, sum))
	if err != nil {
		return nil, err
	}
	copy(f.md5[:], sum.Sum(nil))
	return s.place(bucket, key, f, header, false)
}

// place makes a file an object. It removes the file if that fails, and that of
// the object in whose place it comes. If ifAbsent is set, an object of the same
// key is PreconditionFailed.
func (s *Store) place(bucket, key string, f *file, header http.Header, ifAbsent bool) (*Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.writable(bucket, key, ifAbsent)
	if err != nil {
		return nil, errors.Join(err, f.remove())
	}
	o := &Object{f.size, header, etag(f.md5), s.now(), f}
	return o, b.put(key, o)
}

// writable returns the bucket to write an object to, for callers which hold s.mu.
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

// put puts an object in its place, and removes what was there.
func (b *bucket) put(key string, o *Object) error {
	old := b.objects[key]
	b.objects[key] = o
	if old == nil {
		return nil
	}
	return old.file.remove()
}

// Delete removes an object; one that isn't there is no error.
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

// bucket returns a bucket by name, for callers which hold s.mu.
func (s *Store) bucket(name string) (*bucket, error) {
	b := s.buckets[name]
	if b == nil {
		return nil, &wire.Error{
			Status: http.StatusNotFound, Code: "NoSuchBucket", Message: "The specified bucket does not exist",
		}
	}
	return b, nil
}

func etag(sum [md5.Size]byte) string { return `"` + hex.EncodeToString(sum[:]) + `"` }
