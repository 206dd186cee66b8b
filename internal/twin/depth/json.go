package depth

import (
	"bytes"
	"fmt"
)

// Most is how deeply objects and arrays may nest in a request, a template or a
// payload. AWS documents no such limit. What the CDK and the SDKs send nests
// less than 30 deep.
const Most = 128

// JSON returns an error if data nests objects and arrays more than [Most] deep.
// It looks at nothing else: text that isn't JSON may pass. It reads each string
// once and quickly, so that a body of mostly base64 costs next to nothing.
func JSON(data []byte) error {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			n := stringLength(data[i+1:])
			if n < 0 {
				return nil // the string never ends: the decoder says so
			}
			i += n + 1 // to the closing quote
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

// stringLength returns how many bytes of data are before the quote that ends a
// string, or -1 if none does.
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
