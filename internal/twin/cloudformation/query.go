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

// form is a request of the AWS Query protocol: names and values, in which
// Parameters.member.1.ParameterKey is a field of the first of a list.
//
// Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
type form url.Values

// get returns a value, or "".
func (f form) get(name string) string { return url.Values(f).Get(name) }

// has reports whether the value, list or structure of that name is given.
func (f form) has(name string) bool {
	for key := range f {
		if key == name || strings.HasPrefix(key, name+".") {
			return true
		}
	}
	return false
}

// yes reports whether a value is true.
func (f form) yes(name string) bool { return f.get(name) == "true" }

// list returns the entries of a list of texts, in order.
func (f form) list(name string) []string {
	var out []string
	for _, entry := range f.structures(name) {
		out = append(out, entry.get(""))
	}
	return out
}

// structures returns the entries of a list of structures, in order.
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

// tags returns the tags given.
func (f form) tags() []tag {
	var out []tag
	for _, t := range f.structures("Tags") {
		out = append(out, tag{t.get("Key"), t.get("Value")})
	}
	return out
}

// check refuses, by name, what the action isn't known to take.
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
		return validation("the local twin's %s does not support %s", name, strings.Join(slices.Compact(unknown), ", "))
	}
	return nil
}

// members is a list in an answer. It is there also when it is empty.
type members[T any] struct {
	Member []T `xml:"member"`
}

// listed returns items as a list of an answer.
func listed[T any](items []T) members[T] { return members[T]{items} }

// timestamp writes a time as the API does, to the millisecond, and no time
// as "".
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// writeResult writes an action's answer. A nil result is an empty one.
func writeResult(w http.ResponseWriter, name, requestID string, result any) {
	if result == nil {
		result = struct{}{}
	}
	type metadata struct {
		RequestID string `xml:"RequestId"`
	}
	writeXML(w, http.StatusOK, name+"Response", []part{{name + "Result", result}, {"ResponseMetadata", metadata{requestID}}})
}

// writeError writes a refusal.
func writeError(w http.ResponseWriter, requestID string, refused *wire.Error) {
	status, blame := cmp.Or(refused.Status, http.StatusBadRequest), "Sender"
	if status >= http.StatusInternalServerError {
		blame = "Receiver"
	}
	body := struct{ Type, Code, Message string }{blame, refused.Code, refused.Message}
	writeXML(w, status, "ErrorResponse", []part{{"Error", body}, {"RequestId", requestID}})
}

// part is an element of an answer.
type part struct {
	name  string
	value any
}

// writeXML writes one document: its root, with the parts in it.
func writeXML(w http.ResponseWriter, status int, root string, parts []part) {
	var out bytes.Buffer
	e := xml.NewEncoder(&out)
	start := xml.StartElement{Name: xml.Name{Local: root}, Attr: []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: namespace}}}
	err := e.EncodeToken(start)
	for _, p := range parts {
		err = errors.Join(err, e.EncodeElement(p.value, xml.StartElement{Name: xml.Name{Local: p.name}}))
	}
	err = errors.Join(err, e.EncodeToken(start.End()), e.Flush())
	if err != nil { // answers hold only what XML can
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the client has gone: nobody is left to tell
}
