package record

import (
	"errors"
	"fmt"
	"strings"
)

// Problem is something wrong at a place of a template. Line and Column count from
// 1; Column counts characters.
type Problem struct {
	Line, Column int
	Message      string
}

// Error returns the place and the message.
func (p Problem) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", p.Line, p.Column, p.Message)
}

// Problems is everything wrong with a template, in the order of the text.
type Problems []Problem

// Error returns the problems, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

func (p *parser) refuse(offset int, format string, args ...any) {
	line, column := p.position(offset)
	p.problems = append(p.problems, Problem{line, column, fmt.Sprintf(format, args...)})
}

// each returns the errors that were joined to err, or err itself; none for nil.
func each(err error) []error {
	var joined interface{ Unwrap() []error }
	if err == nil {
		return nil
	}
	if !errors.As(err, &joined) {
		return []error{err}
	}
	var list []error
	for _, err := range joined.Unwrap() {
		list = append(list, each(err)...)
	}
	return list
}

// prefixed returns err with a name before each of the errors that were joined to it.
func prefixed(name string, err error) error {
	var errs []error
	for _, err := range each(err) {
		errs = append(errs, fmt.Errorf("%s: %w", name, err))
	}
	return errors.Join(errs...)
}

// suggestion returns "; did you mean …" with the name of known that is nearest to
// name, or nothing when none is near.
func suggestion(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// nearest returns the name of known that takes the fewest edits to make from
// name, at most a third of its letters; the first in order among equals.
func nearest(name string, known []string) string {
	best, least := "", len(name)/3+1
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance returns how many bytes must be put in, taken out or changed to make b
// from a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
