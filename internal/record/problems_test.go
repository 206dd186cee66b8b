package record_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/record"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ template, want string }{
		"empty template": {" \n", "line 2, column 1: the template is empty"},
		"several problems": {
			"\n  {\"é\": \"{{random.nubmer}}\",\n   \"b\": {{random.number({\"min\":1,\"maximum\":5,\"precision\":0})}},\n{{name}} {{date.passed}}}",
			`line 2, column 10: unknown function "random.nubmer"; did you mean "random.number"?
line 3, column 9: random.number: unknown key "maximum"
line 3, column 9: random.number: precision: must not be 0: KDG prints NaN here
line 4, column 1: unknown function "name"
line 4, column 10: unknown function "date.passed"; did you mean "date.past"?`,
		},
		"position after current.timestamp":         {"{{current.timestamp}}\n {{x}}", `line 2, column 2: unknown function "x"`},
		"call without a name":                      {"{{}}", `line 1, column 1: the name of a function, such as random.number, must follow {{, got "}}"`},
		"too many arguments":                       {"{{commerce.price(1,2,3,4,5)}}", `line 1, column 1: commerce.price: accepts at most 4 arguments, got 5`},
		"invalid argument":                         {"{{commerce.price(cheap)}}", `line 1, column 1: commerce.price: argument 1 must be a number, got "cheap"`},
		"invalid dates":                            {"{{date.between(\"yesterday\",5)}} {{date.past({\"year\":1})}}", "line 1, column 1: date.between: must be a date such as \"2026-11-22T18:57:13Z\", got \"yesterday\"\nline 1, column 33: date.past: unknown key \"year\"; did you mean \"years\"?"},
		"two arguments instead of one":             {`{{random.number ( 1, 2 )}}`, `line 1, column 1: random.number: accepts one argument; write several values as one object or array`},
		"argument that is not JSON":                {`{{ random.number({"min":1,}) }}`, `line 1, column 1: random.number: the arguments must be JSON values: invalid character '}' looking for beginning of object key string`},
		"missing parenthesis":                      {`{{ random.number(1 }}`, `line 1, column 1: random.number: a ) must follow the arguments, got "}}"`},
		"text after the parenthesis":               {`{{random.number(1).x}}`, `line 1, column 1: random.number: }} must follow, got ".x}}"`},
		"argument of functions without arguments":  {`{{random.uuid(1)}} {{internet.ip("x")}}`, "line 1, column 1: random.uuid: accepts no arguments, got 1\nline 1, column 20: internet.ip: accepts no arguments, got \"x\""},
		"word instead of a number":                 {`{{random.number(many)}}`, `line 1, column 1: random.number: the argument must be a number, or an object such as {"min":1, "max":50}, got "many": KDG prints NaN here`},
		"values that are not numbers":              {`{{random.number({"min":"a","max":true})}}`, "line 1, column 1: random.number: min: must be a number, got \"a\": KDG prints NaN here\nline 1, column 1: random.number: max: must be a number, got true: KDG prints NaN here"},
		"number too large":                         {`{{random.number({"min":-1e308,"max":1e308})}}`, "line 1, column 1: random.number: the range is too large: KDG prints NaN here"},
		"empty array":                              {`{{random.arrayElement([])}}`, "line 1, column 1: random.arrayElement: must not be empty: KDG prints undefined"},
		"array of objects":                         {`{{random.arrayElement(["a",{"b":1},[{}]])}}`, "line 1, column 1: random.arrayElement: element 2: {\"b\":1} is an object, which KDG prints as [object Object]; write it as a string\nline 1, column 1: random.arrayElement: element 3: {} is an object, which KDG prints as [object Object]; write it as a string"},
		"array element with a replacement pattern": {`{{random.arrayElement(["a$&b"])}}`, `line 1, column 1: random.arrayElement: element 1: "a$&b" contains $&, which KDG replaces`},
		"invalid weights": {
			`{{random.weightedArrayElement({"weights":[0,-1,"x"],"data":["a"],"weihgts":1})}}`,
			`line 1, column 1: random.weightedArrayElement: unknown key "weihgts"; did you mean "weights"?
line 1, column 1: random.weightedArrayElement: data: has 1 elements, but there are 3 weights
line 1, column 1: random.weightedArrayElement: weight 2: must be a number that is not negative, got -1
line 1, column 1: random.weightedArrayElement: weight 3: must be a number that is not negative, got "x"`,
		},
		"format that is not a string": {"{{date.now(5)}}", `line 1, column 1: date.now: the argument must be a moment.js format such as "YYYY-MM-DD HH:mm:ss", got 5`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := record.Parse(test.template)
			if err == nil {
				t.Fatalf("error: want %q, got nil", test.want)
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzParse searches for templates for which Parse or Append panics.
func FuzzParse(f *testing.F) {
	for _, template := range []string{lab.RecordTemplate, "{{", "}}{{", "{{date.now(\"[\\\")}}", "{{random.number({\"max\":\"1e999\"})}}", "\ufeff{{current.timestamp}}\n}}"} {
		f.Add(template)
	}
	f.Fuzz(func(t *testing.T, text string) {
		template, err := record.Parse(text)
		if err == nil {
			next(t, record.NewGenerator(template, 1))
		}
	})
}
