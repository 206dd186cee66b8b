package s3

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

type bucketList struct {
	XMLName struct{}      `xml:"ListAllMyBucketsResult"`
	XMLNS   string        `xml:"xmlns,attr"`
	Owner   string        `xml:"Owner>ID"`
	Buckets []bucketEntry `xml:"Buckets>Bucket"`
}

type bucketEntry struct {
	Name         string `xml:"Name"`
	CreationDate string `xml:"CreationDate"`
}

func (s *Store) listBuckets(w http.ResponseWriter, _ *http.Request, _, _ string) error {
	out := bucketList{XMLNS: namespace, Owner: s.account}
	s.mu.Lock()
	for _, name := range slices.Sorted(maps.Keys(s.buckets)) {
		out.Buckets = append(out.Buckets, bucketEntry{name, s.buckets[name].created.Format(time.RFC3339)})
	}
	s.mu.Unlock()
	writeXML(w, http.StatusOK, out)
	return nil
}

func (s *Store) putBucket(w http.ResponseWriter, _ *http.Request, bucket, _ string) error {
	if err := s.CreateBucket(bucket); err != nil {
		return err
	}
	w.Header().Set("Location", "/"+bucket)
	return nil
}

func (s *Store) headBucket(w http.ResponseWriter, _ *http.Request, bucket, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.bucket(bucket); err != nil {
		return err
	}
	w.Header().Set("X-Amz-Bucket-Region", s.region)
	return nil
}

