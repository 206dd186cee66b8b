package wire_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/iotest"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

func TestReadBody(t *testing.T) {
	t.Parallel()
	sizes := map[string]int{"none": 0, "small": 100, "at the first read's end": 256 << 10, "beyond it": 256<<10 + 1, "large": 20 << 20}
	lengths := map[string]func(size int) int64{
		"told":    func(size int) int64 { return int64(size) },
		"unknown": func(int) int64 { return -1 },
		"a lie":   func(int) int64 { return 1 << 60 },
	}
	for name, size := range sizes {
		for how, length := range lengths {
			t.Run(name+", length "+how, func(t *testing.T) {
				t.Parallel()
				want := bytes.Repeat([]byte("0123456789"), size/10+1)[:size]
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", bytes.NewReader(want))
				r.ContentLength = length(size)
				for range 2 {
					if got, err := wire.ReadBody(r); err != nil || !bytes.Equal(got, want) {
						t.Errorf("got %d bytes, %v, want %d", len(got), err, len(want))
					}
				}
				if got, err := io.ReadAll(r.Body); err != nil || !bytes.Equal(got, want) {
					t.Errorf("as a stream: got %d bytes, %v, want %d", len(got), err, len(want))
				}
			})
		}
	}
}

func TestReadBodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]int{"at once": 0, "soon": 100, "late": 1 << 20} {
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
