package record

import (
	"fmt"
	"regexp"
	"strings"
)

// pattern is an op that prints a text with random characters: it replaces each symbol by a
// digit and, if letters is true, each ? by an upper-case letter.
type pattern struct {
	text    string
	symbol  byte // usually #
	letters bool
}

func (p pattern) room() int { return len(p.text) }

func (p pattern) put(buf []byte, at int, g *Generator) int {
	for i := range len(p.text) {
		c := p.text[i]
		switch {
		case c == p.symbol:
			c = '0' + byte(g.below(10))
		case c == '?' && p.letters:
			c = 'A' + byte(g.below(26))
		}
		buf[at+i] = c
	}
	return at + len(p.text)
}

// compileDigits compiles finance.account, which prints random digits. The argument is the
// number of digits (default: 8).
func compileDigits(_ *compiler, args arguments) (op, error) { return digits(args, 8) }

// digits returns an op that prints random digits. The first argument is their number.
func digits(args arguments, defaultCount int) (op, error) {
	n, err := args.count(0, defaultCount, mostRepeated)
	if n == 0 {
		n = defaultCount
	}
	return pattern{text: strings.Repeat("#", n), symbol: '#'}, err
}

// mostRepeated is the highest number of repetitions in one value. KDG has no limit, but the
// size of a record in a stream is limited.
const mostRepeated = 1000

// compileMask compiles finance.mask, which prints random digits. The arguments are the number
// of digits (default: 4), and whether to add parentheses and an ellipsis.
func compileMask(_ *compiler, args arguments) (op, error) {
	masked, err := digits(args, 4)
	if args.at(2) == true {
		masked = sequence{literal("..."), masked}
	}
	if args.at(1) == true {
		masked = sequence{literal("("), masked, literal(")")}
	}
	return masked, err
}

// compilePattern returns the compileFunc of a template function that takes a pattern. Without
// an argument, the function picks one of defaults at random.
func compilePattern(letters bool, defaults ...string) compileFunc {
	return func(_ *compiler, args arguments) (op, error) {
		patterns := defaults
		switch arg := args.at(0).(type) {
		case nil:
		case string:
			patterns = []string{arg}
		default:
			return nil, fmt.Errorf("the argument must be a string such as \"###\", got %s", show(arg))
		}
		symbol, ok := args.at(1).(string)
		if !ok || len(symbol) != 1 {
			symbol = "#"
		}
		var alternatives oneOf
		for _, text := range patterns {
			alternatives = append(alternatives, pattern{text, symbol[0], letters})
		}
		return alternatives.op(), nil
	}
}

// op returns the only alternative, or o if there are several.
func (o oneOf) op() op {
	if len(o) == 1 {
		return o[0]
	}
	return o
}

// phoneFormats are the forms of a phone number. The argument of phone.phoneNumberFormat is an
// index of them.
var phoneFormats = func() []string {
	var list []string
	for _, extension := range []string{"", "", " x###", " x####", " x#####"} {
		for _, number := range []string{"###-###-####", "(###) ###-####", "1-###-###-####", "###.###.####"} {
			list = append(list, number+extension)
		}
	}
	return list
}()

// compilePhoneFormat compiles phone.phoneNumberFormat. Its argument is the index of the form
// (default: 0).
func compilePhoneFormat(_ *compiler, args arguments) (op, error) {
	i, err := args.count(0, 0, len(phoneFormats)-1)
	return pattern{text: phoneFormats[i], symbol: '#'}, err
}

// alphabet is an op that prints random characters.
type alphabet struct {
	characters string
	length     int // the number of printed characters
}

func (a alphabet) room() int { return a.length }

func (a alphabet) put(buf []byte, at int, g *Generator) int {
	for i := range a.length {
		buf[at+i] = a.characters[g.below(len(a.characters))]
	}
	return at + a.length
}

const (
	smallAlphanumeric = "0123456789abcdefghijklmnopqrstuvwxyz"
	largeAlphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	consonants        = "bcdfghjklmnpqrstvwxyz"
	vowels            = "aeiou"
)

// compileBitcoin compiles finance.bitcoinAddress. It prints 27 to 34 characters, of which the
// first is 1 or 3. Like that of KDG, it is not a valid address.
func compileBitcoin(*compiler, arguments) (op, error) {
	var lengths oneOf
	for length := 26; length <= 33; length++ {
		lengths = append(lengths, alphabet{largeAlphanumeric, length})
	}
	return sequence{alphabet{"13", 1}, lengths}, nil
}

// compilePassword compiles internet.password. Its arguments are the length (default: 15),
// whether consonants and vowels alternate, a regular expression that each character must
// match (default: \w), and a prefix, which is included in the length.
func compilePassword(_ *compiler, args arguments) (op, error) {
	length, err := args.count(0, 15, mostRepeated)
	if err != nil {
		return nil, err
	}
	if length == 0 {
		length = 15
	}
	prefix, _ := args.at(3).(string)
	left := max(0, length-len(prefix))
	if args.at(1) == true {
		return memorable(prefix, left), nil
	}
	expression, ok := args.at(2).(string)
	if !ok {
		expression = `\w`
	}
	allowed, err := regexp.Compile(expression)
	if err != nil {
		return nil, fmt.Errorf("argument 3 must be a regular expression: %w", err)
	}
	var characters strings.Builder
	for c := '!'; c <= '~'; c++ {
		if allowed.MatchString(string(c)) {
			characters.WriteRune(c)
		}
	}
	if characters.Len() == 0 {
		return nil, args.invalid(2, "a regular expression that matches at least one character")
	}
	return sequence{literal(prefix), alphabet{characters.String(), left}}, nil
}

// memorable returns an op that prints the prefix, and then alternating consonants and vowels.
// left is their number.
func memorable(prefix string, left int) op {
	row := sequence{literal(prefix)}
	vowel := prefix != "" && strings.Contains(consonants, strings.ToLower(prefix[len(prefix)-1:]))
	for range left {
		if vowel {
			row = append(row, alphabet{vowels, 1})
		} else {
			row = append(row, alphabet{consonants, 1})
		}
		vowel = !vowel
	}
	return row
}
