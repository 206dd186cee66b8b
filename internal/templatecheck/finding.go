package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// finding is the violation of one rule by one resource. A checker found it, or the document
// accepts it.
type finding struct {
	checker, rule, template, resource string
}

func (f finding) String() string {
	return strings.Join([]string{f.checker, f.rule, f.template, f.resource}, " ")
}

// findings is a set of findings.
type findings map[finding]bool

// compare returns the differences, one sorted line for each. A line with + is a finding that
// is not accepted, a line with - an accepted one that was not found. It returns "" if there
// is no difference.
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

// everywhere is the document's word for all templates.
const everywhere = "everywhere"

// columns is the header row of the document's tables.
const columns = "| rule | what it asks for | why we accept it | where |"

// parse returns the findings that a document accepts. The document has a heading for each
// checker, and below it a table with the header [columns]. The last column lists templates,
// then a colon and the resources in these templates: "lab, lab-serverless: `Role`, `Stream`".
// <br> separates several such lists. "everywhere" means all templates.
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
			if err := accepted.addRow(checker, line, templates); err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(checkers)) {
		if !strings.Contains(document, "## "+name+"\n") {
			return nil, fmt.Errorf("has no heading %q; add it, and below it a table with the header %s", "## "+name, columns)
		}
	}
	return accepted, nil
}

// addRow adds the findings of one row of a table.
func (f findings) addRow(checker, line string, templates []string) error {
	cells := strings.Split(strings.Trim(line, "|"), " | ")
	if len(cells) != 4 {
		return fmt.Errorf("the row has %d cells; write 4: the rule, what it asks for, why we accept it, where", len(cells))
	}
	rule := strings.Trim(strings.TrimSpace(cells[0]), "`")
	if strings.TrimSpace(cells[2]) == "" {
		return fmt.Errorf("rule %q: has no reason; write why the finding is accepted", rule)
	}
	for group := range strings.SplitSeq(strings.TrimSpace(cells[3]), "<br>") {
		in, resources, ok := strings.Cut(group, ": ")
		if !ok {
			return fmt.Errorf("rule %q: got %q; write templates, a colon, and resources", rule, group)
		}
		where := strings.Split(strings.TrimSpace(in), ", ")
		if in == everywhere {
			where = templates
		}
		for _, template := range where {
			if !slices.Contains(templates, template) {
				return fmt.Errorf("rule %q: no template is called %q; write one of %s", rule, template, strings.Join(templates, ", "))
			}
			for resource := range strings.SplitSeq(resources, ", ") {
				accepts := finding{checker, rule, template, strings.Trim(resource, "`")}
				if f[accepts] {
					return fmt.Errorf("%s is accepted twice; remove one of them", accepts)
				}
				f[accepts] = true
			}
		}
	}
	return nil
}
