package ddl

import (
	"fmt"
	"strings"
)

// Problem is one error in a declaration.
type Problem struct {
	Path    string // the field, such as "columns[3].type"; "" for the declaration as a whole
	Message string // the value, why it is not valid, and what to write instead
}

// String returns "path: message", or only the message if the path is "".
func (p Problem) String() string {
	if p.Path == "" {
		return p.Message
	}
	return p.Path + ": " + p.Message
}

// Problems are all errors in a declaration, in the order of its fields. Problems
// implements error. Check its length before you return it as an error: an error with empty
// Problems is not nil.
type Problems []Problem

// Error returns the problems with one line for each. Without problems, it returns "".
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Under returns the problems with path put before each of their paths. Use it for the
// problems of a field of a larger declaration.
func (ps Problems) Under(path string) Problems {
	under := make(Problems, len(ps))
	for i, p := range ps {
		separator := "."
		if path == "" || p.Path == "" || strings.HasPrefix(p.Path, "[") {
			separator = ""
		}
		under[i] = Problem{path + separator + p.Path, p.Message}
	}
	return under
}

// add appends a problem if err is not nil.
func (ps *Problems) add(path string, err error) {
	if err != nil {
		*ps = append(*ps, Problem{path, err.Error()})
	}
}

// name returns a name in lower case. If the name is not valid, it appends a problem and
// returns "". object is the kind of object that has the name.
func (ps *Problems) name(path, declared, object string) string {
	if declared == "" {
		ps.add(path, fmt.Errorf("required; write the name of the %s", object))
		return ""
	}
	id, err := ParseIdent(declared)
	ps.add(path, err)
	return id.Name()
}
