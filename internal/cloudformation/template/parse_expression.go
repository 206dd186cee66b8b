package template

import (
	"maps"
	"slices"
	"strings"
)

// blockKind is a block of the template. It determines which functions an expression may
// use.
type blockKind int

const (
	inValues     blockKind = iota // Resources and Outputs
	inConditions                  // Conditions
	inRules                       // Rules
)

// reader parses the parts of a template and collects their problems.
type reader struct {
	problems
	lenient bool // see [ParseLenient]
}

// addStrict adds a problem, unless the reader is lenient.
func (r *reader) addStrict(format string, args ...any) {
	if !r.lenient {
		r.add(format, args...)
	}
}

// expression parses a decoded JSON value. path is its path in the template.
func (r *reader) expression(path string, where blockKind, raw any) expression {
	switch raw := raw.(type) {
	case []any:
		return r.list(path, where, raw)
	case map[string]any:
		if name, argument, ok := r.intrinsic(path, where, raw); ok {
			return r.function(path, where, name, argument)
		}
		return r.object(path, where, raw)
	case nil:
		r.addStrict("Template format error: [/%s] 'null' values are not allowed in templates", path)
		return literal{noValue{}}
	default:
		return literal{raw}
	}
}

func (r *reader) list(path string, where blockKind, raw []any) list {
	out := make(list, len(raw))
	for i, v := range raw {
		out[i] = r.expression(path, where, v)
	}
	return out
}

func (r *reader) object(path string, where blockKind, raw map[string]any) object {
	out := make(object, len(raw))
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		out[key] = r.expression(path+"/"+key, where, raw[key])
	}
	return out
}

// intrinsic returns the name and the argument of a function if a JSON object is a call of
// an intrinsic function. The only key of a call is Ref, Fn::<name> or, in Conditions,
// Condition.
func (r *reader) intrinsic(path string, where blockKind, raw map[string]any) (name string, argument any, ok bool) {
	if r.lenient && len(raw) > 1 {
		return "", nil, false
	}
	for key, value := range raw {
		isCall := key == "Ref" || strings.HasPrefix(key, "Fn::") || (key == "Condition" && where == inConditions)
		if !isCall {
			continue
		}
		if len(raw) > 1 {
			r.add("Template format error: %s must be the only key of its object at %s", key, path)
		}
		return key, value, true
	}
	return "", nil, false
}

// function parses a call of an intrinsic function. It adds a problem if the function is not
// supported in the block.
func (r *reader) function(path string, where blockKind, name string, argument any) expression {
	call := &call{r, path, where, name, argument}
	var e expression
	switch where {
	case inConditions:
		e = call.parseCondition()
	case inRules:
		e = call.parseRule()
	case inValues:
		e = call.parseValue()
	}
	switch {
	case r.lenient:
		return call.lenient(e)
	case e == nil:
		return literal{}
	}
	return e
}
