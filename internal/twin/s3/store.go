// Package s3 keeps, for the local twin, the buckets and objects of Amazon S3
// in memory: enough for the CDK CLI to publish a stack's assets and for the
// twin's Lambda and CloudFormation to read them. [Store.ServeHTTP] speaks the
// S3 REST API, with the bucket in the path or in the host's name.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
package s3

import (
	"crypto/md5" //nolint:gosec // S3's entity tags are MD5 sums; nothing rests on them
	"encoding/hex"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Object is one object's bytes and what was said of them.
type Object struct {
	Data     []byte
	Header   http.Header // the stored headers, such as Content-Type and X-Amz-Meta-*
	ETag     string      // with its quotes
	Modified time.Time   // UTC, whole seconds
}

type bucket struct {
	created time.Time
	objects map[string]*Object // by key
	uploads map[string]*upload // by upload id
}

// Store holds the buckets of one account and region. Its zero value is not
// usable: see [New].
type Store struct {
	region, account string
	clock           func() time.Time

	mu      sync.Mutex
	buckets map[string]*bucket
}

// New returns a Store that has the given buckets, empty.
func New(region, account string, clock func() time.Time, buckets ...string) *Store {
	s := &Store{region: region, account: account, clock: clock, buckets: map[string]*bucket{}}
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
	return nil
}

// Get returns an object's bytes, and whether it exists. They are shared:
// callers don't change them.
func (s *Store) Get(bucket, key string) ([]byte, bool) {
	o, err := s.Object(bucket, key)
	if err != nil {
		return nil, false
	}
	return o.Data, true
}

// Object returns an object, or NoSuchBucket or NoSuchKey.
func (s *Store) Object(bucket, key string) (*Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
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

// Put writes an object, in place of one of the same key.
func (s *Store) Put(bucket, key string, data []byte, header http.Header) (*Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucket)
	if err != nil {
		return nil, err
	}
	o := &Object{data, header, etag(data), s.now()}
	b.objects[key] = o
	return o, nil
}

// Delete removes an object; one that isn't there is no error.
func (s *Store) Delete(bucket, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucket)
	if err != nil {
		return err
	}
	delete(b.objects, key)
	return nil
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

func etag(data []byte) string {
	sum := md5.Sum(data) //nolint:gosec // see the import
	return `"` + hex.EncodeToString(sum[:]) + `"`
}
