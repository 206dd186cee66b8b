package ddl_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		json     string
		want     ddl.View
		problems string
	}{
		"strings for booleans": {
			json: `{"name": "clicks", "manualRefresh": "true", "noBackup": "false", "sortKey": ["a", "b"],
				"stream": {"schema": "web", "name": "s"}, "columns": [{"name": "a", "type": "DATE", "path": ["x", "y"]}]}`,
			want: ddl.View{
				Name: "clicks", ManualRefresh: true, SortKey: []string{"a", "b"},
				Stream: ddl.Stream{Schema: "web", Name: "s"}, Columns: []ddl.Column{ddl.FieldColumn("a", "DATE", "x", "y")},
			},
		},
		"JSON booleans": {
			json: `{"manualRefresh": true, "noBackup": false}`,
			want: ddl.View{ManualRefresh: true},
		},
		"every problem": {
			json: `{"nme": "clicks", "name": 1, "manualRefresh": "yes", "columns": [{"path": "x", "kind": null}], "stream": "s"}`,
			want: ddl.View{Columns: []ddl.Column{{}}},
			problems: `name: got 1; write a string
stream: got "s"; write an object
columns[0].path: got "x"; write a list
columns[0].kind: unknown key; write one of name, metadata, type, path, expression
manualRefresh: got "yes"; write true or false
nme: unknown key; write one of name, schema, stream, from, columns, badRecords, onReplace, distStyle, distKey, sortKey, manualRefresh, noBackup, grants`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, problems := ddl.Decode[ddl.View](parsed(t, test.json))
			if diff := cmp.Diff(test.problems, problems.Error()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("view (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDecodeNumbersAndMaps tests the kinds of fields that a View doesn't have.
func TestDecodeNumbersAndMaps(t *testing.T) {
	t.Parallel()
	type limits struct {
		Amount     int               `json:"amount"`
		Parameters map[string]string `json:"parameters,omitempty"`
	}
	tests := map[string]struct {
		json     string
		want     limits
		problems string
	}{
		"JSON numbers":        {json: `{"amount": 48, "parameters": {"b": "2", "a": "1"}}`, want: limits{48, map[string]string{"a": "1", "b": "2"}}},
		"strings for numbers": {json: `{"amount": "-48", "parameters": {}}`, want: limits{-48, map[string]string{}}},
		"every problem": {
			json: `{"Amount": 1, "amount": 1.5, "parameters": {"b": 2, "c": "3", "a": null}}`,
			want: limits{Parameters: map[string]string{"c": "3"}},
			problems: `amount: got 1.5; write a whole number
parameters.a: got null; write a string
parameters.b: got 2; write a string
Amount: unknown key; write one of amount, parameters`,
		},
		"largest whole number":  {json: `{"amount": 9007199254740992}`, want: limits{Amount: 1 << 53}},
		"boolean for a number":  {json: `{"amount": true}`, problems: "amount: got true; write a whole number"},
		"string without digits": {json: `{"amount": "many"}`, problems: `amount: got "many"; write a whole number`},
		"number out of range":   {json: `{"amount": 1e300}`, problems: `amount: got 1e+300; write a whole number`},
		"list for an object":    {json: `{"parameters": ["a"]}`, problems: `parameters: got ["a"]; write an object`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, problems := ddl.Decode[limits](parsed(t, test.json))
			if diff := cmp.Diff(test.problems, problems.Error()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("limits (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeUnsupportedType(t *testing.T) {
	t.Parallel()
	defer func() {
		if got, want := recover(), "ddl: Decode does not support the type float64"; got != want {
			t.Errorf("panic: want %q, got %q", want, got)
		}
	}()
	_, _ = ddl.Decode[float64](1.5)
}

// parsed decodes JSON into an any.
func parsed(tb testing.TB, text string) any {
	tb.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		tb.Fatal(err)
	}
	return value
}

// FuzzDecode tests that a decoded view doesn't change if it is encoded and decoded again,
// with its booleans as strings.
func FuzzDecode(f *testing.F) {
	f.Add(`{"name":"clicks","manualRefresh":true,"columns":[{"name":"a","path":["x"]}]}`)
	f.Add(`{"stream":{"name":"s"},"sortKey":[]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			return
		}
		first, problems := ddl.Decode[ddl.View](value)
		if len(problems) > 0 {
			return
		}
		encoded, err := json.Marshal(first)
		if err != nil {
			t.Fatal(err)
		}
		again, problems := ddl.Decode[ddl.View](asStrings(parsed(t, string(encoded))))
		if len(problems) > 0 {
			t.Fatalf("%s: %v", encoded, problems)
		}
		reencoded, _ := json.Marshal(again)
		if diff := cmp.Diff(string(encoded), string(reencoded)); diff != "" {
			t.Errorf("view as JSON (-first +second):\n%s", diff)
		}
	})
}

// asStrings replaces all booleans in value by strings, like CloudFormation.
func asStrings(value any) any {
	switch v := value.(type) {
	case bool:
		if v {
			return "true"
		}
		return "false"
	case []any:
		for i := range v {
			v[i] = asStrings(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = asStrings(v[key])
		}
	}
	return value
}
