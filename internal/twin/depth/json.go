package depth

import (
	"bytes"
	"fmt"
)

// Most is the most nested objects and arrays in a request, a template or a payload. AWS
// documents no such limit. JSON of the CDK and the SDKs has less than 30 levels.
const Most = 128

// JSON returns an error if data has more than [Most] levels of nested objects and
// arrays. It does not check whether data is valid JSON. It searches strings for their
// end only, so that it takes little time for a body that is mostly base64.
func JSON(data []byte) error {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			n := stringLength(data[i+1:])
			if n < 0 {
				return nil // the string has no end, for which the decoder returns an error
			}
			i += n + 1 // now i is the index of the closing quote
		case '{', '[':
			if depth++; depth > Most {
				return fmt.Errorf("JSON nests deeper than %d levels", Most)
			}
		case '}', ']':
			depth--
		}
	}
	return nil
}

// stringLength returns the number of bytes before the quote that ends a string, or -1 if
// the string has no end. The string's opening quote is not part of data.
func stringLength(data []byte) int {
	for from := 0; ; {
		n := bytes.IndexByte(data[from:], '"')
		if n < 0 {
			return -1
		}
		quote, backslashes := from+n, 0
		for quote-backslashes > from && data[quote-backslashes-1] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return quote
		}
		from = quote + 1
	}
}
