package record_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/record"
)

// noon returns the time of all records. Its time zone is eight hours behind UTC.
func noon() time.Time {
	return time.Date(2026, 11, 22, 10, 57, 13, 250e6, time.FixedZone("PST", -8*3600))
}

// next returns the next record of a generator.
func next(t testing.TB, g *record.Generator) string {
	t.Helper()
	text, err := g.Append(nil, noon())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// render returns the first records of a template without newlines at their ends.
func render(t *testing.T, template string, records int) []string {
	t.Helper()
	g := record.NewGenerator(parsed(t, template), 1)
	list := make([]string, records)
	for i := range list {
		text, ok := strings.CutSuffix(next(t, g), "\n")
		if !ok {
			t.Fatalf("record: want a newline at the end, got %q", text)
		}
		list[i] = text
	}
	return list
}

func TestRenderedText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ template, want string }{
		"constant text":                   {"a,b", "a,b"},
		"surrounding blanks and newlines": {"\n\t{ \"a\":\r\n  1\n}\n\n", `{ "a":  1}`},
		"braces without functions":        {`{"a":{"b":1}}`, `{"a":{"b":1}}`},
		"unclosed braces":                 {"{{random.number(0)}} {{", "0 {{"},
		"braces after a function":         {`{"a":{"b":{{random.number(0)}}}}`, `{"a":{"b":0}}`},
		"braces before a function":        {`{"a":{"b":1}},{{random.number(0)}}`, `{"a":{"b":1}},0`},
		"blanks in a function":            {"{{ random.number ( 0 ) }}", "0"},
		"function over several lines":     {"{{random.number(\n  { \"min\":7,\n \"max\":7}\n)}}", "7"},
		"empty parentheses":               {"{{date.utc()}}", "2026-11-22T18:57:13Z"},
		"parentheses in an argument":      {`{{random.arrayElement(["a(b)"])}}`, "a(b)"},
		"braces in an argument":           {`{{random.arrayElement(["a}}b"])}}`, "a}}b"},
		"format without quotes":           {"{{date.now(YYYY-MM-DD)}}", "2026-11-22"},
		"date in the zone of the time":    {"{{date.now}}", "2026-11-22T10:57:13-08:00"},
		"date in UTC":                     {"{{date.utc}}", "2026-11-22T18:57:13Z"},
		"empty format":                    {`{{date.utc("")}}`, "2026-11-22T18:57:13Z"},
		"current.timestamp":               {"{{current.timestamp}}", "2026-11-22T10:57:13-08:00"},
		"several arguments":               {"{{commerce.price(7, 7)}} {{finance.amount(3,3,1,\"€\")}}", "7.00 €3.0"},
		"format with a comma":             {"{{date.now(YYYY, MM)}}", "2026, 11"},
		"two functions":                   {"{{random.number(0)}}{{random.number(0)}}", "00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := render(t, test.template, 1)[0]; got != test.want {
				t.Errorf("want %q, got %q", test.want, got)
			}
		})
	}
}

// TestValues tests that the values of a function are exactly those that faker 3.1.0 can print.
func TestValues(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		`{{random.number(3)}}`:                                                                 {"0", "1", "2", "3"},
		`{{random.number({"min":-1,"max":1})}}`:                                                {"-1", "0", "1"},
		`{{random.number({"min":-3,"max":-1})}}`:                                               {"-2", "-3"}, // faker excludes a negative max
		`{{random.number({"min":5,"max":2})}}`:                                                 {"3", "4"},
		`{{random.number({"max":"1"})}}`:                                                       {"0", "1", "10", "2", "3", "4", "5", "6", "7", "8", "9"}, // "1" + 1 = "11"
		`{{random.number({"min":"2","max":3})}}`:                                               {"2", "3"},
		`{{random.number({"max":1,"precision":0.25})}}`:                                        {"0", "0.25", "0.5", "0.75", "1"},
		`{{random.number({"min":0.2,"max":0.3,"precision":0.1})}}`:                             {"0.2", "0.30000000000000004"},
		`{{random.boolean}}`:                                                                   {"false", "true"},
		`{{random.arrayElement}}`:                                                              {"a", "b", "c"},
		`{{random.arrayElement(["x",1,2.5,1e21,1e-7,true,null,[1,[2,null]],"$$5"])}}`:          {"$5", "1", "1,2,", "1e+21", "1e-7", "2.5", "null", "true", "x"},
		`{{random.objectElement({"a":1,"b":"c"})}}`:                                            {"1", "c"},
		`{{random.weightedArrayElement({"weights":[0.5,0,0.5],"data":["cat","dog","fish"]})}}`: {"cat", "fish"},
		`{{commerce.price(998)}}`:                                                              {"1000.00", "998.00", "999.00"},
		`{{commerce.price("999")}}`:                                                            {"1000.00", "999.00"},
		`{{commerce.price(-5)}}`:                                                               {"0"},
		`{{commerce.price(1002)}}`:                                                             {"1001.00"},
		`{{finance.mask(1)}}`:                                                                  {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
		`{{date.weekday}}`:                                                                     {"Friday", "Monday", "Saturday", "Sunday", "Thursday", "Tuesday", "Wednesday"},
	}
	for template, want := range tests {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			seen := map[string]bool{}
			for _, text := range render(t, template, 2000) {
				seen[text] = true
			}
			if diff := cmp.Diff(want, slices.Sorted(maps.Keys(seen))); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
		})
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"{{random.uuid}}":             `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`,
		"{{random.number}}":           `\d{1,5}`,
		"{{random.word}}":             `[ -~]+`,
		"{{random.words(3)}}":         `\S.* \S.* \S.*`,
		"{{random.alphaNumeric}}":     `[0-9a-z]`,
		"{{commerce.price}}":          `\d{1,4}\.00`,
		"{{finance.account}}":         `\d{8}`,
		"{{internet.ip}}":             `(\d{1,3}\.){3}\d{1,3}`,
		"{{internet.mac}}":            `([0-9a-f]{2}:){5}[0-9a-f]{2}`,
		"{{address.latitude}}":        `-?\d{1,2}\.\d{4}`,
		"{{internet.password}}":       `\w{15}`,
		"{{name.jobTitle}}":           `\S+ \S+ .+`,
		"{{lorem.words}}":             `[a-z]+ [a-z]+ [a-z]+`,
		"{{lorem.sentence}}":          `[A-Z][a-z ]+\.`,
		"{{address.streetAddress}}":   `\d+ .+`,
		"{{commerce.department}}":     `.+`,
		"{{internet.email}}":          `\S+@\S+`,
		"{{system.semver}}":           `\d+\.\d+\.\d+`,
		"{{address.countryCode}}":     `[A-Z]{2}`,
		"{{finance.currencyCode}}":    `[A-Z]{3}`,
		"{{internet.protocol}}":       `https?`,
		"{{date.utc(\"[Q]Q YYYY\")}}": `Q4 2026`,
	}
	for template, form := range tests {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			whole := regexp.MustCompile("^(" + form + ")$")
			for _, text := range render(t, template, 500) {
				if !whole.MatchString(text) {
					t.Fatalf("want a match of %s, got %q", form, text)
				}
			}
		})
	}
}

