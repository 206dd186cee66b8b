package signature

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	s3         = "s3" // the service with rules of its own for paths, bodies and query strings
)

// timeFormat is the format of X-Amz-Date.
const timeFormat = "20060102T150405Z"

// maxSkew is the largest difference between a request's time and the service's.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
const maxSkew = 15 * time.Minute

// maxExpires is the longest time for which a presigned URL may be valid.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
const maxExpires = 7 * 24 * time.Hour

// claim is the signature of a request with its parameters, not yet verified.
type claim struct {
	accessKeyID, day, region, service string    // the credential scope
	date                              string    // the request's time in timeFormat
	at                                time.Time // the request's time
	token                             string    // the session token; empty if there is none
	signedHeaders                     []string  // in lower case, sorted
	signature                         []byte
	presigned                         bool          // the signature is in the query string
	expires                           time.Duration // validity of a presigned URL
	query                             url.Values    // the request's query string
}

// scope returns the claimed scope.
func (c claim) scope() Scope { return Scope{c.accessKeyID, c.region, c.service} }

// signs reports whether a header is signed. Its name is in lower case.
func (c claim) signs(header string) bool {
	_, found := slices.BinarySearch(c.signedHeaders, header)
	return found
}

// claimOf returns a request's claim from the Authorization header or, only for S3, from
// the query string.
func claimOf(r *http.Request) (claim, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return claim{}, refuse(Malformed, "the query string can't be decoded: escape each % and ; in it")
	}
	c := claim{query: query}
	authorization := r.Header.Values("Authorization")
	inQuery := query.Has("X-Amz-Algorithm") || query.Has("X-Amz-Credential") || query.Has("X-Amz-Signature")
	switch {
	case len(authorization) > 1:
		return c, refuse(Malformed, "There is more than one Authorization header.")
	case len(authorization) == 1 && inQuery:
		return c, refuse(Malformed, "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified")
	case len(authorization) == 1:
		err = c.readHeader(authorization[0], r.Header)
	case inQuery:
		err = c.readQuery(query)
	case query.Has("AWSAccessKeyId"): // Signature Version 2, which S3 refuses for buckets created since 2020
		err = refuse(Unsupported, "")
	default:
		err = refuse(Missing, "")
	}
	return c, err
}

// readHeader reads the headers Authorization, X-Amz-Security-Token, and X-Amz-Date or
// Date.
func (c *claim) readHeader(authorization string, header http.Header) error {
	rest, ok := strings.CutPrefix(authorization, algorithm+" ")
	if !ok {
		return refuse(Unsupported, "")
	}
	parameters := map[string][]string{}
	for pair := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		parameters[name] = append(parameters[name], value)
	}
	for _, name := range []string{"Credential", "SignedHeaders", "Signature"} {
		if len(parameters[name]) != 1 {
			return refuse(Malformed, "Authorization header requires '"+name+"' parameter, once.")
		}
	}
	if len(parameters) > 3 {
		return refuse(Malformed, "Authorization header takes Credential, SignedHeaders and Signature only.")
	}
	tokens := header.Values("X-Amz-Security-Token")
	if len(tokens) > 1 {
		return refuse(Malformed, "There is more than one X-Amz-Security-Token header.")
	}
	c.token = strings.Join(tokens, "")
	return c.read(parameters["Credential"][0], dateOf(header), parameters["SignedHeaders"][0], parameters["Signature"][0])
}

// dateOf returns the value of the X-Amz-Date header or, if the request does not have it,
// the Date header in timeFormat. It returns "" if the Date header is invalid or absent.
func dateOf(header http.Header) string {
	if dates := header.Values("X-Amz-Date"); len(dates) > 0 {
		return dates[0]
	}
	at, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return ""
	}
	return at.UTC().Format(timeFormat)
}

// readQuery reads the query string of a presigned URL.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
func (c *claim) readQuery(query url.Values) error {
	c.presigned = true
	if part := strings.Split(query.Get("X-Amz-Credential"), "/"); len(part) == 5 {
		c.service = part[3]
	}
	if c.service != s3 { // only S3 has presigned URLs: as for an unsigned request
		return refuse(Missing, "Credentials in the query string are for presigned URLs of S3 only.")
	}
	for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature"} {
		if len(query[name]) != 1 {
			return refuse(MalformedQuery, "Query-string authentication requires the "+name+" parameter, once.")
		}
	}
	c.token = query.Get("X-Amz-Security-Token")
	err := c.read(query.Get("X-Amz-Credential"), query.Get("X-Amz-Date"), query.Get("X-Amz-SignedHeaders"), query.Get("X-Amz-Signature"))
	if err != nil {
		return err
	}
	if query.Get("X-Amz-Algorithm") != algorithm {
		return refuse(Unsupported, "")
	}
	seconds, err := strconv.Atoi(query.Get("X-Amz-Expires"))
	c.expires = time.Duration(seconds) * time.Second
	if err != nil || seconds < 1 || c.expires > maxExpires {
		return refuse(MalformedQuery, "X-Amz-Expires must be between 1 and 604800 seconds (a week)")
	}
	return nil
}

// read reads the parameters that headers and query strings have in common.
func (c *claim) read(credential, date, signedHeaders, signature string) error {
	part := strings.Split(credential, "/")
	if len(part) != 5 || part[0] == "" {
		return refuse(Malformed, "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.")
	}
	c.accessKeyID, c.day, c.region, c.service = part[0], part[1], part[2], part[3]
	if part[4] != terminator {
		return refuse(Mismatch, "Credential should be scoped with a valid terminator: '"+terminator+"'.")
	}
	var err error
	if c.at, err = time.Parse(timeFormat, date); err != nil {
		return refuse(Malformed, "A request needs its time in the format "+timeFormat+", in an X-Amz-Date header or parameter, or a Date header.")
	}
	if c.date = date; len(c.day) != len("YYYYMMDD") || !strings.HasPrefix(date, c.day) {
		return refuse(Mismatch, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.")
	}
	c.signedHeaders = strings.Split(signedHeaders, ";")
	for i, name := range c.signedHeaders {
		if name == "" || name != strings.ToLower(name) || i > 0 && name <= c.signedHeaders[i-1] {
			return refuse(Malformed, "SignedHeaders must be names in lower case, sorted, separated by semicolons.")
		}
	}
	if c.signature, err = hex.DecodeString(signature); err != nil || signature != strings.ToLower(signature) {
		return refuse(Malformed, "Signature must be lower-case hexadecimal.")
	}
	return nil
}

// checkTime returns a refusal if a request is too old or from the future, or if its
// presigned URL has expired.
func (c claim) checkTime(now time.Time) error {
	now = now.UTC()
	limit := func(of time.Duration) string { return now.Add(of).Format(timeFormat) + " (" + now.Format(timeFormat) }
	switch {
	case c.at.After(now.Add(maxSkew)):
		return refuse(Skewed, "Signature not yet current: "+c.date+" is still later than "+limit(maxSkew)+" + 15 min.)")
	case c.presigned && now.After(c.at.Add(c.expires)):
		return refuse(Expired, "")
	case !c.presigned && c.at.Before(now.Add(-maxSkew)):
		return refuse(Skewed, "Signature expired: "+c.date+" is now earlier than "+limit(-maxSkew)+" - 15 min.)")
	}
	return nil
}
