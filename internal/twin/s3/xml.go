package s3

import (
	"errors"
	"io"
	"net/http"

	"github.com/tributary-cdk/tributary/internal/twin/depth"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// MaxXML is the most bytes in the XML of a request. The longest request to S3 lists
// 10,000 parts. Each part has an entity tag and a checksum, and takes about 230 bytes.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
const MaxXML = 4 << 20

// readXML verifies the checksums of a request and decodes its XML.
func readXML(r *http.Request, into any) error {
	raw, err := wire.ReadBody(r)
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) || len(raw) > MaxXML {
		return wire.Errorf("MaxMessageLengthExceeded", "Your request was too large: at most %d bytes of XML", MaxXML)
	}
	if err != nil {
		return readError(err)
	}
	c, err := contentOf(r)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(c)
	if err != nil {
		return readError(err)
	}
	if _, err := c.verify(int64(len(text))); err != nil {
		return err
	}
	if err := depth.XML(text, into); err != nil {
		return wire.Errorf("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema: %v", err)
	}
	return nil
}
