package template_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// env returns the environment of the tests.
func env() template.Environment {
	return template.Environment{
		Region: "eu-west-1", Account: "123456789012", Partition: "aws", StackID: "arn:stack", StackName: "s",
		AvailabilityZones: func(region string) []string { return []string{region + "a", region + "b"} },
		SSMParameter: func(name string) (string, bool) {
			v, ok := map[string]string{"/version": "30", "/zones": "a, b"}[name]
			return v, ok
		},
	}
}

// lookup returns a Lookup in which all resources exist except New, whose values are
// Unknown.
func lookup() template.Lookup {
	return template.Lookup{
		Ref: func(id string) (any, error) {
			if id == "New" {
				return template.Unknown{}, nil
			}
			return "id-" + id, nil
		},
		Attribute: func(id, name string) (any, error) {
			if id == "New" {
				return template.Unknown{}, nil
			}
			return map[string]any{"Arn": "arn:" + id, "List": []any{"x", "y"}, "Endpoint.Port": "5439"}[name], nil
		},
		Import: func(name string) (any, error) { return "imported-" + name, nil },
	}
}

// fullTemplate returns a template in which the property V of the resource A has the given
// value. It declares the parameters, mappings and conditions that the tests' values use.
func fullTemplate(value string) string {
	return fmt.Sprintf(`{
		"Parameters": {"P": {"Type": "String", "Default": "p"}, "L": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
			"N": {"Type": "Number", "Default": 7}, "Ssm": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/version"},
			"Zones": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/zones"}},
		"Mappings": {"M": {"eu-west-1": {"ami": "ami-1", "many": ["m", "n"]}}},
		"Conditions": {"Yes": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}, "No": {"Fn::Not": [{"Condition": "Yes"}]},
			"And": {"Fn::And": [{"Condition": "Yes"}, {"Fn::Or": [{"Condition": "No"}, {"Fn::Equals": [{"Ref": "N"}, "7"]}]}]}},
		"Resources": {"B": {"Type": "T"}, "New": {"Type": "T"}, "A": {"Type": "T", "Properties": {"V": %s}}}}`, value)
}

