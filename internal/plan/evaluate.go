package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// evaluator evaluates the expressions of one template. What is not known before
// the deploy becomes the text ${Name} or ${LogicalId.Attribute}.
type evaluator struct {
	*template
	names map[string]any                                // parameters and pseudo parameters that are known
	ref   func(id string) (string, bool)                // the physical id of a resource, if it is known
	at    func(id, name string) (value string, ok bool) // an attribute of a resource, if it is known
}

// unknown returns the text that stands for a value.
func unknown(name string) string { return "${" + name + "}" }

// isUnknown reports whether a text holds one that stands for a value, or one of
// CloudFormation's dynamic references.
func isUnknown(text string) bool {
	return strings.Contains(text, "${") || strings.Contains(text, "{{resolve:")
}

// absent is what {"Ref": "AWS::NoValue"} evaluates to: whatever holds it drops it.
type absent struct{}

// value evaluates an expression to string, []any, map[string]any or absent.
// CloudFormation sends every scalar of a custom resource as a string.
func (e *evaluator) value(expression any) any {
	switch x := expression.(type) {
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case []any:
		return e.list(x)
	case map[string]any:
		if len(x) == 1 {
			for name, argument := range x {
				if name == "Ref" || strings.HasPrefix(name, "Fn::") {
					return e.call(name, argument)
				}
			}
		}
		return e.object(x)
	}
	return absent{}
}

func (e *evaluator) list(items []any) []any {
	out := []any{}
	for _, item := range items {
		v := e.value(item)
		if _, drop := v.(absent); !drop {
			out = append(out, v)
		}
	}
	return out
}

func (e *evaluator) object(fields map[string]any) map[string]any {
	out := map[string]any{}
	for name, field := range fields {
		v := e.value(field)
		if _, drop := v.(absent); !drop {
			out[name] = v
		}
	}
	return out
}

// call evaluates an intrinsic function. One that can't be worked out is known at
// deploy only.
func (e *evaluator) call(function string, argument any) any {
	arguments, _ := argument.([]any)
	switch {
	case function == "Ref":
		return e.reference(text(argument))
	case function == "Fn::GetAtt":
		return e.getAttribute(argument)
	case function == "Fn::Sub":
		return e.substitute(argument)
	case function == "Fn::If" && len(arguments) == 3:
		return e.choose(text(arguments[0]), arguments[1], arguments[2])
	case function == "Fn::Join" && len(arguments) == 2:
		if items, ok := e.value(arguments[1]).([]any); ok {
			return strings.Join(texts(items), text(arguments[0]))
		}
	case function == "Fn::Split" && len(arguments) == 2:
		if source := text(e.value(arguments[1])); !isUnknown(source) {
			return items(strings.Split(source, text(arguments[0])))
		}
	case function == "Fn::Select" && len(arguments) == 2:
		list, _ := e.value(arguments[1]).([]any)
		if i, err := strconv.Atoi(text(e.value(arguments[0]))); err == nil && i >= 0 && i < len(list) {
			return list[i]
		}
	case function == "Fn::FindInMap" && len(arguments) == 3:
		key := texts(e.list(arguments))
		if v, ok := e.Mappings[key[0]][key[1]][key[2]]; ok {
			return e.value(v)
		}
	}
	return unknown(function + "(" + summary(argument) + ")")
}

// summary returns an argument that is text, or else the names that it uses.
func summary(argument any) string {
	if s, ok := argument.(string); ok {
		return s
	}
	names := map[string]bool{}
	visit(argument, func(name string) { names[name] = true })
	return strings.Join(slices.Sorted(maps.Keys(names)), ", ")
}

func (e *evaluator) reference(name string) any {
	if v, ok := e.names[name]; ok {
		return v
	}
	if name == "AWS::NoValue" {
		return absent{}
	}
	if physical, ok := e.ref(name); ok {
		return physical
	}
	return unknown(name)
}

func (e *evaluator) getAttribute(argument any) any {
	id, name, ok := attribute(argument)
	if !ok {
		return unknown("Fn::GetAtt")
	}
	if v, ok := e.at(id, name); ok {
		return v
	}
	return unknown(id + "." + name)
}

// substitute evaluates both forms of Fn::Sub.
func (e *evaluator) substitute(argument any) any {
	source, locals := text(argument), map[string]any{}
	if list, ok := argument.([]any); ok && len(list) == 2 {
		source = text(list[0])
		if own, ok := list[1].(map[string]any); ok {
			locals = e.object(own)
		}
	}
	replaced := variable.ReplaceAllStringFunc(source, func(match string) string {
		name := strings.TrimSpace(match[2 : len(match)-1])
		if local, ok := locals[name]; ok {
			return text(local)
		}
		if strings.Contains(name, ".") {
			return text(e.getAttribute(name))
		}
		return text(e.reference(name))
	})
	return strings.ReplaceAll(replaced, "${!", "${")
}

func (e *evaluator) choose(condition string, then, otherwise any) any {
	yes, known := e.holds(map[string]any{"Condition": condition})
	switch {
	case !known:
		return unknown("Fn::If(" + condition + ")")
	case yes:
		return e.value(then)
	}
	return e.value(otherwise)
}

// exists reports whether a resource exists under its condition, as far as that
// is known.
func (e *evaluator) exists(id string) (yes, known bool) {
	if e.Resources[id].Condition == "" {
		return true, true
	}
	return e.holds(map[string]any{"Condition": e.Resources[id].Condition})
}

// holds evaluates a condition, if what it depends on is known.
func (e *evaluator) holds(condition any) (yes, known bool) {
	call, _ := condition.(map[string]any)
	for function, argument := range call {
		arguments, _ := argument.([]any)
		switch {
		case function == "Condition":
			return e.holds(e.Conditions[text(argument)])
		case function == "Fn::Equals" && len(arguments) == 2:
			a, b := fmt.Sprint(e.value(arguments[0])), fmt.Sprint(e.value(arguments[1]))
			return a == b, a == b || !isUnknown(a) && !isUnknown(b)
		case function == "Fn::Not" && len(arguments) == 1:
			yes, known = e.holds(arguments[0])
			return !yes, known
		case function == "Fn::And":
			return e.all(arguments, true)
		case function == "Fn::Or":
			yes, known = e.all(arguments, false)
			return !yes, known
		}
	}
	return false, false
}

// all reports whether every condition is as wanted. One that is known not to be
// is enough to know.
func (e *evaluator) all(conditions []any, want bool) (yes, known bool) {
	known = true
	for _, c := range conditions {
		is, isKnown := e.holds(c)
		if isKnown && is != want {
			return false, true
		}
		known = known && isKnown
	}
	return true, known
}

// text returns a value's text, empty if it has none.
func text(value any) string {
	s, _ := value.(string)
	return s
}

func texts(values []any) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = text(v)
	}
	return out
}

func items(values []string) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}
