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

// WriteSQL prints the plan as SQL. Everything that is not SQL is in comments. color adds
// the color codes of a terminal.
func (p *Plan) WriteSQL(w io.Writer, color bool) error {
	out := &printer{bufio.NewWriter(w), color}
	out.comment("", p.title())
	for _, c := range p.Changes {
		out.change(c)
	}
	return out.Flush()
}

// title returns the plan's first line or lines.
func (p *Plan) title() string {
	comparison := ", compared with the deployed stack"
	if !p.Deployed {
		comparison = "; no such stack is deployed yet"
	}
	title := p.Stack + ": " + p.operation() + comparison
	switch {
	case len(p.Changes) == 0:
		return title + "; nothing to do in the database"
	case p.hasUnknown():
		return title + "\n" + template.Placeholder("...") + " is known only during the deploy"
	}
	return title
}

func (p *Plan) operation() string {
	if p.Destroy {
		return "destroy"
	}
	return "deploy"
}

// hasUnknown reports whether a statement contains a value that is not known yet.
func (p *Plan) hasUnknown() bool {
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

// The color codes of a terminal.
//
// Source: https://ecma-international.org/publications-and-standards/standards/ecma-48/
const (
	plain  = "\x1b[0m"
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
)

// actionColors are the colors of actions. The map is read-only.
var actionColors = map[Action]string{Create: green, Alter: yellow, Replace: red, Drop: red, Keep: yellow, Nothing: dim}

// effectColors are the colors of statements that move, copy or delete rows. The map is
// read-only.
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
				p.comment(dim, "if Redshift refuses that:")
			}
			p.comment(cmp.Or(effectColors[instead.Effect], dim), "  "+heading(instead))
			p.comment("", "  "+instead.SQL+";")
		}
	}
}

// heading returns the name of a step, and what it does to existing rows.
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

// line prints a line. Flush returns the error, if there is one.
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
