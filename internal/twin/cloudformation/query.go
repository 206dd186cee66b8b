package cloudformation

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// namespace is the API's XML namespace.
const namespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/"

// form contains the names and values of a request of the AWS Query protocol. A name such
// as Parameters.member.1.ParameterKey means the field ParameterKey of the first element
// of the list Parameters.
//
// Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
type form url.Values

// get returns the value of name, or "" if the request does not contain it.
func (f form) get(name string) string { return url.Values(f).Get(name) }

// has reports whether the request contains a value, list or structure called name.
func (f form) has(name string) bool {
	for key := range f {
		if key == name || strings.HasPrefix(key, name+".") {
			return true
		}
	}
	return false
}

// isTrue reports whether the value of name is "true".
func (f form) isTrue(name string) bool { return f.get(name) == "true" }

// list returns the elements of a list of strings, in order.
func (f form) list(name string) []string {
	var out []string
	for _, entry := range f.structures(name) {
		out = append(out, entry.get(""))
	}
	return out
}

// structures returns the elements of a list of structures, in order.
func (f form) structures(name string) []form {
	byNumber := map[int]form{}
	for key, values := range f {
		rest, ok := strings.CutPrefix(key, name+".member.")
		if !ok {
			continue
		}
		number, field, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if err != nil {
			continue
		}
		if byNumber[n] == nil {
			byNumber[n] = form{}
		}
		byNumber[n][field] = values
	}
	var numbers []int
	for n := range byNumber {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var out []form
	for _, n := range numbers {
		out = append(out, byNumber[n])
	}
	return out
}

// tags returns the tags in the request.
func (f form) tags() []tag {
	var out []tag
	for _, t := range f.structures("Tags") {
		out = append(out, tag{t.get("Key"), t.get("Value")})
	}
	return out
}

// check returns an error if the request contains a parameter that is not in known. The
// error names all such parameters. name is the name of the action.
func (f form) check(name string, known []string) error {
	var unknown []string
	for key := range f {
		field, _, _ := strings.Cut(key, ".")
		if field != "Action" && field != "Version" && !slices.Contains(known, field) {
			unknown = append(unknown, field)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return validationError("the local twin's %s does not support %s", name, strings.Join(slices.Compact(unknown), ", "))
	}
	return nil
}

// members is a list in a response. An empty list is encoded as an empty element.
type members[T any] struct {
	Member []T `xml:"member"`
}

// membersOf returns items as a list of a response.
func membersOf[T any](items []T) members[T] { return members[T]{items} }

// timestamp formats a time as the API does, with milliseconds. It returns "" for the
// zero time.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// writeResult writes the response of the action called name. A nil result is encoded as an
// empty element.
func writeResult(w http.ResponseWriter, name, requestID string, result any) {
	if result == nil {
		result = struct{}{}
	}
	type metadata struct {
		RequestID string `xml:"RequestId"`
	}
	writeXML(w, http.StatusOK, name+"Response", []part{{name + "Result", result}, {"ResponseMetadata", metadata{requestID}}})
}

// writeError writes an error response.
func writeError(w http.ResponseWriter, requestID string, refused *wire.Error) {
	status, fault := cmp.Or(refused.Status, http.StatusBadRequest), "Sender"
	if status >= http.StatusInternalServerError {
		fault = "Receiver"
	}
	body := struct{ Type, Code, Message string }{fault, refused.Code, refused.Message}
	writeXML(w, status, "ErrorResponse", []part{{"Error", body}, {"RequestId", requestID}})
}

// part is a child element of a response's root element.
type part struct {
	name  string
	value any
}

// writeXML writes an XML document with the root element root, which contains parts.
func writeXML(w http.ResponseWriter, status int, root string, parts []part) {
	var out bytes.Buffer
	e := xml.NewEncoder(&out)
	start := xml.StartElement{Name: xml.Name{Local: root}, Attr: []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: namespace}}}
	err := e.EncodeToken(start)
	for _, p := range parts {
		err = errors.Join(err, e.EncodeElement(p.value, xml.StartElement{Name: xml.Name{Local: p.name}}))
	}
	err = errors.Join(err, e.EncodeToken(start.End()), e.Flush())
	if err != nil { // cannot happen: all responses can be encoded as XML
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // fails only if the client has disconnected
}
