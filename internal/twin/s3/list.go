package s3

import (
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// maxKeys is the most keys in a response to ListObjectsV2.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
const maxKeys = 1000

type listResult struct {
	XMLName               struct{}       `xml:"ListBucketResult"`
	XMLNS                 string         `xml:"xmlns,attr"`
	Name                  string         `xml:"Name"`
	Prefix                string         `xml:"Prefix"`
	Delimiter             string         `xml:"Delimiter,omitempty"`
	StartAfter            string         `xml:"StartAfter,omitempty"`
	EncodingType          string         `xml:"EncodingType,omitempty"`
	KeyCount              int            `xml:"KeyCount"`
	MaxKeys               int            `xml:"MaxKeys"`
	IsTruncated           bool           `xml:"IsTruncated"`
	ContinuationToken     string         `xml:"ContinuationToken,omitempty"`
	NextContinuationToken string         `xml:"NextContinuationToken,omitempty"`
	Contents              []listedObject `xml:"Contents"`
	CommonPrefixes        []commonPrefix `xml:"CommonPrefixes"`
}

type listedObject struct {
	Key          string `xml:"Key"`
	LastModified string `xml:"LastModified"`
	ETag         string `xml:"ETag"`
	Size         int64  `xml:"Size"`
	StorageClass string `xml:"StorageClass"`
}

type commonPrefix struct {
	Prefix string `xml:"Prefix"`
}

// list returns the response to ListObjectsV2 for a bucket and the query parameters.
func (s *Store) list(name string, q url.Values) (*listResult, error) {
	out := &listResult{
		XMLNS: namespace, Name: name, Prefix: q.Get("prefix"), Delimiter: q.Get("delimiter"),
		StartAfter: q.Get("start-after"), EncodingType: q.Get("encoding-type"),
		ContinuationToken: q.Get("continuation-token"), MaxKeys: maxKeys,
	}
	if v := q.Get("max-keys"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return nil, wire.Errorf("InvalidArgument", "Provided max-keys not an integer or within integer range")
		}
		out.MaxKeys = min(n, maxKeys)
	}
	after := out.StartAfter
	if out.ContinuationToken != "" {
		token, err := base64.URLEncoding.DecodeString(out.ContinuationToken)
		if err != nil {
			return nil, wire.Errorf("InvalidArgument", "The continuation token provided is incorrect")
		}
		after = string(token)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(name)
	if err != nil {
		return nil, err
	}
	b.listInto(out, after)
	if out.EncodingType == "url" {
		out.encodeKeys()
	}
	return out, nil
}

// listInto adds the keys that are greater than after to out, until out has MaxKeys
// entries. It groups keys with equal text up to the delimiter into a common prefix.
func (b *bucket) listInto(out *listResult, after string) {
	last := ""
	for _, key := range slices.Sorted(maps.Keys(b.objects)) {
		if !strings.HasPrefix(key, out.Prefix) || key <= after {
			continue
		}
		entry, isPrefix := key, false
		if out.Delimiter != "" {
			if head, _, ok := strings.Cut(key[len(out.Prefix):], out.Delimiter); ok {
				entry, isPrefix = out.Prefix+head+out.Delimiter, true
			}
		}
		if isPrefix && (entry == last || strings.HasPrefix(after, entry)) {
			continue
		}
		if out.KeyCount == out.MaxKeys {
			out.IsTruncated = out.MaxKeys > 0
			out.NextContinuationToken = base64.URLEncoding.EncodeToString([]byte(last))
			return
		}
		if isPrefix {
			out.CommonPrefixes = append(out.CommonPrefixes, commonPrefix{entry})
		} else {
			o := b.objects[key]
			out.Contents = append(out.Contents, listedObject{
				key, o.Modified.Format(time.RFC3339), o.ETag, o.Size, "STANDARD",
			})
		}
		out.KeyCount++
		last = entry
	}
}

// encodeKeys escapes the keys and prefixes in a response, for encoding-type=url.
func (l *listResult) encodeKeys() {
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "%2F", "/") }
	l.Prefix, l.Delimiter, l.StartAfter = escape(l.Prefix), escape(l.Delimiter), escape(l.StartAfter)
	for i := range l.Contents {
		l.Contents[i].Key = escape(l.Contents[i].Key)
	}
	for i := range l.CommonPrefixes {
		l.CommonPrefixes[i].Prefix = escape(l.CommonPrefixes[i].Prefix)
	}
}
