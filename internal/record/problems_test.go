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
		"empty": {" \n", "line 2, column 1: the template is empty"},
		"all at once, each with its place": {
			"\n  {\"é\": \"{{random.nubmer}}\",\n   \"b\": {{random.number({\"min\":1,\"maximum\":5,\"precision\":0})}},\n{{name}} {{date.passed}}}",
			`line 2, column 10: unknown function "random.nubmer"; did you mean "random.number"?
line 3, column 9: random.number: unknown key "maximum"
line 3, column 9: random.number: precision: must not be 0: KDG prints NaN here
line 4, column 1: unknown function "name"
line 4, column 10: unknown function "date.passed"; did you mean "date.past"?`,
		},
		"place after current.timestamp": {"{{current.timestamp}}\n {{x}}", `line 2, column 2: unknown function "x"`},
		"no name":                       {"{{}}", `line 1, column 1: a function's name such as random.number must follow {{, got "}}"`},
		"too many arguments":            {"{{commerce.price(1,2,3,4,5)}}", `line 1, column 1: commerce.price: takes 4 arguments at most, got 5`},
		"argument":                      {"{{commerce.price(cheap)}}", `line 1, column 1: commerce.price: argument 1 must be a number, got "cheap"`},
		"dates":                         {"{{date.between(\"yesterday\",5)}} {{date.past({\"year\":1})}}", "line 1, column 1: date.between: a date such as \"2026-11-22T18:57:13Z\", got \"yesterday\"\nline 1, column 33: date.past: unknown key \"year\"; did you mean \"years\"?"},
		"two values":                    {`{{random.number ( 1, 2 )}}`, `line 1, column 1: random.number: takes one argument; write several values as one object or array`},
		"not JSON":                      {`{{ random.number({"min":1,}) }}`, `line 1, column 1: random.number: the arguments must be JSON values: invalid character '}' looking for beginning of object key string`},
		"parenthesis missing":           {`{{ random.number(1 }}`, `line 1, column 1: random.number: a ) must follow the arguments, got "}}"`},
		"more after the parenthesis":    {`{{random.number(1).x}}`, `line 1, column 1: random.number: }} must follow, got ".x}}"`},
		"argument of none":              {`{{random.uuid(1)}} {{internet.ip("x")}}`, "line 1, column 1: random.uuid: takes no argument, got 1\nline 1, column 20: internet.ip: takes no argument, got \"x\""},
		"number of a word":              {`{{random.number(many)}}`, `line 1, column 1: random.number: the argument must be a number, or an object such as {"min":1, "max":50}, got "many": KDG prints NaN here`},
		"number of words":               {`{{random.number({"min":"a","max":true})}}`, "line 1, column 1: random.number: min: a number, got \"a\": KDG prints NaN here\nline 1, column 1: random.number: max: a number, got true: KDG prints NaN here"},
		"number too large":              {`{{random.number({"min":-1e308,"max":1e308})}}`, "line 1, column 1: random.number: the range is too large: KDG prints NaN here"},
		"array empty":                   {`{{random.arrayElement([])}}`, "line 1, column 1: random.arrayElement: must not be empty: KDG prints undefined"},
		"array of objects":              {`{{random.arrayElement(["a",{"b":1},[{}]])}}`, "line 1, column 1: random.arrayElement: element 2: {\"b\":1} is an object, which KDG prints as [object Object]; write it as a string\nline 1, column 1: random.arrayElement: element 3: {} is an object, which KDG prints as [object Object]; write it as a string"},
		"array element replaced":        {`{{random.arrayElement(["a$&b"])}}`, `line 1, column 1: random.arrayElement: element 1: "a$&b" holds $&, which KDG replaces`},
		"weights": {
			`{{random.weightedArrayElement({"weights":[0,-1,"x"],"data":["a"],"weihgts":1})}}`,
			`line 1, column 1: random.weightedArrayElement: unknown key "weihgts"; did you mean "weights"?
line 1, column 1: random.weightedArrayElement: data: 1 elements, but 3 weights
line 1, column 1: random.weightedArrayElement: weight 2: a number from 0 on, got -1
line 1, column 1: random.weightedArrayElement: weight 3: a number from 0 on, got "x"`,
		},
		"format": {"{{date.now(5)}}", `line 1, column 1: date.now: the argument must be a moment.js format such as "YYYY-MM-DD HH:mm:ss", got 5`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := record.Parse(test.template)
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzParse finds templates that make Parse or Append panic.
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
