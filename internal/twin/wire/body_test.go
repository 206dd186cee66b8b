package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/iotest"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

func TestReadBody(t *testing.T) {
	t.Parallel()
	sizes := map[string]int{
		"empty": 0, "small": 100, "as large as the first read": 256 << 10, "a byte larger": 256<<10 + 1,
		"larger than the memory allocated by Content-Length": 16<<20 + 1000,
	}
	lengths := map[string]func(size int) int64{
		"correct": func(size int) int64 { return int64(size) },
		"unknown": func(int) int64 { return -1 },
		"wrong":   func(int) int64 { return 1 << 60 },
	}
	data := bytes.Repeat([]byte("0123456789"), 2<<20)
	for name, size := range sizes {
		for kind, length := range lengths {
			t.Run(name+", Content-Length "+kind, func(t *testing.T) {
				t.Parallel()
				want := data[:size]
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", bytes.NewReader(want))
				r.ContentLength = length(size)
				for range 2 {
					if got, err := wire.ReadBody(r); err != nil || !bytes.Equal(got, want) {
						t.Errorf("got %d bytes, %v, want %d", len(got), err, len(want))
					}
				}
				if n, err := io.Copy(&comparison{want}, r.Body); err != nil || n != int64(size) {
					t.Errorf("r.Body: got %d bytes, %v, want %d", n, err, size)
				}
			})
		}
	}
}

// comparison is a writer that returns an error for bytes that differ from the next ones
// of want.
type comparison struct{ want []byte }

func (c *comparison) Write(p []byte) (int, error) {
	if !bytes.HasPrefix(c.want, p) {
		return 0, fmt.Errorf("%d bytes differ", len(p))
	}
	c.want = c.want[len(p):]
	return len(p), nil
}

func TestReadBodyOfABrokenConnection(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]int{"without a byte": 0, "after 100 bytes": 100, "after 1 MiB": 1 << 20} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken := errors.New("connection reset")
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/",
				io.MultiReader(bytes.NewReader(make([]byte, before)), iotest.ErrReader(broken)))
			if got, err := wire.ReadBody(r); !errors.Is(err, broken) {
				t.Errorf("got %d bytes, %v, want %v", len(got), err, broken)
			}
		})
	}
}
