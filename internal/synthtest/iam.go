package synthtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
)

// Statements returns all IAM statements in a stack's template, in the order of the logical ids.
// Each is a line: the logical id, the effect, the principal (in a trust or key policy), the
// actions, the resources and the condition. References have the form of Fn::Sub, and other
// intrinsic functions are compact JSON. The logical ids lack the hashes that CDK appends.
func Statements(t *testing.T, stack awscdk.Stack) []string {
	t.Helper()
	var template struct {
		Resources map[string]struct{ Properties map[string]any }
	}
	text, err := json.Marshal(assertions.Template_FromStack(stack, nil).ToJSON())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(template.Resources)) {
		for _, statement := range statementsIn(template.Resources[id].Properties) {
			lines = append(lines, idHash.ReplaceAllString(id+": "+line(statement), "$1"))
		}
	}
	return lines
}

// idHash matches a logical id with the hash that CDK appends.
var idHash = regexp.MustCompile(`([A-Za-z])[0-9A-F]{8}\b`)

// statementsIn returns the statements of all policy documents in a JSON value, in the order of
// the keys.
func statementsIn(value any) []map[string]any {
	var found []map[string]any
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			found = append(found, statementsIn(item)...)
		}
	case map[string]any:
		if list, ok := v["Statement"].([]any); ok {
			for _, item := range list {
				if statement, ok := item.(map[string]any); ok {
					found = append(found, statement)
				}
			}
			return found
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			found = append(found, statementsIn(v[key])...)
		}
	}
	return found
}

// line returns a statement as one line of text, without the logical id.
func line(statement map[string]any) string {
	text := fmt.Sprint(statement["Effect"])
	if who, ok := statement["Principal"]; ok {
		text += " " + textOf(who)
	}
	text += " " + textOf(statement["Action"])
	if resource, ok := statement["Resource"]; ok {
		text += " on " + textOf(resource)
	}
	if condition, ok := statement["Condition"]; ok {
		text += " if " + textOf(condition)
	}
	return text
}

// textOf returns a value of a statement as text. A string is unchanged, and the items of a list
// are separated by commas. Ref, Fn::GetAtt and Fn::Join have the form of Fn::Sub. Any other
// value is JSON.
func textOf(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []any:
		return joined(v, ", ")
	case map[string]any:
		if ref, ok := v["Ref"].(string); ok {
			return "${" + ref + "}"
		}
		if attribute, ok := v["Fn::GetAtt"].([]any); ok {
			return "${" + joined(attribute, ".") + "}"
		}
		if join, ok := v["Fn::Join"].([]any); ok && len(join) == 2 && join[0] == "" {
			if parts, ok := join[1].([]any); ok {
				return joined(parts, "")
			}
		}
	}
	text, _ := json.Marshal(value) // can't fail: the value was decoded from JSON
	return string(text)
}

// joined returns the items of a list as text, with the separator between them.
func joined(list []any, separator string) string {
	items := make([]string, len(list))
	for i, item := range list {
		items[i] = textOf(item)
	}
	return strings.Join(items, separator)
}
