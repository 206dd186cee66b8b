package depth_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin/depth"
)

// nested returns a value inside n nested arrays.
func nested(n int, value string) string {
	return strings.Repeat("[", n) + value + strings.Repeat("]", n)
}

func TestJSON(t *testing.T) {
	t.Parallel()
	const refused = "JSON nests deeper than 128 levels"
	tests := map[string]struct{ text, want string }{
		"128 arrays":                             {nested(128, "1"), ""},
		"129 arrays":                             {nested(129, "1"), refused},
		"129 objects":                            {strings.Repeat(`{"a":`, 129), refused},
		"many siblings":                          {"[" + strings.Repeat("{},", 500) + "{}]", ""},
		"brackets in a string":                   {`"` + strings.Repeat("[", 500) + `"`, ""},
		"brackets in a key":                      {`{"` + strings.Repeat("{", 500) + `":1}`, ""},
		"brackets after an escaped quote":        {`"\"` + strings.Repeat("[", 500) + `"`, ""},
		"a string that ends with a backslash":    {nested(127, `["\\",[1]]`), refused},
		"brackets after a backslash and a quote": {`"\\\"` + strings.Repeat("[", 500) + `"`, ""},
		"a string without an end":                {`"` + strings.Repeat("[", 500), ""},
		"more closing than opening brackets":     {"]]" + nested(129, ""), ""},
		"empty text":                             {"", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := message(depth.JSON([]byte(tt.text))); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// message returns an error's text, empty for nil.
func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzJSON compares, for valid JSON, the result with the depth of the decoded value.
func FuzzJSON(f *testing.F) {
	f.Add(`{"a":["\\\"[",{}]}`)
	f.Add(nested(129, `"]"`))
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			return
		}
		if got, want := depth.JSON([]byte(text)) != nil, levels(value) > depth.Most; got != want {
			t.Errorf("got an error: %v, want one: %v", got, want)
		}
	})
}

// levels returns the number of nested arrays and objects in a decoded value.
func levels(value any) int {
	deepest, elements := 0, []any(nil)
	switch v := value.(type) {
	case []any:
		elements = v
	case map[string]any:
		elements = slices.Collect(maps.Values(v))
	default:
		return 0
	}
	for _, element := range elements {
		deepest = max(deepest, levels(element))
	}
	return deepest + 1
}

func TestXML(t *testing.T) {
	t.Parallel()
	elements := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	tests := map[string]struct{ text, want string }{
		"16 elements":         {elements(16), ""},
		"17 elements":         {elements(17), "XML nests deeper than 16 elements"},
		"many siblings":       {"<a>" + strings.Repeat("<b/>", 1000) + "</a>", ""},
		"a document type":     {`<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`, "XML has a document type declaration, which is not allowed"},
		"an undefined entity": {`<a>&e;</a>`, "XML syntax error on line 1: invalid character entity &e;"},
		"too many tokens":     {"<a>" + strings.Repeat("<c/>", 200_000) + "</a>", "XML has more than 400000 tokens"},
		"a wrong end tag":     {"<a></b>", "XML syntax error on line 1: element <a> closed by </b>"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var into struct {
				B []string `xml:"b"`
			}
			if got := message(depth.XML([]byte(tt.text), &into)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// BenchmarkJSON checks the depth of a PutRecords request with 500 records and 5 MB of
// base64. For comparison, it also decodes the request.
func BenchmarkJSON(b *testing.B) {
	data := base64.StdEncoding.EncodeToString(make([]byte, 7500))
	var records []string
	for i := range 500 {
		records = append(records, fmt.Sprintf(`{"PartitionKey":"%d","Data":"%s"}`, i, data))
	}
	body := []byte(`{"StreamName":"s","Records":[` + strings.Join(records, ",") + `]}`)
	b.Run("depth", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			if err := depth.JSON(body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			var into struct {
				Records []struct {
					PartitionKey string
					Data         []byte
				}
			}
			if err := json.Unmarshal(body, &into); err != nil {
				b.Fatal(err)
			}
		}
	})
}
