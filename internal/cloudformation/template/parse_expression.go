package template

import (
	"maps"
	"slices"
	"strings"
)

// place says where in the template an expression stands: which functions it
// may use.
type place int

const (
	inValues     place = iota // Resources and Outputs
	inConditions              // Conditions
	inRules                   // Rules
)

// reader parses a template's parts and collects what is wrong with them.
type reader struct {
	problems
	lenient bool // see [ParseLenient]
}

// addStrict notes a problem that a lenient reader lets through.
func (r *reader) addStrict(format string, args ...any) {
	if !r.lenient {
		r.add(format, args...)
	}
}

// expression parses a decoded JSON value that stands at path.
func (r *reader) expression(path string, at place, raw any) expression {
	switch raw := raw.(type) {
	case []any:
		return r.list(path, at, raw)
	case map[string]any:
		if name, argument, ok := r.intrinsic(path, at, raw); ok {
			return r.function(path, at, name, argument)
		}
		return r.object(path, at, raw)
	case nil:
		r.addStrict("Template format error: [/%s] 'null' values are not allowed in templates", path)
		return literal{noValue{}}
	default:
		return literal{raw}
	}
}

func (r *reader) list(path string, at place, raw []any) list {
	out := make(list, len(raw))
	for i, v := range raw {
		out[i] = r.expression(path, at, v)
	}
	return out
}

func (r *reader) object(path string, at place, raw map[string]any) object {
	out := make(object, len(raw))
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		out[key] = r.expression(path+"/"+key, at, raw[key])
	}
	return out
}

// intrinsic tells whether a JSON object is a function call: it has one key,
// which is Ref, Fn::something, or, inside conditions, Condition.
func (r *reader) intrinsic(path string, at place, raw map[string]any) (name string, argument any, ok bool) {
	if r.lenient && len(raw) > 1 {
		return "", nil, false
	}
	for key, value := range raw {
		call := key == "Ref" || strings.HasPrefix(key, "Fn::") || (key == "Condition" && at == inConditions)
		if !call {
			continue
		}
		if len(raw) > 1 {
			r.add("Template format error: %s must be the only key of its object at %s", key, path)
		}
		return key, value, true
	}
	return "", nil, false
}

// function parses the call of an intrinsic function. What it doesn't know it
// refuses by name.
func (r *reader) function(path string, at place, name string, argument any) expression {
	call := &call{r, path, at, name, argument}
	var e expression
	switch at {
	case inConditions:
		e = call.logic()
	case inRules:
		e = call.rule()
	case inValues:
		e = call.value()
	}
	switch {
	case r.lenient:
		return call.tolerate(e)
	case e == nil:
		return literal{}
	}
	return e
}
