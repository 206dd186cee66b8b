package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// finding is one that a checker has, or that the document accepts.
type finding struct {
	checker, rule, template, resource string
}

func (f finding) String() string {
	return strings.Join([]string{f.checker, f.rule, f.template, f.resource}, " ")
}

// findings are a set.
type findings map[finding]bool

// compare returns a line for each finding that only one of both has, sorted: + was
// found, - is accepted. It is empty if they are equal.
func compare(accepted, found findings) string {
	var lines []string
	for f := range found {
		if !accepted[f] {
			lines = append(lines, f.String()+"\x00+")
		}
	}
	for f := range accepted {
		if !found[f] {
			lines = append(lines, f.String()+"\x00-")
		}
	}
	slices.Sort(lines)
	var b strings.Builder
	for _, line := range lines {
		text, sign, _ := strings.Cut(line, "\x00")
		b.WriteString(sign + " " + text + "\n")
	}
	return b.String()
}

// everywhere stands for all templates in the document.
const everywhere = "everywhere"

// columns are those of the document's tables of findings.
const columns = "| rule | what it asks for | why we accept it | where |"

// parse reads the accepted findings out of a document. Below a heading that is a
// checker's name stands a table of [columns]. Its last column lists templates and,
// behind a colon, the resources in them: "lab, lab-serverless: `Role`, `Stream`",
// with <br> between two such lists. "everywhere" stands for all templates.
func parse(document string, templates []string) (findings, error) {
	accepted := findings{}
	checker, table := "", false
	for i, line := range strings.Split(document, "\n") {
		switch heading, is := strings.CutPrefix(line, "## "); {
		case is:
			checker = heading
			if _, known := checkers[checker]; !known {
				checker = ""
			}
		case !strings.HasPrefix(line, "|"):
			table = false
		case checker != "" && line == columns:
			table = true
		case table && !strings.HasPrefix(line, "|---"):
			if err := accepted.row(checker, line, templates); err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(checkers)) {
		if !strings.Contains(document, "## "+name+"\n") {
			return nil, fmt.Errorf("no heading %q; add it, with the table %s", "## "+name, columns)
		}
	}
	return accepted, nil
}

// row adds the findings of one row of a table.
func (f findings) row(checker, line string, templates []string) error {
	cells := strings.Split(strings.Trim(line, "|"), " | ")
	if len(cells) != 4 {
		return fmt.Errorf("has %d cells; write 4: rule, what it asks for, why, where", len(cells))
	}
	rule := strings.Trim(strings.TrimSpace(cells[0]), "`")
	if strings.TrimSpace(cells[2]) == "" {
		return fmt.Errorf("%q: no reason; write why the finding is accepted", rule)
	}
	for group := range strings.SplitSeq(strings.TrimSpace(cells[3]), "<br>") {
		in, resources, ok := strings.Cut(group, ": ")
		if !ok {
			return fmt.Errorf("%q: got %q; write templates, a colon, and resources", rule, group)
		}
		where := strings.Split(strings.TrimSpace(in), ", ")
		if in == everywhere {
			where = templates
		}
		for _, template := range where {
			if !slices.Contains(templates, template) {
				return fmt.Errorf("%q: %q is not a template; write some of %s", rule, template, strings.Join(templates, ", "))
			}
			for resource := range strings.SplitSeq(resources, ", ") {
				accepts := finding{checker, rule, template, strings.Trim(resource, "`")}
				if f[accepts] {
					return fmt.Errorf("accepts %s twice; leave one out", accepts)
				}
				f[accepts] = true
			}
		}
	}
	return nil
}
