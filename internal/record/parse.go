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
	p := &parser{source: clean(text), compiler: newCompiler()}
	p.parse()
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	return p.template(), nil
}

// parser walks over a template's text.
type parser struct {
	source
	compiler *compiler
	ops      []op
	problems Problems
}

// template returns what was compiled, each text joined to the value behind it.
func (p *parser) template() *Template {
	t := &Template{room: slack + len("\n"), dates: p.compiler.dates}
	text := ""
	for _, o := range p.ops {
		t.room += o.room()
		if l, ok := o.(chunked); ok {
			text += l.String()
			continue
		}
		t.steps = append(t.steps, step{chunkedText(text), o})
		text = ""
	}
	t.steps = append(t.steps, step{chunkedText(""), literal(text + "\n")})
	return t
}

// call is a function as it stands in a template.
type call struct {
	name string
	args arguments
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
	c, end, ok := p.readAsKDG(p.text[open:])
	if !ok {
		var err error
		if c, end, err = read(p.text[open:]); err != nil {
			p.refuse(open, "%v", err)
			return open + strings.Index(p.text[open:], "}}") + len("}}")
		}
	}
	o, err := p.compiler.compile(c.name, c.args)
	for _, err := range each(err) {
		p.refuse(open, "%v", err)
	}
	p.ops = append(p.ops, o)
	return open + end
}

var kdgArgument = regexp.MustCompile(`\(([^)]+)\)`)

// readAsKDG reads the function at the start of text the way KDG does: up to the
// first }}, the argument from the first parenthesis to the first closing one. It
// returns where the text goes on, and false if that doesn't name a function.
func (p *parser) readAsKDG(text string) (call, int, bool) {
	end := strings.Index(text, "}}")
	token := text[len("{{"):end]
	c := call{name: token}
	if m := kdgArgument.FindStringSubmatchIndex(token); m != nil {
		c.name = token[:m[0]] + token[m[1]:]
		c.args = kdgArguments(token[m[2]:m[3]])
	}
	_, known := p.compiler.functions[c.name]
	return c, end + len("}}"), known
}

// kdgArguments returns the JSON value that text is. Where it is none, and KDG takes
// it for a string, it may be several, with commas between, which KDG can't read.
func kdgArguments(text string) arguments {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err == nil {
		return arguments{value}
	}
	if args, rest, err := readArguments(text + ")"); err == nil && rest == "" && len(args) > 1 {
		return args
	}
	return arguments{text}
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
		if c.args, rest, err = readArguments(inside); err != nil {
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

// readArguments reads what is in parentheses, up to and including the closing one,
// and returns the rest.
func readArguments(inside string) (args arguments, rest string, err error) {
	const blanks = " \t\r"
	rest = strings.TrimLeft(inside, blanks)
	if rest, ok := strings.CutPrefix(rest, ")"); ok {
		return nil, rest, nil
	}
	for {
		var value any
		decoder := json.NewDecoder(strings.NewReader(rest))
		if err := decoder.Decode(&value); err != nil {
			return nil, "", fmt.Errorf("the arguments must be JSON values: %w", err)
		}
		args = append(args, value)
		rest = strings.TrimLeft(rest[decoder.InputOffset():], blanks)
		if after, ok := strings.CutPrefix(rest, ")"); ok {
			return args, after, nil
		}
		after, ok := strings.CutPrefix(rest, ",")
		if !ok {
			return nil, "", fmt.Errorf("a ) must follow the arguments, got %q", excerpt(rest))
		}
		rest = after
	}
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
