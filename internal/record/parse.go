package record

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Parse compiles a template. The error is a [Problems] which lists everything
// that is wrong with it.
func Parse(text string) (*Template, error) {
	p := &parser{source: clean(text)}
	p.parse()
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	return &Template{ops: append(p.ops, literal("\n"))}, nil
}

// parser walks over a template's text.
type parser struct {
	source
	ops      []op
	problems Problems
}

// call is a function as it stands in a template.
type call struct {
	name string
	arg  any // as encoding/json decodes it, or a string if it isn't JSON; nil for none
}

func (p *parser) parse() {
	if p.text == "" {
		p.refuse(0, "the template is empty")
	}
	for at := 0; at < len(p.text); {
		open := strings.Index(p.text[at:], "{{")
		if open < 0 || !strings.Contains(p.text[at+open:], "}}") { // KDG sends an unclosed {{ as it is
			p.literal(p.text[at:])
			return
		}
		open += at
		p.literal(p.text[at:open])
		at = p.token(open)
	}
}

func (p *parser) literal(text string) {
	if text != "" {
		p.ops = append(p.ops, literal(text))
	}
}

// token compiles the function whose braces open at an offset, and returns where
// the text goes on.
func (p *parser) token(open int) int {
	c, end, ok := readAsKDG(p.text[open:])
	if !ok {
		var err error
		if c, end, err = read(p.text[open:]); err != nil {
			p.refuse(open, "%v", err)
			return open + strings.Index(p.text[open:], "}}") + len("}}")
		}
	}
	compile, known := compiler(c.name)
	if !known {
		p.refuse(open, "unknown function %q%s", c.name, suggestion(c.name, functionNames()))
		return open + end
	}
	o, err := compile(c.arg)
	for _, err := range each(err) {
		p.refuse(open, "%s: %v", c.name, err)
	}
	p.ops = append(p.ops, o)
	return open + end
}

var kdgArgument = regexp.MustCompile(`\(([^)]+)\)`)

// readAsKDG reads the function at the start of text the way KDG does: up to the
// first }}, the argument from the first parenthesis to the first closing one. It
// returns where the text goes on, and false if that doesn't name a function.
func readAsKDG(text string) (call, int, bool) {
	end := strings.Index(text, "}}")
	token := text[len("{{"):end]
	c := call{name: token}
	if m := kdgArgument.FindStringSubmatchIndex(token); m != nil {
		c.name = token[:m[0]] + token[m[1]:]
		c.arg = argument(token[m[2]:m[3]])
	}
	_, known := compiler(c.name)
	return c, end + len("}}"), known
}

// argument returns the JSON value that text is, or else text. An empty string is
// no argument, as KDG has it.
func argument(text string) any {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		value = text
	}
	if value == "" {
		return nil
	}
	return value
}

var functionName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*`)

// read reads the function at the start of text where KDG can't: with blanks
// around its parts, and the argument one JSON value, whatever is inside. It
// returns where the text goes on.
func read(text string) (call, int, error) {
	rest := strings.TrimLeft(text[len("{{"):], " \t\r")
	c := call{name: functionName.FindString(rest)}
	if c.name == "" {
		return c, 0, fmt.Errorf("a function's name such as random.number must follow {{, got %q", excerpt(rest))
	}
	rest = strings.TrimLeft(rest[len(c.name):], " \t\r")
	if inside, ok := strings.CutPrefix(rest, "("); ok {
		var err error
		if c.arg, rest, err = readArgument(inside); err != nil {
			return c, 0, fmt.Errorf("%s: %w", c.name, err)
		}
		rest = strings.TrimLeft(rest, " \t\r")
	}
	after, ok := strings.CutPrefix(rest, "}}")
	if !ok {
		return c, 0, fmt.Errorf("%s: }} must follow, got %q", c.name, excerpt(rest))
	}
	return c, len(text) - len(after), nil
}

// readArgument reads what is in parentheses, up to and including the closing one,
// and returns the rest.
func readArgument(inside string) (arg any, rest string, err error) {
	inside = strings.TrimLeft(inside, " \t\r")
	if rest, ok := strings.CutPrefix(inside, ")"); ok {
		return nil, rest, nil
	}
	decoder := json.NewDecoder(strings.NewReader(inside))
	if err := decoder.Decode(&arg); err != nil {
		return nil, "", fmt.Errorf("the argument must be one JSON value: %w", err)
	}
	rest = strings.TrimLeft(inside[decoder.InputOffset():], " \t\r")
	if strings.HasPrefix(rest, ",") {
		return nil, "", fmt.Errorf("takes one argument; write several values as one object or array")
	}
	rest, ok := strings.CutPrefix(rest, ")")
	if !ok {
		return nil, "", fmt.Errorf("a ) must follow the argument, got %q", excerpt(rest))
	}
	if arg == "" {
		arg = nil
	}
	return arg, rest, nil
}

// excerpt returns the beginning of a text, to show where it is.
func excerpt(text string) string {
	const most = 20
	for i := range text {
		if i >= most {
			return text[:i] + "…"
		}
	}
	return text
}
