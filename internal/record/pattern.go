package record

import (
	"fmt"
	"regexp"
	"strings"
)

// pattern is a text in which # stands for a digit and, where letters is set, ? for
// an upper-case letter.
type pattern struct {
	text    string
	symbol  byte
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

// compileDigits compiles finance.account, whose argument is how many.
func compileDigits(_ *compiler, args arguments) (op, error) { return digits(args, 8) }

func digits(args arguments, standard int) (op, error) {
	n, err := args.count(0, standard, mostRepeated)
	if n == 0 {
		n = standard
	}
	return pattern{text: strings.Repeat("#", n), symbol: '#'}, err
}

// mostRepeated is how many times a function repeats something at most: what KDG
// accepts without a limit, a stream doesn't.
const mostRepeated = 1000

// compileMask compiles finance.mask: digits, how many, and whether in parentheses
// and after an ellipsis.
func compileMask(_ *compiler, args arguments) (op, error) {
	row, err := digits(args, 4)
	if args.at(2) == true {
		row = sequence{literal("..."), row}
	}
	if args.at(1) == true {
		row = sequence{literal("("), row, literal(")")}
	}
	return row, err
}

// compilePattern compiles a function whose argument is a pattern, with standards to
// choose from where it has none.
func compilePattern(letters bool, standards ...string) compileFunc {
	return func(_ *compiler, args arguments) (op, error) {
		patterns := standards
		switch arg := args.at(0).(type) {
		case nil:
		case string:
			patterns = []string{arg}
		default:
			return nil, fmt.Errorf("the argument must be a text such as \"###\", got %s", show(arg))
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

// op returns the alternatives as simply as can be.
func (o oneOf) op() op {
	if len(o) == 1 {
		return o[0]
	}
	return o
}

// phoneFormats are the forms of a phone number in the order in which
// phone.phoneNumberFormat counts them.
var phoneFormats = func() []string {
	var list []string
	for _, extension := range []string{"", "", " x###", " x####", " x#####"} {
		for _, number := range []string{"###-###-####", "(###) ###-####", "1-###-###-####", "###.###.####"} {
			list = append(list, number+extension)
		}
	}
	return list
}()

// compilePhoneFormat compiles phone.phoneNumberFormat, whose argument says which
// form of a phone number.
func compilePhoneFormat(_ *compiler, args arguments) (op, error) {
	i, err := args.count(0, 0, len(phoneFormats)-1)
	return pattern{text: phoneFormats[i], symbol: '#'}, err
}

// alphabet is a row of characters of some.
type alphabet struct {
	characters string
	length     int
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

// compileBitcoin compiles finance.bitcoinAddress, which only looks like a bitcoin address: 27 to 34 characters, the first of
// which is 1 or 3.
func compileBitcoin(*compiler, arguments) (op, error) {
	var lengths oneOf
	for length := 26; length <= 33; length++ {
		lengths = append(lengths, alphabet{largeAlphanumeric, length})
	}
	return sequence{alphabet{"13", 1}, lengths}, nil
}

// compilePassword compiles internet.password: how long, whether consonants and
// vowels take turns, a regular expression for its characters, and a prefix, which
// counts.
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
		return nil, args.refuse(2, "a regular expression that some character matches")
	}
	return sequence{literal(prefix), alphabet{characters.String(), left}}, nil
}

// memorable returns a password that goes on behind a prefix, consonants and vowels
// in turn.
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
