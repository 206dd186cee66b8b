package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/fxamacker/cbor/v2"
	jsonv2 "github.com/go-json-experiment/json"

	"github.com/tributary-cdk/tributary/internal/twin/depth"
)

// cborType is the content type in which the AWS SDK for Java writes requests to
// Kinesis: the AWS JSON protocol with CBOR in the place of JSON. Values of bytes
// are byte strings, and times are whole milliseconds since 1970 under tag 1.
//
// Source: https://github.com/aws/aws-sdk-java-v2/tree/master/core/protocols/aws-cbor-protocol
const cborType = "application/x-amz-cbor-1.1"

// UnknownFieldError says that a request holds a field that its operation doesn't
// know.
type UnknownFieldError struct{ Field string }

// Error names the field, in quotes.
func (e *UnknownFieldError) Error() string { return fmt.Sprintf("unknown field %q", e.Field) }

// Body is what a request holds.
type Body struct {
	Bytes []byte
	CBOR  bool // else it is JSON
}

// Decode decodes the body into a value by its fields' json tags, and ignores
// fields that the value doesn't have.
func (b Body) Decode(into any) error {
	if b.CBOR {
		return cborModes().lenient.Unmarshal(b.Bytes, into)
	}
	if err := depth.JSON(b.Bytes); err != nil {
		return err
	}
	return json.Unmarshal(b.Bytes, into)
}

// DecodeKnown is Decode, but returns an *[UnknownFieldError] for a field that the
// value doesn't have.
func (b Body) DecodeKnown(into any) error {
	if !b.CBOR {
		return decodeKnownJSON(b.Bytes, into)
	}
	err := cborModes().strict.Unmarshal(b.Bytes, into)
	if unknown := new(cbor.UnknownFieldError); errors.As(err, &unknown) {
		return b.unknownField(into, unknown)
	}
	return err
}

// unknownField names the field that CBOR's decoder counted: JSON's decoder names
// it.
func (b Body) unknownField(into any, counted error) error {
	var fields map[string]any
	if err := cborModes().lenient.Unmarshal(b.Bytes, &fields); err != nil {
		return err
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	var named *UnknownFieldError
	if errors.As(decodeKnownJSON(text, into), &named) {
		return named
	}
	return counted
}

// decodeKnownJSON uses the decoder that is to become encoding/json/v2: of a request
// to PutRecords, it makes records three times as fast as encoding/json does.
func decodeKnownJSON(text []byte, into any) error {
	if err := depth.JSON(text); err != nil {
		return err
	}
	err := jsonv2.Unmarshal(text, into, jsonv2.RejectUnknownMembers(true), jsonv2.MatchCaseInsensitiveNames(true))
	wrong := new(jsonv2.SemanticError)
	switch {
	case !errors.As(err, &wrong):
		return err
	case errors.Is(err, jsonv2.ErrUnknownName):
		return &UnknownFieldError{wrong.JSONPointer.LastToken()}
	case wrong.Err != nil:
		return fmt.Errorf("%s: %w", wrong.JSONPointer, wrong.Err)
	}
	// The decoder words its errors in more ways than one, so that nobody relies on them.
	return fmt.Errorf("%s: a JSON %s is no %v", wrong.JSONPointer, wrong.JSONKind, wrong.GoType)
}

// cborCodec is how the twin reads and writes CBOR.
type cborCodec struct {
	lenient, strict cbor.DecMode
	encode          cbor.EncMode
}

// cborModes returns the codec. It reads items of indefinite length, as the SDK
// for Java writes them, and is no more lenient than JSON's is: it refuses text
// that isn't UTF-8, and nesting beyond [depth.Most].
var cborModes = sync.OnceValue(func() cborCodec {
	options := cbor.DecOptions{
		MaxNestedLevels: depth.Most, MaxArrayElements: 1 << 16, MaxMapPairs: 1 << 16,
		DupMapKey: cbor.DupMapKeyEnforcedAPF, DefaultMapType: reflect.TypeFor[map[string]any](),
	}
	lenient, err := options.DecMode()
	options.ExtraReturnErrors = cbor.ExtraDecErrorUnknownField
	strict, err2 := options.DecMode()
	encode, err3 := cbor.EncOptions{}.EncMode()
	if err := errors.Join(err, err2, err3); err != nil {
		panic(err) // the options above exclude each other: a bug
	}
	return cborCodec{lenient, strict, encode}
})

// isCBOR reports whether a request's body is CBOR. Its answer is then CBOR, too.
func isCBOR(r *http.Request) bool { return contentTypeOf(r) == cborType }

// contentTypeOf returns a request's media type, without parameters.
func contentTypeOf(r *http.Request) string {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// write answers a request in the form that it was sent in.
func write(w http.ResponseWriter, r *http.Request, status int, body any) {
	w.Header().Set("Content-Type", contentType(r))
	if isCBOR(r) {
		data, err := cborModes().encode.Marshal(body)
		if err != nil { // answers hold only what CBOR can
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(status)
		_, _ = w.Write(data) // the client has gone: nobody is left to tell
		return
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // as above
}

// contentType answers in the version of the protocol that r was sent in.
func contentType(r *http.Request) string {
	if got := r.Header.Get("Content-Type"); strings.HasPrefix(got, "application/x-amz-json-") {
		return got
	}
	if isCBOR(r) {
		return cborType
	}
	return "application/x-amz-json-1.1"
}