func (s *Store) deleteBucket(w http.ResponseWriter, _ *http.Request, bucket, _ string) error {
	if err := s.DeleteBucket(bucket); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

type location struct {
	XMLName struct{} `xml:"LocationConstraint"`
	XMLNS   string   `xml:"xmlns,attr"`
	Region  string   `xml:",chardata"` // empty in us-east-1
}

func (s *Store) getBucketLocation(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	if err := s.headBucket(w, r, bucket, key); err != nil {
		return err
	}
	out := location{XMLNS: namespace, Region: s.region}
	if s.region == "us-east-1" {
		out.Region = ""
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

// encryption is the default encryption of S3, which every bucket has had since 2023.
type encryption struct {
	XMLName   struct{} `xml:"ServerSideEncryptionConfiguration"`
	XMLNS     string   `xml:"xmlns,attr"`
	Algorithm string   `xml:"Rule>ApplyServerSideEncryptionByDefault>SSEAlgorithm"`
	BucketKey bool     `xml:"Rule>BucketKeyEnabled"`
}

func (s *Store) getBucketEncryption(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	if err := s.headBucket(w, r, bucket, key); err != nil {
		return err
	}
	writeXML(w, http.StatusOK, encryption{XMLNS: namespace, Algorithm: "AES256"})
	return nil
}

func (s *Store) listObjectsV2(w http.ResponseWriter, r *http.Request, bucket, _ string) error {
	if kind := r.URL.Query().Get("list-type"); kind != "2" {
		return notImplemented("list-type %q", kind)
	}
	out, err := s.list(bucket, r.URL.Query())
	if err != nil {
		return err
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

// metadataPrefix begins the headers of an object's metadata.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
const metadataPrefix = "X-Amz-Meta-"

func (s *Store) getObject(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	content, err := s.Open(bucket, key)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }() // nothing was written, so no error matters
	for name, values := range content.object.Header {
		if strings.HasPrefix(name, metadataPrefix) {
			name = strings.ToLower(name) // S3 sends lower-case names, which boto3 does not change
		}
		w.Header()[name] = values
	}
	if r.Header.Get("X-Amz-Checksum-Mode") == "ENABLED" && r.Header.Get("Range") == "" {
		maps.Copy(w.Header(), content.object.file.sums)
	}
	w.Header().Set("ETag", content.object.ETag)
	http.ServeContent(w, r, "", content.object.Modified, content)
	return nil
}

func (s *Store) putObject(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	ifAbsent := r.Header.Get("If-None-Match") == "*"
	if err := s.checkWritable(bucket, key, ifAbsent); err != nil {
		return err
	}
	f, err := s.receive(r)
	if err != nil {
		return err
	}
	o, err := s.putFile(bucket, key, f, storedHeader(r.Header), ifAbsent)
	if err != nil {
		return err
	}
	maps.Copy(w.Header(), f.sums)
	w.Header().Set("ETag", o.ETag)
	return nil
}

// checkWritable returns an error if an object can't be written. It is called before the
// request's body is read.
func (s *Store) checkWritable(bucket, key string, ifAbsent bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.writable(bucket, key, ifAbsent)
	return err
}

func (s *Store) deleteObject(w http.ResponseWriter, _ *http.Request, bucket, key string) error {
	if err := s.Delete(bucket, key); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

type deleteRequest struct {
	Objects []objectKey `xml:"Object"`
	Quiet   bool        `xml:"Quiet"`
}

type objectKey struct {
	Key string `xml:"Key"`
}

type deleteResult struct {
	XMLName struct{}    `xml:"DeleteResult"`
	XMLNS   string      `xml:"xmlns,attr"`
	Deleted []objectKey `xml:"Deleted"`
}

func (s *Store) deleteObjects(w http.ResponseWriter, r *http.Request, bucket, _ string) error {
	var in deleteRequest
	if err := readXML(r, &in); err != nil {
		return err
	}
	if n := len(in.Objects); n < 1 || n > maxKeys {
		return wire.Errorf("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema: between 1 and %d objects, got %d", maxKeys, n)
	}
	out := deleteResult{XMLNS: namespace}
	for _, o := range in.Objects {
		if err := s.Delete(bucket, o.Key); err != nil {
			return err
		}
		if !in.Quiet {
			out.Deleted = append(out.Deleted, o)
		}
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

type uploadResult struct {
	XMLName  struct{} `xml:"InitiateMultipartUploadResult"`
	XMLNS    string   `xml:"xmlns,attr"`
	Bucket   string   `xml:"Bucket"`
	Key      string   `xml:"Key"`
	UploadID string   `xml:"UploadId"`
}

func (s *Store) createMultipartUpload(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	id, err := s.createUpload(bucket, key, storedHeader(r.Header))
	if err != nil {
		return err
	}
	writeXML(w, http.StatusOK, uploadResult{XMLNS: namespace, Bucket: bucket, Key: key, UploadID: id})
	return nil
}

func (s *Store) uploadPart(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	q := r.URL.Query()
	number, err := strconv.Atoi(q.Get("partNumber"))
	if err != nil {
		return wire.Errorf("InvalidArgument", "partNumber: %v", err)
	}
	if err := s.checkPart(bucket, key, q.Get("uploadId"), number); err != nil {
		return err
	}
	f, err := s.receive(r)
	if err != nil {
		return err
	}
	if err := s.putPart(bucket, key, q.Get("uploadId"), number, f); err != nil {
		return err
	}
	maps.Copy(w.Header(), f.sums) // the SDKs expect a part's checksum in the response
	w.Header().Set("ETag", etag(f.md5))
	return nil
}

type completeRequest struct {
	Parts []part `xml:"Part"`
}

type completeResult struct {
	XMLName  struct{} `xml:"CompleteMultipartUploadResult"`
	XMLNS    string   `xml:"xmlns,attr"`
	Location string   `xml:"Location"`
	Bucket   string   `xml:"Bucket"`
	Key      string   `xml:"Key"`
	ETag     string   `xml:"ETag"`
}

func (s *Store) completeMultipartUpload(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	var in completeRequest
	if err := readXML(r, &in); err != nil {
		return err
	}
	o, err := s.completeUpload(bucket, key, r.URL.Query().Get("uploadId"), in.Parts)
	if err != nil {
		return err
	}
	writeXML(w, http.StatusOK, completeResult{
		XMLNS: namespace, Location: "http://" + r.Host + r.URL.Path, Bucket: bucket, Key: key, ETag: o.ETag,
	})
	return nil
}

func (s *Store) abortMultipartUpload(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	if err := s.abortUpload(bucket, key, r.URL.Query().Get("uploadId")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// storedHeader returns the headers of an upload request that are stored with the object
// and returned by GetObject.
func storedHeader(h http.Header) http.Header {
	stored := []string{"Content-Type", "Cache-Control", "Content-Disposition", "Content-Language", "Expires"}
	out := http.Header{}
	for name, values := range h {
		if slices.Contains(stored, name) || strings.HasPrefix(name, metadataPrefix) {
			out[name] = values
		}
	}
	coding := strings.TrimPrefix(strings.TrimPrefix(h.Get("Content-Encoding"), "aws-chunked"), ",")
	if coding != "" {
		out.Set("Content-Encoding", strings.TrimSpace(coding))
	}
	if out.Get("Content-Type") == "" {
		out.Set("Content-Type", "binary/octet-stream")
	}
	return out
}
