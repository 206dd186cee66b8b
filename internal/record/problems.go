package record

import (
	"errors"
	"fmt"
	"strings"
)

// Problem is one error in a template. Line and Column begin with 1. Column counts
// characters.
type Problem struct {
	Line, Column int
	Message      string
}

// Error returns the position and the message.
func (p Problem) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", p.Line, p.Column, p.Message)
}

// Problems are all errors in a template, in the order of their positions.
type Problems []Problem

// Error returns the problems with one line for each.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// problem adds a problem at an offset of the text.
func (p *parser) problem(offset int, format string, args ...any) {
	line, column := p.position(offset)
	p.problems = append(p.problems, Problem{line, column, fmt.Sprintf(format, args...)})
}

// each returns the errors that err joins, or only err if it joins none. For nil, it returns
// nil.
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

// prefixed returns err with a name before each of the errors that it joins.
func prefixed(name string, err error) error {
	var errs []error
	for _, err := range each(err) {
		errs = append(errs, fmt.Errorf("%s: %w", name, err))
	}
	return errors.Join(errs...)
}

// suggestion returns "; did you mean …" with the most similar name in known, or "" if none is
// similar.
func suggestion(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// nearest returns the most similar name in known: the one with the smallest edit distance
// from name, and the first of several. It returns "" if the distance of all names is more
// than a third of the length of name.
func nearest(name string, known []string) string {
	best, least := "", len(name)/3+1
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance returns the Levenshtein distance of a and b: the number of bytes that must be
// inserted, removed or changed to turn a into b.
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
