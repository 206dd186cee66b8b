package plan

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// WriteSQL prints the plan as SQL, all that is not SQL in comments. With color,
// it is for a terminal.
func (p *Plan) WriteSQL(w io.Writer, color bool) error {
	out := &printer{bufio.NewWriter(w), color}
	out.comment("", p.title())
	for _, c := range p.Changes {
		out.change(c)
	}
	return out.Flush()
}

// title says what the plan is of.
func (p *Plan) title() string {
	what, against := "a deploy", "what is deployed"
	if p.Destroy {
		what = "a destroy"
	}
	if !p.Deployed {
		against = "nothing: no such stack is deployed"
	}
	title := fmt.Sprintf("%s: %s, against %s", p.Stack, what, against)
	switch {
	case len(p.Changes) == 0:
		return title + "; the database has no part in it"
	case p.holdsUnknown():
		return title + "\n" + template.Placeholder("...") + " is known at deploy only"
	}
	return title
}

func (p *Plan) holdsUnknown() bool {
	for _, c := range p.Changes {
		for _, s := range c.Statements {
			if template.IsUnknown(s.SQL) {
				return true
			}
		}
	}
	return false
}

// printer prints a plan for people.
type printer struct {
	*bufio.Writer
	color bool
}

// The colors of a terminal, as ECMA-48 has them.
const (
	plain  = "\x1b[0m"
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
)

// actionColors are the colors of what is more than nothing.
var actionColors = map[Action]string{Create: green, Alter: yellow, Replace: red, Drop: red, Keep: yellow, Nothing: dim}

// effectColors are the colors of what happens to rows that are there.
var effectColors = map[definition.Effect]string{definition.MovesRows: yellow, definition.CopiesRows: yellow, definition.DropsRows: red}

func (p *printer) change(c Change) {
	p.line("")
	text := fmt.Sprintf("%s %s (%s)", c.Action, c.Object, c.Path)
	if c.Note != "" {
		text += ": " + c.Note
	}
	p.comment(bold+actionColors[c.Action], text)
	for _, s := range c.Statements {
		p.line("")
		p.comment(cmp.Or(effectColors[s.Effect], dim), heading(s))
		p.line(s.SQL + ";")
		for i, instead := range s.Instead {
			if i == 0 {
				p.comment(dim, "where Redshift refuses that:")
			}
			p.comment(cmp.Or(effectColors[instead.Effect], dim), "  "+heading(instead))
			p.comment("", "  "+instead.SQL+";")
		}
	}
}

// heading says what a statement is for, and what becomes of rows that are there.
func heading(s definition.Step) string { return fmt.Sprintf("%s: %s rows", s.Name, effect(s)) }

func effect(s definition.Step) string { return cmp.Or(string(s.Effect), "keeps") }

func (p *printer) comment(color, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if p.color && color != "" {
			p.line(color + "-- " + line + plain)
		} else {
			p.line("-- " + line)
		}
	}
}

// line prints a line; Flush tells whether that failed.
func (p *printer) line(text string) { _, _ = p.WriteString(text + "\n") }

// statement is a statement in JSON.
type statement struct {
	Step    definition.StepName `json:"step"`
	SQL     string              `json:"sql"`
	Rows    string              `json:"rows"` // keeps, reads, moves, copies or drops
	Instead []statement         `json:"instead,omitempty"`
}

func asJSON(plan []definition.Step) []statement {
	out := make([]statement, len(plan))
	for i, s := range plan {
		out[i] = statement{s.Name, s.SQL, effect(s), asJSON(s.Instead)}
	}
	return out
}

// WriteJSON prints the plan as one JSON object.
func (p *Plan) WriteJSON(w io.Writer) error {
	type change struct {
		Change
		Statements []statement `json:"statements"`
	}
	out := struct {
		Stack    string   `json:"stack"`
		Deployed bool     `json:"deployed"`
		Destroy  bool     `json:"destroy"`
		Changes  []change `json:"changes"`
		Problems []string `json:"problems"`
	}{p.Stack, p.Deployed, p.Destroy, []change{}, []string{}}
	for _, c := range p.Changes {
		out.Changes = append(out.Changes, change{c, asJSON(c.Statements)})
	}
	for _, problem := range p.Problems {
		out.Problems = append(out.Problems, problem.String())
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}
