package depth

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
)

// Limits of an XML request. The largest request to S3 is a CompleteMultipartUpload with
// 10,000 parts. If it has checksums and is indented, it has 230,000 tokens. It has 3
// levels of elements.
const (
	mostElements = 16
	mostTokens   = 400_000
)

// XML decodes a document into a value. It returns an error if the document has more than
// 16 levels of elements, more than 400,000 tokens, or a document type declaration, which
// could define entities.
func XML(data []byte, into any) error {
	return xml.NewTokenDecoder(&limitedTokens{in: xml.NewDecoder(bytes.NewReader(data))}).Decode(into)
}

// limitedTokens reads the tokens of an XML document and enforces the limits.
type limitedTokens struct {
	in            *xml.Decoder
	depth, tokens int
}

// Token returns the next token, or an error that names the limit that it exceeds.
func (l *limitedTokens) Token() (xml.Token, error) {
	token, err := l.in.Token()
	if err != nil {
		return nil, err
	}
	switch token.(type) {
	case xml.Directive:
		return nil, errors.New("XML has a document type declaration, which is not allowed")
	case xml.StartElement:
		l.depth++
	case xml.EndElement:
		l.depth--
	}
	if l.depth > mostElements {
		return nil, fmt.Errorf("XML nests deeper than %d elements", mostElements)
	}
	if l.tokens++; l.tokens > mostTokens {
		return nil, fmt.Errorf("XML has more than %d tokens", mostTokens)
	}
	return token, nil
}
