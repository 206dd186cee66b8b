package iam

import "fmt"

// Problem is a fault of a policy document.
type Problem struct {
	Path    string // path of the element, such as "Statement[0].Effect"; empty for the document
	Message string
}

// element is an object within a policy document. All elements of a document share the
// list of problems.
type element struct {
	values   map[string]any
	path     string // prefix of the paths of members, such as "Statement[0]."
	problems *[]Problem
}

// newElement returns the root element of a document.
func newElement(document any) element {
	e := element{problems: &[]Problem{}}
	values, ok := document.(map[string]any)
	if !ok && document != nil {
		e.addProblem("", "needs an object, got %v", document)
	}
	e.values = values
	return e
}

// addProblem adds a problem about the member called name.
func (e element) addProblem(name, format string, args ...any) {
	*e.problems = append(*e.problems, Problem{e.path + name, fmt.Sprintf(format, args...)})
}

// object returns the member called name, which must be an object. It returns an empty
// element if the member does not exist.
func (e element) object(name string) element {
	values, ok := e.values[name].(map[string]any)
	if !ok && e.values[name] != nil {
		e.addProblem(name, "needs an object, got %v", e.values[name])
	}
	return element{values, e.path + name + ".", e.problems}
}

// objects returns the elements of the member called name, which must be a list of objects
// or a single object.
func (e element) objects(name string) []element {
	var out []element
	for i, value := range asList(e.values[name]) {
		entry := fmt.Sprintf("%s[%d]", name, i)
		values, ok := value.(map[string]any)
		if !ok {
			e.addProblem(entry, "needs an object, got %v", value)
			continue
		}
		out = append(out, element{values, e.path + entry + ".", e.problems})
	}
	return out
}

// asList returns v if it is a list, and otherwise a list that contains only v. It returns
// nil for nil.
func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}
