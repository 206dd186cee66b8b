package record

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// date is the time of the record, as moment.js formats it. It is formatted once
// for all the records of the same time.
type date struct {
	slot   int // among the template's dates
	utc    bool
	format moment
}

// shownDate is a date's text for the time that a Generator is at.
type shownDate struct {
	known  bool
	text   []byte // with a chunk behind it
	length int
}

func (d date) room() int { return d.format.room() }

func (d date) put(buf []byte, at int, g *Generator) int {
	shown := &g.dates[d.slot]
	if !shown.known {
		shown.known = true
		t := g.at
		if d.utc {
			t = t.UTC()
		}
		shown.text = d.format.append(shown.text[:0], t)
		shown.length = len(shown.text)
		shown.text = slices.Grow(shown.text, chunk)[:shown.length+chunk]
	}
	putChunks(buf[at:], shown.text, shown.length)
	return at + shown.length
}

// compileNow compiles date.now, and date.simTime: in the time's own zone.
func compileNow(c *compiler, args arguments) (op, error) {
	return c.date(args, "YYYY-MM-DDTHH:mm:ssZ", false)
}

// compileUTC compiles date.utc.
func compileUTC(c *compiler, args arguments) (op, error) {
	return c.date(args, "YYYY-MM-DDTHH:mm:ss[Z]", true)
}

func (c *compiler) date(args arguments, standard string, utc bool) (op, error) {
	format, ok := args.at(0).(string)
	switch {
	case args.at(0) == nil:
		format = standard
	case !ok:
		return nil, fmt.Errorf("the argument must be a moment.js format such as \"YYYY-MM-DD HH:mm:ss\", got %s", show(args.at(0)))
	}
	c.dates++
	return date{c.dates - 1, utc, parseMoment(format, utc)}, nil
}

// moment is a compiled format.
type moment []momentPart

// longestToken is how long what a token stands for is at most.
const longestToken = 24

func (m moment) room() int {
	sum := 0
	for _, part := range m {
		sum += len(part.text) + longestToken
	}
	return sum
}

func (m moment) append(dst []byte, t time.Time) []byte {
	for _, part := range m {
		if part.token == nil {
			dst = append(dst, part.text...)
		} else {
			dst = part.token(dst, t)
		}
	}
	return dst
}

// momentPart is a token of a format, or else text.
type momentPart struct {
	token momentToken
	text  string
}

// momentToken appends what a token stands for.
type momentToken func(dst []byte, t time.Time) []byte

// parseMoment compiles a format: tokens, [text in brackets], \token for the
// token's letters, and anything else as it is.
//
// Source: https://momentjs.com/docs/#/displaying/format/, and moment 2.17.1 for
// what that leaves open.
func parseMoment(format string, utc bool) moment {
	var parts moment
	text := func(s string) { parts = append(parts, momentPart{text: s}) }
	for format = expandLong(format); format != ""; {
		if inside, rest, ok := bracketed(format); ok {
			text(inside)
			format = rest
			continue
		}
		escaped := format[0] == '\\'
		if escaped {
			format = format[1:]
		}
		name := longest(format, isToken)
		format = format[len(name):]
		switch {
		case escaped:
			text(strings.ReplaceAll(name, `\`, ""))
		case name == "z" || name == "zz":
			text(zoneName(name, utc))
		case isToken(name):
			parts = append(parts, momentPart{token: momentTokens[name]})
		default:
			text(name)
		}
	}
	return parts
}

// expandLong replaces the tokens that stand for formats. Moment does so in the
// text, before it looks for tokens: what is replaced may join what is next to it.
func expandLong(format string) string {
	var b strings.Builder
	for format != "" {
		size := 1
		if _, rest, ok := bracketed(format); ok {
			size = len(format) - len(rest)
		} else if name := longest(format, isLong); isLong(name) {
			b.WriteString(longFormats[name])
			format = format[len(name):]
			continue
		} else if format[0] == '\\' {
			if name := longest(format[1:], isLong); isLong(name) {
				size += len(name)
			}
		}
		b.WriteString(format[:size])
		format = format[size:]
	}
	return b.String()
}

func isLong(name string) bool { return longFormats[name] != "" }

func isToken(name string) bool { return momentTokens[name] != nil || name == "zz" }

// bracketed splits off a text in brackets: up to the last ] before another [.
func bracketed(format string) (inside, rest string, ok bool) {
	if format[0] != '[' {
		return "", format, false
	}
	run := format[1:]
	if next := strings.IndexByte(run, '['); next >= 0 {
		run = run[:next]
	}
	end := strings.LastIndexByte(run, ']')
	if end < 0 {
		return "", format, false
	}
	return run[:end], format[1+end+1:], true
}

// longest returns the longest beginning of format that is one of some names, or
// else its first character.
func longest(format string, is func(string) bool) string {
	for length := min(len(format), len("SSSSSSSSS")); length > 1; length-- {
		if is(format[:length]) {
			return format[:length]
		}
	}
	_, size := utf8.DecodeRuneInString(format)
	return format[:size]
}

// zoneName returns what z and zz stand for. Moment knows no name of a local zone.
func zoneName(token string, utc bool) string {
	switch {
	case !utc:
		return ""
	case token == "z":
		return "UTC"
	}
	return "Coordinated Universal Time"
}
