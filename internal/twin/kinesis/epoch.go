package kinesis

import (
	"fmt"
	"strconv"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// epoch is a time in a request or response. In AWS JSON it is the number of seconds
// since 1970, with milliseconds as a fraction. In CBOR it is the number of milliseconds
// since 1970, with tag 1.
//
// Source: https://github.com/aws/aws-sdk-java-v2/tree/master/core/protocols/aws-cbor-protocol
type epoch time.Time

// epochTag is CBOR's tag for a time. In AWS's protocol the number is in milliseconds,
// unlike in the CBOR standard, where it is in seconds.
//
// Source: https://www.rfc-editor.org/rfc/rfc8949#section-3.4.2
const epochTag = 1

// MarshalJSON writes the seconds since 1970.
func (e epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Time(e).UnixMilli())/1000, 'f', -1, 64), nil
}

// UnmarshalJSON reads the seconds since 1970, and rounds them to milliseconds.
func (e *epoch) UnmarshalJSON(text []byte) error {
	seconds, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return fmt.Errorf("needs a time in seconds since 1970, got %s", text)
	}
	*e = epoch(time.UnixMilli(int64(seconds*1000 + 0.5)))
	return nil
}

// MarshalCBOR writes the milliseconds since 1970.
func (e epoch) MarshalCBOR() ([]byte, error) {
	return cbor.Marshal(cbor.Tag{Number: epochTag, Content: time.Time(e).UnixMilli()})
}

// UnmarshalCBOR reads the milliseconds since 1970.
func (e *epoch) UnmarshalCBOR(item []byte) error {
	var tagged cbor.RawTag
	var milliseconds int64
	if err := cbor.Unmarshal(item, &tagged); err != nil || tagged.Number != epochTag {
		return fmt.Errorf("needs a time with tag %d, got %x", epochTag, item)
	}
	if err := cbor.Unmarshal(tagged.Content, &milliseconds); err != nil {
		return fmt.Errorf("needs a time in milliseconds since 1970: %w", err)
	}
	*e = epoch(time.UnixMilli(milliseconds))
	return nil
}
