package record

import (
	"fmt"
	"slices"
	"strings"
)

// forms returns an op that prints one of the forms. All are equally likely.
func (c *compiler) forms(forms ...string) (op, error) {
	var alternatives oneOf
	for _, form := range forms {
		parts, err := c.form(form)
		if err != nil {
			return nil, err
		}
		alternatives = append(alternatives, parts)
	}
	return alternatives.op(), nil
}

// form compiles a text with functions in double braces. Each # is a random digit.
func (c *compiler) form(text string) (sequence, error) {
	var parts sequence
	for {
		before, rest, found := strings.Cut(text, "{{")
		if before != "" {
			parts = append(parts, pattern{text: before, symbol: '#'})
		}
		if !found {
			return parts, nil
		}
		name, after, _ := strings.Cut(rest, "}}")
		part, err := c.compile(name, nil)
		if err != nil {
			return nil, err
		}
		parts, text = append(parts, part), after
	}
}

// compileNumbered compiles a function whose argument is the index of one of its forms. The
// default is a random form.
func compileNumbered(forms []string) compileFunc {
	return func(c *compiler, args arguments) (op, error) {
		if _, ok := args.at(0).(float64); !ok { // KDG ignores arguments that are not numbers
			return c.forms(forms...)
		}
		i, err := args.count(0, 0, len(forms)-1)
		if err != nil {
			return nil, err
		}
		return c.forms(forms[i])
	}
}

// compileStreetAddress compiles address.streetAddress. If its argument is true, it adds an
// apartment or a suite.
func compileStreetAddress(c *compiler, args arguments) (op, error) {
	forms := []string{"##### {{address.streetName}}", "#### {{address.streetName}}", "### {{address.streetName}}"}
	if full := args.at(0); full != nil && full != false && full != 0.0 {
		for i := range forms {
			forms[i] += " {{address.secondaryAddress}}"
		}
	}
	return c.forms(forms...)
}

// compileSuffixes compiles company.suffixes, which prints all suffixes.
func compileSuffixes(*compiler, arguments) (op, error) {
	return literal("Inc,and Sons,LLC,Group"), nil
}

// compileNames compiles date.month and date.weekday. The argument {"abbr":true} selects the
// abbreviated names.
func compileNames(names []string) compileFunc {
	return func(_ *compiler, args arguments) (op, error) {
		options, ok := args.at(0).(map[string]any)
		if args.at(0) != nil && !ok {
			return nil, args.invalid(0, `an object such as {"abbr":true}`)
		}
		if err := unknownKeys(options, "abbr", "context"); err != nil {
			return nil, err
		}
		if short := options["abbr"]; short == nil || short == false {
			return newChoice(names), nil
		}
		abbreviations := make([]string, len(names))
		for i, name := range names {
			abbreviations[i] = name[:3]
		}
		return newChoice(abbreviations), nil
	}
}

// compileUserName compiles internet.userName. Its optional arguments are the first and the
// last name.
func compileUserName(c *compiler, args arguments) (op, error) {
	parts := [2]op{c.pool("first letters"), c.pool("last letters")}
	for i := range parts {
		switch given := args.at(i).(type) {
		case nil:
		case string:
			parts[i] = literal(strings.NewReplacer("'", "", " ", "").Replace(given))
		default:
			return nil, args.invalid(i, "a name")
		}
	}
	number := newNumber(0, 99, 1).fast("")
	both := sequence{parts[0], newChoice([]string{".", "_"}), parts[1]}
	return oneOf{sequence{parts[0], number}, both, sequence{both, number}}, nil
}

// compileEmail compiles a function that prints an email address at one of the providers. Its
// optional arguments are the first name, the last name and the provider.
func compileEmail(providers ...string) compileFunc {
	return func(c *compiler, args arguments) (op, error) {
		names := slices.Clone(args[:min(len(args), 2)])
		for i, name := range names {
			if text, ok := name.(string); ok {
				names[i] = slug(text)
			}
		}
		user, err := compileUserName(c, names)
		if provider, ok := args.at(2).(string); ok {
			providers = []string{provider}
		}
		return sequence{user, literal("@"), newChoice(providers)}, err
	}
}

// compileSlug compiles helpers.slugify, which prints its argument as a slug.
func compileSlug(_ *compiler, args arguments) (op, error) {
	text, ok := args.at(0).(string)
	if args.at(0) != nil && !ok {
		return nil, args.invalid(0, "a text")
	}
	return literal(slug(text)), nil
}

// compileMustache compiles helpers.mustache. It prints its first argument, in which it
// replaces each {{key}} by the value of that key in its second argument, an object.
func compileMustache(_ *compiler, args arguments) (op, error) {
	text, _ := args.at(0).(string)
	values, _ := args.at(1).(map[string]any)
	for _, key := range sortedKeys(values) {
		value, err := toString(values[key])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		text = strings.ReplaceAll(text, "{{"+key+"}}", value)
	}
	return literal(text), nil
}

// shuffled is an op that prints its texts in random order with commas between them.
type shuffled []chunked

func (s shuffled) room() int {
	sum := len(s)
	for _, text := range s {
		sum += text.length
	}
	return sum
}

func (s shuffled) put(buf []byte, at int, g *Generator) int {
	var order [mostShuffled]uint8
	for i := range s {
		order[i] = uint8(i)
	}
	for i := len(s) - 1; i > 0; i-- { // like KDG, this doesn't make all orders equally likely
		j := g.below(i + 1)
		order[i-1], order[j] = order[j], order[i-1]
	}
	for i, which := range order[:len(s)] {
		if i > 0 {
			buf[at] = ','
			at++
		}
		at = s[which].put(buf, at, g)
	}
	return at
}

// mostShuffled is the highest number of texts in a shuffled.
const mostShuffled = 256

// compileShuffle compiles helpers.shuffle, whose argument is an array.
func compileShuffle(_ *compiler, args arguments) (op, error) {
	array, ok := args.at(0).([]any)
	switch {
	case args.at(0) == nil:
		array = []any{"a", "b", "c"}
	case !ok || len(array) == 0 || len(array) > mostShuffled:
		return nil, args.invalid(0, fmt.Sprintf("an array of 1 to %d elements", mostShuffled))
	}
	texts, err := elements("element", array)
	var s shuffled
	for _, text := range texts {
		s = append(s, chunkedText(text))
	}
	return s, err
}
