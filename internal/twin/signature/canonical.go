package signature

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// unsignedPayload takes the place of a body's hash in S3 requests whose client did not
// hash the body.
const unsignedPayload = "UNSIGNED-PAYLOAD"

// declaredPayloads returns the values that S3 accepts in place of a body's hash. The
// twin does not support those for chunks signed with AWS4-ECDSA-P256-SHA256.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
func declaredPayloads() []string {
	return []string{
		unsignedPayload, "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
		"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
	}
}

// declaredPayload returns the body's hash that a request to S3 declares, or the value in
// place of it. For a presigned URL it copies the value from the query string to the
// header, where package s3 reads it.
func (c claim) declaredPayload(header http.Header) (string, error) {
	const name = "X-Amz-Content-Sha256"
	if c.presigned && c.query.Has(name) {
		header.Set(name, c.query.Get(name))
	}
	declared := header.Values(name)
	switch {
	case len(declared) == 0 && c.presigned:
		return unsignedPayload, nil
	case len(declared) == 0:
		return "", refuse(NoPayload, "Missing required header for this request: x-amz-content-sha256")
	case len(declared) > 1 || !slices.Contains(declaredPayloads(), declared[0]) && !isHash(declared[0]):
		return "", refuse(NoPayload, "x-amz-content-sha256 must be "+strings.Join(declaredPayloads(), ", ")+", or a valid sha256 value.")
	}
	return declared[0], nil
}

// isHash reports whether s is a SHA-256 hash in lower-case hexadecimal.
func isHash(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// canonicalRequest returns the canonical form of a request, which is what clients sign.
// Payload is the body's hash, or the value in place of it.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
func (c claim) canonicalRequest(r *http.Request, payload string) (string, error) {
	path, err := c.canonicalPath(r.URL)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(1024) // larger than most requests need
	for _, line := range []string{r.Method, path, canonicalQuery(c.query)} {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	for _, name := range c.signedHeaders {
		values := headerValues(r, name)
		if len(values) == 0 {
			return "", refuse(Mismatch, "The header "+strconv.Quote(name)+" is signed, but was not sent.")
		}
		b.WriteString(name)
		b.WriteByte(':')
		for i, value := range values {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(singleSpaced(value))
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	b.WriteString(strings.Join(c.signedHeaders, ";"))
	b.WriteByte('\n')
	b.WriteString(payload)
	return b.String(), nil
}

// headerValues returns a header's values as the client sent them. Package net/http
// removes some headers from Request.Header. In HTTP/2 the host is the pseudo-header
// :authority.
func headerValues(r *http.Request, name string) []string {
	switch name {
	case "host", ":authority":
		return []string{r.Host}
	case "transfer-encoding":
		return r.TransferEncoding
	}
	return r.Header.Values(name)
}

// singleSpaced returns a header's value without surrounding spaces, and with single
// spaces in place of several.
func singleSpaced(value string) string {
	value = strings.TrimSpace(value)
	for strings.Contains(value, "  ") {
		value = strings.ReplaceAll(value, "  ", " ")
	}
	return value
}

// canonicalPath returns a path's canonical form. Each segment is escaped as AWS does,
// once for S3 and twice for other services. An escaped slash stays escaped.
func (c claim) canonicalPath(u *url.URL) (string, error) {
	parts := strings.Split(u.EscapedPath(), "/")
	for i, part := range parts {
		text, err := url.PathUnescape(part)
		if err != nil {
			return "", refuse(Malformed, "the path can't be decoded: write two hexadecimal digits after each %")
		}
		if parts[i] = escape(text); c.service != s3 {
			parts[i] = escape(parts[i])
		}
	}
	if path := strings.Join(parts, "/"); path != "" {
		return path, nil
	}
	return "/", nil
}

// canonicalQuery returns the canonical form of a query string. It omits the signature,
// which is not signed.
func canonicalQuery(query url.Values) string {
	type parameter struct{ name, value string }
	parameters := make([]parameter, 0, len(query))
	for name, values := range query {
		for _, value := range values {
			if name != "X-Amz-Signature" {
				parameters = append(parameters, parameter{escape(name), escape(value)})
			}
		}
	}
	slices.SortFunc(parameters, func(a, b parameter) int {
		if by := strings.Compare(a.name, b.name); by != 0 {
			return by
		}
		return strings.Compare(a.value, b.value)
	})
	pairs := make([]string, len(parameters))
	for i, p := range parameters {
		pairs[i] = p.name + "=" + p.value
	}
	return strings.Join(pairs, "&")
}

// escape returns s with each byte as %XY, except letters, digits and the characters
// -._~.
func escape(s string) string {
	const hexadecimal = "0123456789ABCDEF"
	safe := func(c byte) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
	}
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; safe(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hexadecimal[c>>4], hexadecimal[c&15]})
		}
	}
	return b.String()
}
