package iam

import "fmt"

// Problem is something wrong with a policy's document.
type Problem struct {
	Path    string // where, such as "Statement[0].Effect"; empty: the whole document
	Message string
}

// element is an object within a policy's document. All elements of a document collect
// what is wrong with it.
type element struct {
	values   map[string]any
	path     string // before each member's name, such as "Statement[0]."
	problems *[]Problem
}

// elementOf returns the document as a whole.
func elementOf(document any) element {
	e := element{problems: &[]Problem{}}
	values, ok := document.(map[string]any)
	if !ok && document != nil {
		e.refuse("", "an object is needed, got %v", document)
	}
	e.values = values
	return e
}

// refuse adds a problem with a member.
func (e element) refuse(name, format string, args ...any) {
	*e.problems = append(*e.problems, Problem{e.path + name, fmt.Sprintf(format, args...)})
}

// object returns the element that a member is, an empty one if the member is absent.
func (e element) object(name string) element {
	values, ok := e.values[name].(map[string]any)
	if !ok && e.values[name] != nil {
		e.refuse(name, "an object is needed, got %v", e.values[name])
	}
	return element{values, e.path + name + ".", e.problems}
}

// objects returns the elements that a member lists, or the one that it is.
func (e element) objects(name string) []element {
	var out []element
	for i, value := range asList(e.values[name]) {
		entry := fmt.Sprintf("%s[%d]", name, i)
		values, ok := value.(map[string]any)
		if !ok {
			e.refuse(entry, "an object is needed, got %v", value)
			continue
		}
		out = append(out, element{values, e.path + entry + ".", e.problems})
	}
	return out
}

// asList returns a list, or a list of one.
func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}
