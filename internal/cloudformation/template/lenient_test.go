package template_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// lenientLookup returns a Lookup that knows the physical id of the resource B. For all
// other values it returns placeholders.
func lenientLookup() template.Lookup {
	return template.Lookup{
		Ref: func(id string) (any, error) {
			if id == "B" {
				return "id-B", nil
			}
			return template.Placeholder(id), nil
		},
		Attribute: func(id, name string) (any, error) { return template.Placeholder(id + "." + name), nil },
	}
}

// bindKnown parses a template with ParseLenient and binds it with BindKnown.
func bindKnown(t *testing.T, body string) *template.Bound {
	t.Helper()
	parsed, err := template.ParseLenient([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return parsed.BindKnown(map[string]string{"Given": "g"}, template.Environment{Region: "eu-west-1", Partition: "aws", StackName: "s"})
}

// lenientTemplate returns a template in which the property V of the resource A-1 has the
// given value. Some parameters, functions and attributes of the template are unknown.
func lenientTemplate(value string) string {
	return fmt.Sprintf(`{
		"Transform": "AWS::Serverless-2016-10-31",
		"Parameters": {"P": {"Type": "String", "Default": "p"}, "Bare": {"Type": "String"}, "Given": {"Type": "String", "AllowedPattern": "(?!x)"},
			"Secret": {"Type": "String", "Default": "s", "NoEcho": true}, "L": {"Type": "CommaDelimitedList", "Default": "a, b"},
			"Ssm": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"}},
		"Mappings": {"M": {"p": {"k": "v"}}},
		"Conditions": {"Yes": {"Fn::Equals": [{"Ref": "P"}, "p"]}, "No": {"Fn::Not": [{"Condition": "Yes"}]},
			"Open": {"Fn::Equals": [{"Fn::Join": ["", ["x", {"Ref": "Bare"}]]}, "xy"]}, "NotOpen": {"Fn::Not": [{"Condition": "Open"}]},
			"Either": {"Fn::Or": [{"Condition": "Open"}, {"Condition": "Yes"}]}, "Both": {"Fn::And": [{"Condition": "Open"}, {"Condition": "No"}]},
			"OpenToo": {"Fn::And": [{"Condition": "Open"}, {"Condition": "Yes"}]}, "Itself": {"Fn::Equals": [{"Ref": "Bare"}, {"Ref": "Bare"}]},
			"Nowhere": {"Condition": "Gone"}, "Circle": {"Fn::Not": [{"Condition": "Circle"}]}},
		"Resources": {"B": {"Type": "T"}, "A-1": {"Type": "T", "CreationPolicy": {}, "DeletionPolicy": "Later", "Properties": {"V": %s}}}}`, value)
}

func TestLenientValues(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		value string
		want  any
	}{
		"parameters":                              {`[{"Ref": "P"}, {"Ref": "Given"}, {"Ref": "L"}]`, []any{"p", "g", []any{"a", "b"}}},
		"parameter without a value":               {`{"Ref": "Bare"}`, "${Bare}"},
		"NoEcho parameter":                        {`{"Ref": "Secret"}`, "${Secret}"},
		"SSM parameter type":                      {`{"Ref": "Ssm"}`, "${Ssm}"},
		"pseudo parameters":                       {`{"Fn::Sub": "${AWS::Region} ${AWS::URLSuffix} ${AWS::AccountId}"}`, "eu-west-1 amazonaws.com ${AWS::AccountId}"},
		"notification ARNs":                       {`{"Ref": "AWS::NotificationARNs"}`, "${AWS::NotificationARNs}"},
		"resource":                                {`{"Ref": "B"}`, "id-B"},
		"resource that does not exist":            {`{"Fn::GetAtt": ["Gone", "Arn"]}`, "${Gone.Arn}"},
		"Join with an unknown element":            {`{"Fn::Join": ["/", ["a", {"Ref": "Bare"}, {"Ref": "AWS::NoValue"}, 5]]}`, "a/${Bare}/5"},
		"Join of an unknown list":                 {`{"Fn::Join": ["/", {"Ref": "Bare"}]}`, "${Fn::Join(Bare)}"},
		"Sub with unknown variables":              {`{"Fn::Sub": ["${x}/${B}/${C.Arn}/${!x}", {"x": {"Ref": "Bare"}}]}`, "${Bare}/id-B/${C.Arn}/${x}"},
		"Select of an unknown Split":              {`{"Fn::Select": [1, {"Fn::Split": ["/", {"Fn::Sub": "a/${Bare}"}]}]}`, "${Fn::Select(Bare)}"},
		"Select of a known Split":                 {`{"Fn::Select": [1, {"Fn::Split": ["/", "a/b"]}]}`, "b"},
		"Select beyond the end":                   {`{"Fn::Select": [3, ["a"]]}`, "${Fn::Select()}"},
		"FindInMap":                               {`{"Fn::FindInMap": ["M", {"Ref": "P"}, "k"]}`, "v"},
		"FindInMap by an unknown key":             {`{"Fn::FindInMap": ["M", {"Ref": "Bare"}, "k"]}`, "${Fn::FindInMap(Bare)}"},
		"Base64 of a partly unknown string":       {`{"Fn::Base64": {"Fn::Sub": "x${Bare}"}}`, "${Fn::Base64(Bare)}"},
		"ImportValue":                             {`{"Fn::ImportValue": "Stream"}`, "${Fn::ImportValue(Stream)}"},
		"unsupported function":                    {`{"Fn::Length": [{"Ref": "Bare"}, {"Fn::Sub": "${B}"}]}`, "${Fn::Length(B, Bare)}"},
		"function with unsupported arguments":     {`{"Fn::Join": ["x"]}`, "${Fn::Join()}"},
		"If":                                      {`{"Fn::If": ["Yes", true, {"Ref": "Bare"}]}`, true},
		"If of an unknown condition":              {`{"Fn::If": ["Open", true, {"Ref": "Bare"}]}`, "${Fn::If(Open)}"},
		"If of a condition that does not exist":   {`{"Fn::If": ["Gone", "a", "b"]}`, "${Fn::If(Gone)}"},
		"null is omitted":                         {`[{"a": null}, null, "b"]`, []any{map[string]any{}, "b"}},
		"object with the key Ref and another key": {`{"Ref": "B", "x": 1}`, map[string]any{"Ref": "B", "x": 1.0}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := bindKnown(t, lenientTemplate(test.value)).Property("A-1", "V", lenientLookup())
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("(-want +got):\n%s, error %v", diff, err)
			}
		})
	}
}

