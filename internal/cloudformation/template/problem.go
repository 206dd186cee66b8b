package template

import (
	"fmt"
	"strings"
)

// Error contains all problems of a template or of its parameters. A problem for which
// CloudFormation has a message is worded as in CloudFormation.
type Error struct{ Problems []string }

// Error returns the problems, separated by semicolons.
func (e *Error) Error() string { return strings.Join(e.Problems, "; ") }

// newError returns an *Error with one problem.
func newError(format string, args ...any) error {
	return &Error{[]string{fmt.Sprintf(format, args...)}}
}

// problems collects different problems, in the order in which they are added.
type problems struct {
	list []string
	seen map[string]bool
}

// add adds a problem, unless problems contains the same text.
func (p *problems) add(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if p.seen[text] {
		return
	}
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	p.seen[text] = true
	p.list = append(p.list, text)
}

// err returns the problems as an *Error, or nil if there are none.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	return &Error{p.list}
}