func TestValues(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		value string
		want  any
	}{
		"literals":                  {`[1, 2.5, true, "x", {"k": []}]`, []any{1.0, 2.5, true, "x", map[string]any{"k": []any{}}}},
		"Ref of a resource":         {`{"Ref": "B"}`, "id-B"},
		"Ref of a parameter":        {`{"Ref": "P"}`, "p"},
		"Ref of a number":           {`{"Ref": "N"}`, "7"},
		"Ref of a list":             {`{"Ref": "L"}`, []any{"a", "b", "c"}},
		"Ref of an SSM parameter":   {`{"Ref": "Ssm"}`, "30"},
		"Ref of an SSM list":        {`{"Ref": "Zones"}`, []any{"a", "b"}},
		"pseudo parameters":         {`{"Fn::Sub": "${AWS::Partition} ${AWS::AccountId} ${AWS::StackId} ${AWS::StackName} ${AWS::URLSuffix}"}`, "aws 123456789012 arn:stack s amazonaws.com"},
		"notification ARNs":         {`{"Ref": "AWS::NotificationARNs"}`, []any{}},
		"NoValue in a map":          {`{"a": {"Ref": "AWS::NoValue"}, "b": 1}`, map[string]any{"b": 1.0}},
		"NoValue in a list":         {`[{"Ref": "AWS::NoValue"}, 1]`, []any{1.0}},
		"NoValue from an If":        {`{"a": {"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}}`, map[string]any{}},
		"GetAtt, a list":            {`{"Fn::GetAtt": ["B", "Arn"]}`, "arn:B"},
		"GetAtt, a string":          {`{"Fn::GetAtt": "B.Endpoint.Port"}`, "5439"},
		"GetAtt of a list":          {`{"Fn::GetAtt": ["B", "List"]}`, []any{"x", "y"}},
		"Join":                      {`{"Fn::Join": ["-", ["a", {"Ref": "B"}, 5, true]]}`, "a-id-B-5-true"},
		"Join of a list parameter":  {`{"Fn::Join": ["", {"Ref": "L"}]}`, "abc"},
		"Join without NoValue":      {`{"Fn::Join": ["-", ["a", {"Ref": "AWS::NoValue"}, "b"]]}`, "a-b"},
		"Sub":                       {`{"Fn::Sub": "${B} ${B.Arn} ${P} ${!Literal} $x $"}`, "id-B arn:B p ${Literal} $x $"},
		"Sub with variables":        {`{"Fn::Sub": ["${x}/${P}/${AWS::Region}", {"x": {"Ref": "B"}, "P": "mine"}]}`, "id-B/mine/eu-west-1"},
		"Select":                    {`{"Fn::Select": [1, {"Ref": "L"}]}`, "b"},
		"Select, index is a string": {`{"Fn::Select": ["0", {"Fn::GetAZs": ""}]}`, "eu-west-1a"},
		"Split":                     {`{"Fn::Split": ["|", "a|b|"]}`, []any{"a", "b", ""}},
		"Select of Split of Join":   {`{"Fn::Select": [2, {"Fn::Split": [":", {"Fn::Join": [":", ["a", "b", {"Ref": "P"}]]}]}]}`, "p"},
		"If":                        {`{"Fn::If": ["And", "then", "else"]}`, "then"},
		"If, condition false":       {`{"Fn::If": ["No", {"Ref": "B"}, {"k": "else"}]}`, map[string]any{"k": "else"}},
		"GetAZs of a region":        {`{"Fn::GetAZs": {"Ref": "AWS::Region"}}`, []any{"eu-west-1a", "eu-west-1b"}},
		"FindInMap":                 {`{"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "ami"]}`, "ami-1"},
		"FindInMap of a list":       {`{"Fn::Select": [1, {"Fn::FindInMap": ["M", "eu-west-1", "many"]}]}`, "n"},
		"Base64":                    {`{"Fn::Base64": {"Fn::Sub": "hi ${P}"}}`, "aGkgcA=="},
		"Cidr":                      {`{"Fn::Cidr": ["10.0.0.0/24", 3, 5]}`, []any{"10.0.0.0/27", "10.0.0.32/27", "10.0.0.64/27"}},
		"Cidr, default host bits":   {`{"Fn::Cidr": ["10.1.0.0/16", "2"]}`, []any{"10.1.0.0/24", "10.1.1.0/24"}},
		"Cidr, IPv6":                {`{"Fn::Cidr": ["2001:db8::/56", 2, 64]}`, []any{"2001:db8::/64", "2001:db8:0:1::/64"}},
		"ImportValue":               {`{"Fn::ImportValue": {"Fn::Sub": "${P}-x"}}`, "imported-p-x"},
		"Condition of a policy":     {`{"Condition": {"StringEquals": {"a": "b"}}}`, map[string]any{"Condition": map[string]any{"StringEquals": map[string]any{"a": "b"}}}},
		"unknown":                   {`{"Ref": "New"}`, template.Unknown{}},
		"unknown in a Join":         {`{"Fn::Join": ["", ["a", {"Fn::GetAtt": ["New", "Arn"]}]]}`, template.Unknown{}},
		"unknown in a Sub":          {`{"Fn::Sub": "x${New.Arn}"}`, template.Unknown{}},
		"unknown in a Split":        {`{"Fn::Select": [0, {"Fn::Split": [":", {"Ref": "New"}]}]}`, template.Unknown{}},
		"unknown in an element that is not selected": {`{"Fn::Select": [1, [{"Ref": "New"}, "b"]]}`, "b"},
		"unknown in an object":                       {`{"k": [{"Ref": "New"}]}`, map[string]any{"k": []any{template.Unknown{}}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bound := bind(t, fullTemplate(tt.value), nil)
			got, err := bound.Properties("A", lookup())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got["V"]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestInvalidValues(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ value, want string }{
		"Select, index out of range":    {`{"Fn::Select": [3, ["a"]]}`, "Template error: Fn::Select cannot select nonexistent value at index 3"},
		"Select, index is not a number": {`{"Fn::Select": ["x", ["a"]]}`, `Template error: Fn::Select's index must be a whole number, got "x"`},
		"Join of a map":                 {`{"Fn::Join": ["", [{"k": 1}]]}`, "Template error: every value of Fn::Join must be a string, got a map with the keys [k]"},
		"Join of a string":              {`{"Fn::Join": ["", "abc"]}`, `Template error: the second argument of Fn::Join must be a list, got "abc"`},
		"FindInMap, unknown key":        {`{"Fn::FindInMap": ["M", "eu-west-1", "x"]}`, "Template error: Unable to get mapping for M::eu-west-1::x"},
		"Cidr, block too small":         {`{"Fn::Cidr": ["10.0.0.0/28", 8, 4]}`, "Template error: Fn::Cidr: 10.0.0.0/28 is too small for 8 blocks with 4 host bits"},
		"Cidr of an address":            {`{"Fn::Cidr": ["10.0.0.0", 1]}`, `Template error: Fn::Cidr: needs a CIDR block, got "10.0.0.0"`},
		"Cidr, count too large":         {`{"Fn::Cidr": ["10.0.0.0/8", 257]}`, `Template error: Fn::Cidr: needs a number from 1 to 256, got "257"`},
		"Sub with a list":               {`{"Fn::Sub": "${L}"}`, "Template error: every value in Fn::Sub must be a string, got a list"},
		"Base64 of a list":              {`{"Fn::Base64": {"Ref": "L"}}`, "Template error: Fn::Base64's value must be a string, got a list"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := bind(t, fullTemplate(tt.value), nil).Properties("A", lookup())
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	many := map[string]any{}
	for i := range 501 {
		many[fmt.Sprintf("R%d", i)] = map[string]any{"Type": "T"}
	}
	tooMany, err := json.Marshal(map[string]any{"Resources": many})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		body string
		want []string
	}{
		"incomplete JSON":    {`{"Resources": `, []string{"Template format error: JSON not well-formed: unexpected EOF"}},
		"two JSON values":    {`{} {}`, []string{"Template format error: JSON not well-formed: more than one value"}},
		"no resources":       {`{}`, []string{"Template format error: At least one Resources member must be defined."}},
		"too many resources": {string(tooMany), []string{"Template format error: Number of resources, 501, is greater than maximum allowed, 500"}},
		"many problems": {
			`{"Transform": "AWS::Serverless-2016-10-31", "Resources": {"A-1": {"Properties": {"V": null}, "CreationPolicy": {}, "DeletionPolicy": "Keep"},
				"B": {"Type": "T", "Properties": {"V": {"Fn::Length": [1]}, "W": {"Fn::Join": ["x"]}, "X": {"Ref": "B", "y": 1}, "Y": {"Fn::Sub": "${"}, "Z": {"Fn::Contains": [[], 1]}}}},
				"Outputs": {"O": {"Description": "d"}}, "Parameters": {"P": {"Type": "Text"}}}`,
			[]string{
				`Template format error: Every Outputs member must contain a Value object at Outputs/O`,
				`Template format error: Unrecognized parameter type: Text`,
				`Template format error: Resource name "A-1" is non alphanumeric.`,
				`Template format error: Resources/A-1/CreationPolicy is not supported`,
				`Template format error: Unrecognized value "Keep" for Resources/A-1/DeletionPolicy; use one of [Delete, Retain, RetainExceptOnCreate, Snapshot]`,
				`Template format error: [/Resources/A-1/Properties/V] 'null' values are not allowed in templates`,
				`Template format error: [Resources/A-1] Every Resources object must contain a Type member.`,
				`Template format error: Fn::Length is not supported in Resources and Outputs at Resources/B/Properties/V`,
				`Template error: Fn::Join requires a list of 2 arguments at Resources/B/Properties/W`,
				`Template format error: Ref must be the only key of its object at Resources/B/Properties/X`,
				`Template error: Fn::Sub requires a string in which every ${ has a matching } at Resources/B/Properties/Y`,
				`Template format error: Fn::Contains is not supported in Resources and Outputs at Resources/B/Properties/Z`,
				`Template format error: Transform is not supported`,
			},
		},
		"references to names that do not exist": {
			`{"Conditions": {"C": {"Fn::Equals": [{"Ref": "A"}, {"Fn::Sub": "${A.x}"}]}}, "Resources": {"A": {"Type": "T", "DependsOn": ["Y", "Z"], "Condition": "D",
				"Properties": {"V": {"Fn::Sub": "${X} ${W.Arn}"}, "I": {"Fn::If": ["E", 1, {"Fn::FindInMap": ["M", "a", "b"]}]}}}},
				"Outputs": {"O": {"Value": {"Ref": "Q"}}}}`,
			[]string{
				"Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template",
				"Template error: Fn::GetAtt A: cannot reference resources in the Conditions block of the template",
				"Template format error: Unresolved condition dependency D in the Resources block of the template",
				"Template format error: Unresolved condition dependency E in the Resources block of the template",
				"Template error: Mapping named 'M' is not present in the 'Mappings' section of template.",
				"Template format error: Unresolved resource dependencies [X] in the Resources block of the template",
				"Template error: instance of Fn::GetAtt references undefined resource W",
				"Template format error: Unresolved resource dependencies [Y] in the Resources block of the template",
				"Template format error: Unresolved resource dependencies [Z] in the Resources block of the template",
				"Template format error: Unresolved resource dependencies [Q] in the Outputs block of the template",
			},
		},
		"cycle of three resources": {
			`{"Resources": {"A": {"Type": "T", "DependsOn": "B"}, "B": {"Type": "T", "Properties": {"V": {"Fn::GetAtt": ["C", "x"]}}},
				"C": {"Type": "T", "Properties": {"V": {"Fn::Sub": "${A}"}}}, "D": {"Type": "T", "DependsOn": "A"}, "E": {"Type": "T"}}}`,
			[]string{"Circular dependency between resources: [A, B, C]"},
		},
		"resource depends on itself": {`{"Resources": {"A": {"Type": "T", "Properties": {"V": {"Ref": "A"}}}}}`, []string{"Circular dependency between resources: [A]"}},
		"cycle of conditions":        {`{"Conditions": {"A": {"Fn::Not": [{"Condition": "B"}]}, "B": {"Fn::Not": [{"Condition": "A"}]}}, "Resources": {"X": {"Type": "T"}}}`, []string{"Template format error: Circular dependency between conditions: [A, B]"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := template.Parse([]byte(tt.body))
			if diff := cmp.Diff(tt.want, problemsOf(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// problemsOf returns the problems in err, which must be a *template.Error.
func problemsOf(t *testing.T, err error) []string {
	t.Helper()
	var refused *template.Error
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want a *template.Error", err)
	}
	return refused.Problems
}

// bind parses a template and binds it to the given parameters.
func bind(t *testing.T, body string, given map[string]string) *template.Bound {
	t.Helper()
	parsed, err := template.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	bound, err := parsed.Bind(given, env())
	if err != nil {
		t.Fatal(err)
	}
	return bound
}
