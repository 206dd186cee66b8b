package cloudformation

import (
	"encoding/json"
	"slices"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// secret reports whether a property is, or was, made of what must not be
// echoed: such a parameter, or an attribute of such a custom resource.
func (p *planner) secret(id, property string) bool {
	for _, b := range []*template.Bound{p.target, p.before} {
		if b == nil {
			continue
		}
		for _, ref := range b.References(id, property) {
			declared, was := b.Parameters[ref.LogicalID], p.was[ref.LogicalID]
			if (declared != nil && declared.NoEcho) || (was != nil && was.noEcho && ref.Attribute != "") {
				return true
			}
		}
	}
	return false
}

// context returns a resource as JSON, for people to read. What holds a secret
// is masked.
func (p *planner) context(i *instance) string {
	properties := map[string]any{}
	for name, value := range i.properties {
		if p.secret(i.logicalID, name) {
			value = masked
		}
		properties[name] = value
	}
	return text(map[string]any{"Properties": properties})
}

// masked is what is shown of secrets.
const masked = "****"

// unknown reports whether v holds a value that isn't known yet.
func unknown(v any) bool {
	switch v := v.(type) {
	case template.Unknown:
		return true
	case []any:
		return slices.ContainsFunc(v, unknown)
	case map[string]any:
		for _, item := range v {
			if unknown(item) {
				return true
			}
		}
	}
	return false
}

// shown returns a property for people to read: text as it is, the rest as JSON,
// nothing if it isn't set.
func shown(properties map[string]any, name string) string {
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
	if err != nil { // a template's values are JSON's own
		return err.Error()
	}
	return string(out)
}
