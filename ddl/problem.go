package ddl

import "strings"

// Problem is one thing that is wrong with a declaration.
type Problem struct {
	Path    string // where, such as "columns[3].type"
	Message string // what was got, and what to write instead
}

// String returns the path and the message.
func (p Problem) String() string {
	if p.Path == "" {
		return p.Message
	}
	return p.Path + ": " + p.Message
}

// Problems is everything that is wrong with a declaration, in the order of its
// fields. It is an error unless it is empty.
type Problems []Problem

// Error returns a line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Under returns the problems with path put before theirs.
func (ps Problems) Under(path string) Problems {
	under := make(Problems, len(ps))
	for i, p := range ps {
		switch {
		case p.Path == "":
			p.Path = path
		case path != "" && p.Path[0] == '[':
			p.Path = path + p.Path
		case path != "":
			p.Path = path + "." + p.Path
		}
		under[i] = p
	}
	return under
}

// err returns ps as an error, or nil if it is empty.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// add appends a problem if err is not nil.
func (ps *Problems) add(path string, err error) {
	if err != nil {
		*ps = append(*ps, Problem{path, err.Error()})
	}
}
