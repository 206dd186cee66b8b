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
// fields. It is an error unless it is empty: look at its length before you return one as
// an error, since an empty one in an error is not nil.
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

// add appends a problem if err is not nil.
func (ps *Problems) add(path string, err error) {
	if err != nil {
		*ps = append(*ps, Problem{path, err.Error()})
	}
}

// name returns a name as Redshift keeps it, or appends what is wrong with it and returns
// "".
func (ps *Problems) name(path, declared string) string {
	id, err := ParseIdent(declared)
	ps.add(path, err)
	return id.Name()
}