// TestLenientConditions checks which conditions have known results if some parameters are
// unknown.
func TestLenientConditions(t *testing.T) {
	t.Parallel()
	type result struct{ Exists, Known bool }
	tests := map[string]result{
		"Yes": {true, true}, "No": {false, true}, "Open": {}, "NotOpen": {}, "OpenToo": {},
		"Either": {true, true}, // one of its two conditions is true
		"Both":   {false, true},
		"Itself": {true, true}, "Nowhere": {}, "Circle": {}, "Undeclared": {},
	}
	for condition, want := range tests {
		t.Run(condition, func(t *testing.T) {
			t.Parallel()
			body := lenientTemplate(`0}, "Condition": "` + condition + `", "Metadata": {"x": 1`)
			exists, known := bindKnown(t, body).Exists("A-1")
			if diff := cmp.Diff(want, result{exists, known}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseLenientErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, want string }{
		"YAML":                      {"Resources:\n", "parse the template as JSON: invalid character 'R' looking for beginning of value"},
		"no resources":              {`{}`, "the template has no resources"},
		"resource is not an object": {`{"Resources": {"A": 5}}`, "Template format error: Resources/A must be an object"},
		"type is not a string":      {`{"Resources": {"A": {"Type": 5}}}`, "Template format error: Resources/A/Type must be a string"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := template.ParseLenient([]byte(test.body)); fmt.Sprint(err) != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// TestOrder checks that each resource comes after its dependencies, which include the
// references in both branches of Fn::If.
func TestOrder(t *testing.T) {
	t.Parallel()
	bound := bindKnown(t, `{"Resources": {"A": {"Type": "T", "DependsOn": ["D", "Gone"]}, "B": {"Type": "T"},
		"C": {"Type": "T", "Condition": "Open"}, "D": {"Type": "T", "Properties": {"V": {"Fn::If": ["Open", {"Fn::Sub": "${C.Arn}"}, {"Fn::New": {"Ref": "E"}}]}}},
		"E": {"Type": "T"}}}`)
	if diff := cmp.Diff([]string{"C", "E", "D", "A", "B"}, bound.Order()); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// TestEvaluate checks that Evaluate returns errors, unlike Property of the same Bound.
func TestEvaluate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		value any
		want  any
		err   string
	}{
		"policy variable":      {"${aws:userid}", "${aws:userid}", ""},
		"function":             {map[string]any{"Fn::Sub": "${P}/${B}"}, "p/id-B", ""},
		"unsupported function": {map[string]any{"Fn::Length": []any{}}, nil, "Template format error: Fn::Length is not supported in Resources and Outputs at here"},
		"index out of range":   {map[string]any{"Fn::Select": []any{3.0, []any{"a"}}}, nil, "Template error: Fn::Select cannot select nonexistent value at index 3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := bindKnown(t, lenientTemplate("0")).Evaluate("here", test.value, lenientLookup())
			problem := ""
			if err != nil {
				problem = err.Error()
			}
			if problem != test.err {
				t.Errorf("error\nwant %s\ngot  %s", test.err, problem)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
