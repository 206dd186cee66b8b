package template_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// foretold finds the resource B; of all others nothing is known.
func foretold() template.Lookup {
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

// known binds a template to what is known before its deployment.
func known(t *testing.T, body string) *template.Bound {
	t.Helper()
	parsed, err := template.ParseLenient([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return parsed.BindKnown(map[string]string{"Given": "g"}, template.Environment{Region: "eu-west-1", Partition: "aws", StackName: "s"})
}

// sketch puts a property's value into a template of which not all is known.
func sketch(value string) string {
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
		"a parameter":                  {`[{"Ref": "P"}, {"Ref": "Given"}, {"Ref": "L"}]`, []any{"p", "g", []any{"a", "b"}}},
		"a parameter without a value":  {`{"Ref": "Bare"}`, "${Bare}"},
		"a secret":                     {`{"Ref": "Secret"}`, "${Secret}"},
		"of Systems Manager":           {`{"Ref": "Ssm"}`, "${Ssm}"},
		"pseudo parameters":            {`{"Fn::Sub": "${AWS::Region} ${AWS::URLSuffix} ${AWS::AccountId}"}`, "eu-west-1 amazonaws.com ${AWS::AccountId}"},
		"no notification ARNs":         {`{"Ref": "AWS::NotificationARNs"}`, "${AWS::NotificationARNs}"},
		"a resource":                   {`{"Ref": "B"}`, "id-B"},
		"a resource that isn't there":  {`{"Fn::GetAtt": ["Gone", "Arn"]}`, "${Gone.Arn}"},
		"Join of a part":               {`{"Fn::Join": ["/", ["a", {"Ref": "Bare"}, {"Ref": "AWS::NoValue"}, 5]]}`, "a/${Bare}/5"},
		"Join of an unknown list":      {`{"Fn::Join": ["/", {"Ref": "Bare"}]}`, "${Fn::Join(Bare)}"},
		"Sub of a part":                {`{"Fn::Sub": ["${x}/${B}/${C.Arn}/${!x}", {"x": {"Ref": "Bare"}}]}`, "${Bare}/id-B/${C.Arn}/${x}"},
		"Select of an unknown Split":   {`{"Fn::Select": [1, {"Fn::Split": ["/", {"Fn::Sub": "a/${Bare}"}]}]}`, "${Fn::Select(Bare)}"},
		"Select of a known Split":      {`{"Fn::Select": [1, {"Fn::Split": ["/", "a/b"]}]}`, "b"},
		"Select beyond the end":        {`{"Fn::Select": [3, ["a"]]}`, "${Fn::Select()}"},
		"FindInMap":                    {`{"Fn::FindInMap": ["M", {"Ref": "P"}, "k"]}`, "v"},
		"FindInMap by an unknown key":  {`{"Fn::FindInMap": ["M", {"Ref": "Bare"}, "k"]}`, "${Fn::FindInMap(Bare)}"},
		"Base64 of a part":             {`{"Fn::Base64": {"Fn::Sub": "x${Bare}"}}`, "${Fn::Base64(Bare)}"},
		"ImportValue":                  {`{"Fn::ImportValue": "Stream"}`, "${Fn::ImportValue(Stream)}"},
		"a function of tomorrow":       {`{"Fn::Length": [{"Ref": "Bare"}, {"Fn::Sub": "${B}"}]}`, "${Fn::Length(B, Bare)}"},
		"a function in another form":   {`{"Fn::Join": ["x"]}`, "${Fn::Join()}"},
		"If":                           {`{"Fn::If": ["Yes", true, {"Ref": "Bare"}]}`, true},
		"If of an unknown condition":   {`{"Fn::If": ["Open", true, {"Ref": "Bare"}]}`, "${Fn::If(Open)}"},
		"If of no condition":           {`{"Fn::If": ["Gone", "a", "b"]}`, "${Fn::If(Gone)}"},
		"null is dropped":              {`[{"a": null}, null, "b"]`, []any{map[string]any{}, "b"}},
		"not a function but an object": {`{"Ref": "B", "x": 1}`, map[string]any{"Ref": "B", "x": 1.0}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := known(t, sketch(test.value)).Property("A-1", "V", foretold())
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("(-want +got):\n%s%v", diff, err)
			}
		})
	}
}

// TestLenientConditions holds what is known of conditions when not all parameters are.
func TestLenientConditions(t *testing.T) {
	t.Parallel()
	type truth struct{ Yes, Known bool }
	tests := map[string]truth{
		"Yes": {true, true}, "No": {false, true}, "Open": {}, "NotOpen": {}, "OpenToo": {},
		"Either": {true, true}, // one that holds is enough
		"Both":   {false, true},
		"Itself": {true, true}, "Nowhere": {}, "Circle": {}, "Undeclared": {},
	}
	for condition, want := range tests {
		t.Run(condition, func(t *testing.T) {
			t.Parallel()
			body := sketch(`0}, "Condition": "` + condition + `", "Metadata": {"x": 1`)
			yes, isKnown := known(t, body).Exists("A-1")
			if diff := cmp.Diff(want, truth{yes, isKnown}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseLenientRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, want string }{
		"YAML":               {"Resources:\n", "not a template in JSON: invalid character 'R' looking for beginning of value"},
		"nothing":            {`{}`, "a template without resources"},
		"not an object":      {`{"Resources": {"A": 5}}`, "Template format error: Resources/A must be an object"},
		"a type that is not": {`{"Resources": {"A": {"Type": 5}}}`, "Template format error: Resources/A/Type must be a string"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := template.ParseLenient([]byte(test.body)); fmt.Sprint(err) != test.want {
				t.Errorf("error\nwant %s\ngot  %v", test.want, err)
			}
		})
	}
}

// TestOrder holds that each resource comes after those that it needs, in all branches.
func TestOrder(t *testing.T) {
	t.Parallel()
	bound := known(t, `{"Resources": {"A": {"Type": "T", "DependsOn": ["D", "Gone"]}, "B": {"Type": "T"},
		"C": {"Type": "T", "Condition": "Open"}, "D": {"Type": "T", "Properties": {"V": {"Fn::If": ["Open", {"Fn::Sub": "${C.Arn}"}, {"Fn::New": {"Ref": "E"}}]}}},
		"E": {"Type": "T"}}}`)
	if diff := cmp.Diff([]string{"C", "E", "D", "A", "B"}, bound.Order()); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// TestEvaluate holds that a single value is evaluated as strictly as a deployment would.
func TestEvaluate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		value any
		want  any
		err   string
	}{
		"a policy variable": {"${aws:userid}", "${aws:userid}", ""},
		"a function":        {map[string]any{"Fn::Sub": "${P}/${B}"}, "p/id-B", ""},
		"one of tomorrow":   {map[string]any{"Fn::Length": []any{}}, nil, "Template format error: Fn::Length is not supported in Resources and Outputs at here"},
		"what isn't there":  {map[string]any{"Fn::Select": []any{3.0, []any{"a"}}}, nil, "Template error: Fn::Select cannot select nonexistent value at index 3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := known(t, sketch("0")).Evaluate("here", test.value, foretold())
			if said := fmt.Sprint(err); err != nil && said != test.err || err == nil && test.err != "" {
				t.Errorf("error\nwant %s\ngot  %s", test.err, said)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
