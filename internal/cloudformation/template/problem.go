package template

import (
	"fmt"
	"strings"
)

// Error is why a template, or what was given with it, is refused: every
// problem found, in CloudFormation's own words where it has some.
type Error struct{ Problems []string }

// Error returns the problems, separated by semicolons.
func (e *Error) Error() string { return strings.Join(e.Problems, "; ") }

// refuse returns an *Error with one problem.
func refuse(format string, args ...any) error {
	return &Error{[]string{fmt.Sprintf(format, args...)}}
}

// problems collects what is wrong, each problem once, in the order found.
type problems struct {
	list []string
	seen map[string]bool
}

// add notes one problem.
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
