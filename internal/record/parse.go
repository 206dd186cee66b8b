package record

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Parse compiles a template. The error is a [Problems] with all errors of the template.
func Parse(text string) (*Template, error) {
	p := &parser{source: clean(text), compiler: newCompiler()}
	p.parse()
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	return p.template(), nil
}

// parser compiles the text of one template.
type parser struct {
	source
	compiler *compiler
	ops      []op
	problems Problems
}

// template returns the compiled template. It joins each constant text with the value after
// it to one step.
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

// call is a call of a function in a template.
type call struct {
	name string
	args arguments
}

// parse compiles the whole text.
func (p *parser) parse() {
	if p.text == "" {
		p.problem(0, "the template is empty")
	}
	for at := 0; at < len(p.text); {
		open := strings.Index(p.text[at:], "{{")
		if open < 0 || !strings.Contains(p.text[at+open:], "}}") { // KDG prints an unclosed {{ unchanged
			p.literal(p.text[at:])
			return
		}
		open += at
		p.literal(p.text[at:open])
		at = p.token(open)
	}
}

// literal adds a constant text.
func (p *parser) literal(text string) {
	if text != "" {
		p.ops = append(p.ops, literal(text))
	}
}

// token compiles the call whose opening braces are at an offset. It returns the offset after
// the call.
func (p *parser) token(open int) int {
	c, end, ok := p.parseLikeKDG(p.text[open:])
	if !ok {
		var err error
		if c, end, err = parseCall(p.text[open:]); err != nil {
			p.problem(open, "%v", err)
			return open + strings.Index(p.text[open:], "}}") + len("}}")
		}
	}
	o, err := p.compiler.compile(c.name, c.args)
	for _, err := range each(err) {
		p.problem(open, "%v", err)
	}
	p.ops = append(p.ops, o)
	return open + end
}

var kdgArgument = regexp.MustCompile(`\(([^)]+)\)`)

// parseLikeKDG parses the call at the start of text by the rules of KDG: the call ends at the
// first }}, and its argument is the text between the first opening and the first closing
// parenthesis. It returns the length of the call, and false if there is no function with
// that name.
func (p *parser) parseLikeKDG(text string) (call, int, bool) {
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

// kdgArguments returns the JSON value in text as the only argument. If text is not JSON, it
// can be several JSON values with commas between them, which KDG can't parse. Otherwise text
// itself is the only argument, as in KDG.
func kdgArguments(text string) arguments {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err == nil {
		return arguments{value}
	}
	if args, rest, err := parseArguments(text + ")"); err == nil && rest == "" && len(args) > 1 {
		return args
	}
	return arguments{text}
}

var functionName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*`)

// parseCall parses a call at the start of text that KDG can't parse. Blanks are allowed
// between its parts. Arguments are JSON values, which can contain parentheses and braces. It
// returns the length of the call.
func parseCall(text string) (call, int, error) {
	rest := strings.TrimLeft(text[len("{{"):], " \t\r")
	c := call{name: functionName.FindString(rest)}
	if c.name == "" {
		return c, 0, fmt.Errorf("the name of a function, such as random.number, must follow {{, got %q", excerpt(rest))
	}
	rest = strings.TrimLeft(rest[len(c.name):], " \t\r")
	if inside, ok := strings.CutPrefix(rest, "("); ok {
		var err error
		if c.args, rest, err = parseArguments(inside); err != nil {
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

// parseArguments parses the arguments up to and including the closing parenthesis. It returns
// the arguments and the text after the parenthesis.
func parseArguments(inside string) (args arguments, rest string, err error) {
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

// excerpt returns the first 20 bytes of a text or slightly more, for an error text.
func excerpt(text string) string {
	const most = 20
	for i := range text {
		if i >= most {
			return text[:i] + "…"
		}
	}
	return text
}
