package depth_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin/depth"
)

// nested returns n arrays in each other, around a value.
func nested(n int, value string) string {
	return strings.Repeat("[", n) + value + strings.Repeat("]", n)
}

func TestJSON(t *testing.T) {
	t.Parallel()
	const refused = "JSON nests deeper than 128 levels"
	tests := map[string]struct{ text, want string }{
		"the deepest":                        {nested(128, "1"), ""},
		"one deeper":                         {nested(129, "1"), refused},
		"objects count too":                  {strings.Repeat(`{"a":`, 129), refused},
		"siblings don't":                     {"[" + strings.Repeat("{},", 500) + "{}]", ""},
		"brackets in a string don't":         {`"` + strings.Repeat("[", 500) + `"`, ""},
		"nor in a key":                       {`{"` + strings.Repeat("{", 500) + `":1}`, ""},
		"an escaped quote ends no string":    {`"\"` + strings.Repeat("[", 500) + `"`, ""},
		"an escaped backslash before it":     {nested(127, `["\\",[1]]`), refused},
		"three backslashes escape the quote": {`"\\\"` + strings.Repeat("[", 500) + `"`, ""},
		"a string without an end":            {`"` + strings.Repeat("[", 500), ""},
		"more closed than opened":            {"]]" + nested(129, ""), ""},
		"nothing":                            {"", ""},
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

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzJSON compares with what the decoder sees, for every text that is JSON.
func FuzzJSON(f *testing.F) {
	f.Add(`{"a":["\\\"[",{}]}`)
	f.Add(nested(129, `"]"`))
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			return
		}
		if got, want := depth.JSON([]byte(text)) != nil, levels(value) > depth.Most; got != want {
			t.Errorf("refused: got %v, want %v", got, want)
		}
	})
}

// levels returns how deeply a decoded value nests.
func levels(value any) int {
	deepest, inner := 0, []any(nil)
	switch v := value.(type) {
	case []any:
		inner = v
	case map[string]any:
		for _, one := range v {
			inner = append(inner, one)
		}
	default:
		return 0
	}
	for _, one := range inner {
		deepest = max(deepest, levels(one))
	}
	return deepest + 1
}

func TestXML(t *testing.T) {
	t.Parallel()
	elements := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	tests := map[string]struct{ text, want string }{
		"the deepest":         {elements(16), ""},
		"one deeper":          {elements(17), "XML nests deeper than 16 elements"},
		"siblings don't":      {"<a>" + strings.Repeat("<b/>", 1000) + "</a>", ""},
		"a document type":     {`<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`, "XML holds a document type"},
		"an undeclared name":  {`<a>&e;</a>`, "XML syntax error on line 1: invalid character entity &e;"},
		"too many tokens":     {"<a>" + strings.Repeat("<b/>", 200_000) + "</a>", "XML holds more than 400000 tokens"},
		"an end without name": {"<a></b>", "XML syntax error on line 1: element <a> closed by </b>"},
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

// BenchmarkJSON reads a PutRecords body of 500 records, 5 MB of base64, and
// decodes it for comparison.
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
