package template_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

func TestInvalidParameters(t *testing.T) {
	t.Parallel()
	const parameters = `"Parameters": {
		"Must": {"Type": "String"}, "Size": {"Type": "Number", "Default": 5, "MinValue": 1, "MaxValue": "9"},
		"Mode": {"Type": "String", "Default": "a", "AllowedValues": ["a", "b"]},
		"Name": {"Type": "String", "Default": "abc", "AllowedPattern": "[a-z]+", "MinLength": 2, "MaxLength": 4},
		"Vpc": {"Type": "AWS::EC2::VPC::Id", "Default": "vpc-1"}, "Nums": {"Type": "List<Number>", "Default": "1,2"},
		"Kind": {"Type": "String", "Default": "x", "AllowedPattern": "x+", "ConstraintDescription": "only x"}}`
	tests := map[string]struct {
		given map[string]string
		want  []string
	}{
		"one missing, one unknown": {map[string]string{"Other": "x"}, []string{
			"Parameters: [Must] must have values", "Parameters: [Other] do not exist in the template",
		}},
		"values violate the declarations": {
			map[string]string{"Must": "", "Size": "10", "Mode": "c", "Name": "x", "Nums": "1,z", "Kind": "y"},
			[]string{
				"Parameter 'Kind' failed to satisfy constraint: only x", "Parameter 'Mode' must be one of AllowedValues",
				"Parameter 'Name' must contain at least 2 characters", "Parameter 'Nums' must be a number",
				"Parameter 'Size' must be a number not greater than 9",
			},
		},
		"pattern must match the whole value": {map[string]string{"Must": "", "Name": "ab1"}, []string{"Parameter 'Name' must match pattern [a-z]+"}},
		"too small and too long": {map[string]string{"Must": "", "Name": "abcde", "Size": "0"}, []string{
			"Parameter 'Name' must contain at most 4 characters", "Parameter 'Size' must be a number not less than 1",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parsed, err := template.Parse([]byte(`{` + parameters + `, "Resources": {"A": {"Type": "T"}}}`))
			if err != nil {
				t.Fatal(err)
			}
			_, err = parsed.Bind(tt.given, env())
			if diff := cmp.Diff(tt.want, problemsOf(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	const bootstrap = `{"Assertions": [{"Assert": {"Fn::Not": [{"Fn::Contains": [["1", "2"], {"Ref": "V"}]}]}, "AssertDescription": "bootstrap again"}]}`
	tests := map[string]struct {
		rule string
		want []string // problems; nil if the rule passes
	}{
		"Not Contains, passes": {`{"Assertions": [{"Assert": {"Fn::Not": [{"Fn::Contains": [["1"], {"Ref": "V"}]}]}}]}`, nil},
		"Not Contains, fails":  {bootstrap, []string{"Template validation error: rule R failed: bootstrap again"}},
		"RuleCondition is false": {
			`{"RuleCondition": {"Fn::Equals": [{"Ref": "V"}, "9"]}, "Assertions": [{"Assert": {"Fn::Equals": [1, 2]}}]}`, nil,
		},
		"EachMemberIn":     {`{"Assertions": [{"Assert": {"Fn::EachMemberIn": [{"Ref": "L"}, ["a", "b", "c"]]}}]}`, nil},
		"EachMemberEquals": {`{"Assertions": [{"Assert": {"Fn::EachMemberEquals": [{"Ref": "L"}, "a"]}, "AssertDescription": "d"}]}`, []string{"Template validation error: rule R failed: d"}},
		"And, Or":          {`{"Assertions": [{"Assert": {"Fn::And": [{"Fn::Equals": [2, {"Ref": "V"}]}, {"Fn::Or": [{"Fn::Equals": [1, 2]}, {"Fn::Equals": ["a", "a"]}]}]}}]}`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parsed, err := template.Parse(fmt.Appendf(nil, `{"Parameters": {"V": {"Type": "String", "Default": 2}, "L": {"Type": "CommaDelimitedList", "Default": "a,b"}},
				"Rules": {"R": %s}, "Resources": {"A": {"Type": "T"}}}`, tt.rule))
			if err != nil {
				t.Fatal(err)
			}
			_, err = parsed.Bind(nil, env())
			if tt.want == nil && err == nil {
				return
			}
			if diff := cmp.Diff(tt.want, problemsOf(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMissingSSMParameter(t *testing.T) {
	t.Parallel()
	parsed, err := template.Parse([]byte(`{"Parameters": {"V": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/none"}}, "Resources": {"A": {"Type": "T"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parsed.Bind(nil, env())
	want := []string{"Unable to fetch parameters [/none] from parameter store for this account."}
	if diff := cmp.Diff(want, problemsOf(t, err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	const body = `{"Parameters": {"On": {"Type": "String"}}, "Conditions": {"C": {"Fn::Equals": [{"Ref": "On"}, "yes"]}},
		"Resources": {"A": {"Type": "T", "Condition": "C"}, "B": {"Type": "T", "DependsOn": "A", "Properties": {"V": {"Fn::If": ["C", {"Ref": "A"}, "none"]}}}%s},
		"Outputs": {"O": {"Condition": "C", "Value": {"Ref": "A"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-o"}}}, "P": {"Value": {"Ref": "B"}, "Description": "d"}}}`
	type result struct {
		IDs, DependenciesOfB []string
		Outputs              []template.OutputValue
	}
	tests := map[string]struct {
		on   string
		want result
	}{
		"condition true": {"yes", result{[]string{"A", "B"}, []string{"A"}, []template.OutputValue{
			{Name: "O", Value: "id-A", Export: "s-o"}, {Name: "P", Description: "d", Value: "id-B"},
		}}},
		"condition false": {"no", result{[]string{"B"}, nil, []template.OutputValue{{Name: "P", Description: "d", Value: "id-B"}}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bound := bind(t, fmt.Sprintf(body, ""), map[string]string{"On": tt.on})
			outputs, err := bound.OutputValues(lookup())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, result{bound.LogicalIDs(), bound.Dependencies("B"), outputs}, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}

	t.Run("reference to a resource whose condition is false", func(t *testing.T) {
		t.Parallel()
		parsed, err := template.Parse(fmt.Appendf(nil, body, `, "X": {"Type": "T", "Properties": {"V": {"Ref": "A"}}}`))
		if err != nil {
			t.Fatal(err)
		}
		_, err = parsed.Bind(map[string]string{"On": "no"}, env())
		want := []string{"Template format error: Unresolved resource dependencies [A] in the Resources block of the template"}
		if diff := cmp.Diff(want, problemsOf(t, err)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestEqual(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		a, b any
		want bool
	}{
		"number and string":  {5.0, "5", true},
		"boolean and string": {true, "true", true},
		"nested":             {map[string]any{"a": []any{1.0}}, map[string]any{"a": []any{"1"}}, true},
		"different keys":     {map[string]any{"a": "1"}, map[string]any{"b": "1"}, false},
		"list and string":    {[]any{"a"}, "a", false},
		"unknown":            {template.Unknown{}, template.Unknown{}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := template.Equal(tt.a, tt.b); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
