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

// Statements returns every statement of IAM in a stack's template, a line each,
// in the order of the logical ids: the resource's id, the effect, who may (in a
// trust or key policy), the actions, the resources, and the conditions. Intrinsic
// functions stand as compact JSON, and ids without the hashes at their ends.
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

// idHash is how the CDK tells apart constructs of one name.
var idHash = regexp.MustCompile(`([A-Za-z])[0-9A-F]{8}\b`)

// statementsIn returns the statements of all policy documents within a value, in
// the order of the keys.
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

func line(statement map[string]any) string {
	text := fmt.Sprint(statement["Effect"])
	if who, ok := statement["Principal"]; ok {
		text += " " + written(who)
	}
	text += " " + written(statement["Action"])
	if resource, ok := statement["Resource"]; ok {
		text += " on " + written(resource)
	}
	if condition, ok := statement["Condition"]; ok {
		text += " if " + written(condition)
	}
	return text
}

// written returns strings as they are, lists of them with commas between, what
// CloudFormation joins or refers to as Fn::Sub writes it, and anything else as JSON.
func written(value any) string {
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
	text, _ := json.Marshal(value) // it came from JSON
	return string(text)
}

func joined(list []any, separator string) string {
	items := make([]string, len(list))
	for i, item := range list {
		items[i] = written(item)
	}
	return strings.Join(items, separator)
}
