package cloudformation

import (
	"encoding/json"
	"slices"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// isSecret reports whether the new or the old value of a property refers to a NoEcho
// parameter, or to an attribute of a custom resource whose response set NoEcho.
func (p *planner) isSecret(id, property string) bool {
	for _, b := range []*template.Bound{p.target, p.before} {
		if b == nil {
			continue
		}
		for _, ref := range b.References(id, property) {
			declared, was := b.Parameters[ref.LogicalID], p.existing[ref.LogicalID]
			if (declared != nil && declared.NoEcho) || (was != nil && was.noEcho && ref.Attribute != "") {
				return true
			}
		}
	}
	return false
}

// contextOf returns a resource's properties as JSON, for the fields BeforeContext and
// AfterContext. It masks properties that contain a secret.
func (p *planner) contextOf(i *instance) string {
	properties := map[string]any{}
	for name, value := range i.properties {
		if p.isSecret(i.logicalID, name) {
			value = masked
		}
		properties[name] = value
	}
	return text(map[string]any{"Properties": properties})
}

// masked replaces secret values in responses.
const masked = "****"

// hasUnknown reports whether v is or contains a template.Unknown.
func hasUnknown(v any) bool {
	switch v := v.(type) {
	case template.Unknown:
		return true
	case []any:
		return slices.ContainsFunc(v, hasUnknown)
	case map[string]any:
		for _, item := range v {
			if hasUnknown(item) {
				return true
			}
		}
	}
	return false
}

// displayText returns the value of a property as text. It returns scalars as they are,
// other values as JSON, and "" for a property that is not set.
func displayText(properties map[string]any, name string) string {
	v, ok := properties[name]
	if !ok {
		return ""
	}
	switch s, isText := template.Text(v); {
	case isText:
		return s
	case v == any(template.Unknown{}):
		return template.Unknown{}.String()
	default:
		return text(v)
	}
}

// text returns v as JSON.
func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil { // cannot happen: values of a template can always be encoded
		return err.Error()
	}
	return string(out)
}
