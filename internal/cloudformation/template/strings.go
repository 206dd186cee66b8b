package template

import (
	"strconv"
	"strings"
)

// joinFunction is {"Fn::Join": [delimiter, values]}.
type joinFunction struct {
	delimiter string
	values    expression
}

func (f *joinFunction) eval(s *scope) (any, error) {
	values, known, err := evalList(s, f.values, "the second argument of Fn::Join")
	if err != nil || !known {
		return Unknown{}, err
	}
	parts := make([]string, len(values))
	for i, v := range values {
		if _, is := v.(Unknown); is {
			return Unknown{}, nil
		}
		part, ok := Text(v)
		if !ok {
			return nil, newError("Template error: every value of Fn::Join must be a string, got %s", describe(v))
		}
		parts[i] = part
	}
	return strings.Join(parts, f.delimiter), nil
}

func (f *joinFunction) children() []expression { return []expression{f.values} }

// splitFunction is {"Fn::Split": [delimiter, source]}.
type splitFunction struct {
	delimiter string
	source    expression
}

func (f *splitFunction) eval(s *scope) (any, error) {
	source, known, err := evalText(s, f.source, "the second argument of Fn::Split")
	if err != nil || !known {
		return Unknown{}, err
	}
	parts := strings.Split(source, f.delimiter)
	out := make([]any, len(parts))
	for i, part := range parts {
		out[i] = part
	}
	return out, nil
}

func (f *splitFunction) children() []expression { return []expression{f.source} }

// selectFunction is {"Fn::Select": [index, values]}.
type selectFunction struct{ index, values expression }

func (f *selectFunction) eval(s *scope) (any, error) {
	index, known, err := evalText(s, f.index, "Fn::Select's index")
	if err != nil || !known {
		return Unknown{}, err
	}
	n, err := strconv.Atoi(index)
	if err != nil {
		return nil, newError("Template error: Fn::Select's index must be a whole number, got %q", index)
	}
	values, known, err := evalList(s, f.values, "the second argument of Fn::Select")
	if err != nil || !known {
		return Unknown{}, err
	}
	if n < 0 || n >= len(values) {
		return nil, newError("Template error: Fn::Select cannot select nonexistent value at index %d", n)
	}
	return values[n], nil
}

func (f *selectFunction) children() []expression { return []expression{f.index, f.values} }

// subFunction is {"Fn::Sub": string} or {"Fn::Sub": [string, variables]}.
type subFunction struct {
	parts  []expression // the literal parts of the string and the expressions in ${}
	locals object       // the variables; may be nil
}

func (f *subFunction) eval(s *scope) (any, error) {
	locals, err := f.locals.eval(s)
	if err != nil {
		return nil, err
	}
	inner := s.withLocals(locals.(map[string]any)) //nolint:errcheck // an object evaluates to a map
	var out strings.Builder
	for _, part := range f.parts {
		value, known, err := evalPartialText(inner, part, "every value in Fn::Sub")
		if err != nil || !known {
			return Unknown{}, err
		}
		out.WriteString(value)
	}
	return out.String(), nil
}

func (f *subFunction) children() []expression { return append([]expression{f.locals}, f.parts...) }

// variable is a name in ${} that refers to a variable of the Fn::Sub.
type variable struct{ name string }

func (v variable) eval(s *scope) (any, error) {
	value, ok := s.locals[v.name]
	if !ok { // the variable is set to AWS::NoValue
		return nil, newError("Template error: variable %s in Fn::Sub has no value", v.name)
	}
	return value, nil
}

func (variable) children() []expression { return nil }

// substitute parses the string of an Fn::Sub. ${!x} means the literal text ${x}. ${x} means
// a variable in locals if it exists there, ${A.B} means an attribute, and any other ${x}
// means a Ref. substitute returns false if a ${ has no matching }.
func substitute(s string, locals object) ([]expression, bool) {
	var parts []expression
	for {
		before, after, found := strings.Cut(s, "${")
		parts = append(parts, literal{before})
		if !found {
			return parts, true
		}
		name, rest, closed := strings.Cut(after, "}")
		if !closed {
			return nil, false
		}
		parts = append(parts, substitution(name, locals))
		s = rest
	}
}

// substitution returns the expression for ${name}.
func substitution(name string, locals object) expression {
	if escaped, ok := strings.CutPrefix(name, "!"); ok {
		return literal{"${" + escaped + "}"}
	}
	name = strings.TrimSpace(name)
	if _, ok := locals[name]; ok {
		return variable{name}
	}
	if id, attribute, ok := strings.Cut(name, "."); ok {
		return &attributeFunction{id, literal{attribute}}
	}
	return &refFunction{name}
}
