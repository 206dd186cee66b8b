package redshiftdata

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFieldOf checks for each type which member of a Field its values have.
func TestFieldOf(t *testing.T) {
	t.Parallel()
	value := func(v any) string { return fmt.Sprintf("%T %v", v, v) }
	tests := []struct{ typ, text, want string }{
		{"bool", "t", value(true)},
		{"bool", "f", value(false)},
		{"int2", "-7", value(int64(-7))},
		{"int4", "7", value(int64(7))},
		{"int8", "9223372036854775807", value(int64(9223372036854775807))},
		{"oid", "16384", value(int64(16384))},
		{"float4", "0.25", value(0.25)},
		{"float8", "-1e100", value(-1e100)},
		{"float8", "NaN", value("NaN")},
		{"float8", "Infinity", value("Infinity")},
		{"float8", "-Infinity", value("-Infinity")},
		{"numeric", "1.50", value("1.50")},
		{"varchar", "t", value("t")},
	}
	for _, tt := range tests {
		got := ""
		switch f := fieldOf(tt.typ, []byte(tt.text)); {
		case f.BooleanValue != nil:
			got = value(*f.BooleanValue)
		case f.LongValue != nil:
			got = value(*f.LongValue)
		case f.DoubleValue != nil:
			got = value(*f.DoubleValue)
		case f.StringValue != nil:
			got = value(*f.StringValue)
		}
		if got != tt.want {
			t.Errorf("%s %s: want %s, got %s", tt.typ, tt.text, tt.want, got)
		}
	}
	if f := fieldOf("int4", nil); f.IsNull == nil || !*f.IsNull {
		t.Errorf("NULL: want IsNull, got %v", f)
	}
}

// TestPage checks how many elements a page has, and whether another page follows.
func TestPage(t *testing.T) {
	t.Parallel()
	type result struct {
		Elements int
		More     bool
	}
	tests := []struct {
		elements, maxResults int
		want                 result
	}{
		{3, 2, result{2, true}},
		{3, 3, result{3, false}},
		{1000, 0, result{1000, false}}, // the default
		{1001, 0, result{1000, true}},
	}
	for _, tt := range tests {
		list, next, err := page(make([]int, tt.elements), &metadataInput{MaxResults: tt.maxResults})
		if diff := cmp.Diff(tt.want, result{len(list), next != nil}); diff != "" || err != nil {
			t.Errorf("%d elements with MaxResults %d: %v, -want +got:\n%s", tt.elements, tt.maxResults, err, diff)
		}
	}
}
