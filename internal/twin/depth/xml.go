package depth

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
)

// Limits of an XML request. The largest that S3 takes, CompleteMultipartUpload
// with 10,000 parts of an entity tag and a checksum, has 230,000 tokens when it
// is indented, and is 3 deep.
const (
	mostElements = 16
	mostTokens   = 400_000
)

// XML decodes one document into a value. It refuses a document type, since that
// could declare entities. It refuses elements that nest more than 16 deep, and more
// than 400,000 tokens.
func XML(data []byte, into any) error {
	return xml.NewTokenDecoder(&limitedTokens{in: xml.NewDecoder(bytes.NewReader(data))}).Decode(into)
}

// limitedTokens hands on an XML document's tokens within the limits.
type limitedTokens struct {
	in            *xml.Decoder
	depth, tokens int
}

// Token returns the next token, or says which limit it is beyond.
func (l *limitedTokens) Token() (xml.Token, error) {
	token, err := l.in.Token()
	if err != nil {
		return nil, err
	}
	switch token.(type) {
	case xml.Directive:
		return nil, errors.New("XML holds a document type")
	case xml.StartElement:
		l.depth++
	case xml.EndElement:
		l.depth--
	}
	if l.depth > mostElements {
		return nil, fmt.Errorf("XML nests deeper than %d elements", mostElements)
	}
	if l.tokens++; l.tokens > mostTokens {
		return nil, fmt.Errorf("XML holds more than %d tokens", mostTokens)
	}
	return token, nil
}
