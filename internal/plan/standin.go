package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// standIns replaces values that are known only during the deploy by valid values, the
// stand-ins, so that packages ddl and definition can check them and plan with them. Equal
// texts have equal stand-ins.
type standIns struct {
	byText map[string]string // the stand-in for a property's name, a space and the text
	texts  []string          // pairs of a stand-in and its text, for strings.NewReplacer
}

// in returns the value with stand-ins for all unknown texts in it. property is the name of
// the property that contains the value.
func (s *standIns) in(property string, value any) any {
	switch v := value.(type) {
	case string:
		return s.text(property, v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = s.in(property, item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out[key] = s.in(key, v[key])
		}
		return out
	}
	return value
}

func (s *standIns) text(property, text string) string {
	if !template.IsUnknown(text) {
		return text
	}
	if property == "roleArn" { // one ARN, or a chain of ARNs
		roles := strings.Split(text, ",")
		for i, role := range roles {
			if template.IsUnknown(role) {
				roles[i] = s.of(property, role, "arn:aws:iam::000000000000:role/")
			}
		}
		return strings.Join(roles, ",")
	}
	return s.of(property, text, "")
}

// of returns the stand-in for a text: prefix and a name. No stand-in is a prefix of
// another.
func (s *standIns) of(property, text, prefix string) string {
	if known, ok := s.byText[property+" "+text]; ok {
		return known
	}
	n := len(s.texts) // no two stand-ins have the same number
	standIn := fmt.Sprintf("%stributary_stand_in_%d_", prefix, n)
	if property == "region" {
		standIn = "zz-" + strings.Repeat("z", n) + "-1"
	}
	if s.byText == nil {
		s.byText = map[string]string{}
	}
	s.byText[property+" "+text] = standIn
	s.texts = append(s.texts, standIn, text)
	return standIn
}

// shown returns the text with every stand-in replaced by the original text.
func (s *standIns) shown(text string) string {
	return strings.NewReplacer(s.texts...).Replace(text)
}