// TestDistributions tests how often each value occurs. The tolerance of 0.01 is more than six
// standard deviations.
func TestDistributions(t *testing.T) {
	t.Parallel()
	const records = 100000
	tests := map[string]map[string]float64{ // the probability of each value
		`{{random.number(3)}}`:                   {"0": 0.25, "1": 0.25, "2": 0.25, "3": 0.25},
		`{{random.boolean}}`:                     {"false": 0.5, "true": 0.5},
		`{{random.arrayElement(["a","b","c"])}}`: {"a": 1.0 / 3, "b": 1.0 / 3, "c": 1.0 / 3},
		`{{random.weightedArrayElement({"weights":[0.3,0.2,0.5],"data":["cat","fish","dog"]})}}`: {"cat": 0.3, "fish": 0.2, "dog": 0.5},
		`{{random.weightedArrayElement({"weights":[1,3],"data":["a","b"]})}}`:                    {"a": 0.25, "b": 0.75},
	}
	for template, want := range tests {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			count := map[string]int{}
			for _, text := range render(t, template, records) {
				count[text]++
			}
			for value, share := range want {
				if got := float64(count[value]) / records; got < share-0.01 || got > share+0.01 {
					t.Errorf("%q: want %.3f of the records, got %.3f", value, share, got)
				}
			}
		})
	}
}

func TestLabRecord(t *testing.T) {
	t.Parallel()
	forms := map[string]string{
		"_id":            `[0-9a-f-]{36}`,
		"clusterID":      `[1-9]|[1-4]\d|50`,
		"connectionTime": `2026-11-22 10:57:13`,
		"kWhDelivered":   `(\d{1,3}|1000)\.00`,
		"stationID":      `[1-9]\d?|[1-3]\d\d|4[0-5]\d|46[0-7]`,
		"spaceID":        `.+-([1-9]|1\d|20)`,
		"timezone":       `America/Los_Angeles`,
		"userID":         `[1-9]\d{3,4}|[1-4]\d{5}|500000`,
	}
	for _, text := range render(t, lab.RecordTemplate, 1000) {
		var got map[string]string
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("want JSON, got %s, error %v", text, err)
		}
		if len(got) != len(forms) {
			t.Fatalf("%s: want %d fields, got %d", text, len(forms), len(got))
		}
		for field, form := range forms {
			if !regexp.MustCompile("^(" + form + ")$").MatchString(got[field]) {
				t.Errorf("%s: want a match of %s, got %q", field, form, got[field])
			}
		}
	}
}

// parsed returns the compiled template, or fails the test.
func parsed(t testing.TB, text string) *record.Template {
	t.Helper()
	template, err := record.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// everyFunction returns a template that calls every function.
func everyFunction() string {
	names := append(strings.Fields(functions), "random.weightedArrayElement({\"weights\":[1,2],\"data\":[\"a\",\"b\"]})",
		"date.between(\"2020-01-01\",\"2021-01-01\")")
	return "{{" + strings.Join(names, "}}\n,{{") + "}}"
}
