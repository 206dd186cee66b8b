package signature_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/signature"
)

// BenchmarkVerify measures the time that verification adds to a request: a small one,
// and one of 5 MB.
func BenchmarkVerify(b *testing.B) {
	sizes := map[string]int{"small": 100, "5MB": 5 << 20}
	for name, size := range sizes {
		b.Run(name, func(b *testing.B) {
			body := bytes.Repeat([]byte("x"), size)
			c := call{body: string(body), header: map[string]string{"X-Amz-Target": "Kinesis_20131202.PutRecords"}}
			r := c.signed(b)
			verifier := signature.New(allKeys, func() time.Time { return noon })
			b.SetBytes(int64(size))
			for b.Loop() {
				again := *r
				again.Body = io.NopCloser(bytes.NewReader(body))
				if _, _, err := verifier.Verify(&again); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
