package record

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// date is an op for the time of the record in a format of moment.js. A Generator formats it
// only once for consecutive records of the same time.
type date struct {
	slot   int // the index in Generator.dates
	utc    bool
	format dateFormat
}

// formattedDate is the text of a date op for the current time of a Generator.
type formattedDate struct {
	valid  bool   // false after a change of the time
	text   []byte // the text, and the bytes of one chunk after it
	length int    // the length of the text
}

func (d date) room() int { return d.format.room() }

func (d date) put(buf []byte, at int, g *Generator) int {
	formatted := &g.dates[d.slot]
	if !formatted.valid {
		formatted.valid = true
		t := g.at
		if d.utc {
			t = t.UTC()
		}
		formatted.text = d.format.append(formatted.text[:0], t)
		formatted.length = len(formatted.text)
		formatted.text = slices.Grow(formatted.text, chunk)[:formatted.length+chunk]
	}
	putChunks(buf[at:], formatted.text, formatted.length)
	return at + formatted.length
}

// compileNow compiles date.now and date.simTime, which print the time of the record in its
// own time zone. The argument is the format.
func compileNow(c *compiler, args arguments) (op, error) {
	return c.date(args, "YYYY-MM-DDTHH:mm:ssZ", false)
}

// compileUTC compiles date.utc, which prints the time of the record in UTC. The argument is
// the format.
func compileUTC(c *compiler, args arguments) (op, error) {
	return c.date(args, "YYYY-MM-DDTHH:mm:ss[Z]", true)
}

// date returns a date op with the format in args, or with defaultFormat.
func (c *compiler) date(args arguments, defaultFormat string, utc bool) (op, error) {
	format, ok := args.at(0).(string)
	switch {
	case args.at(0) == nil:
		format = defaultFormat
	case !ok:
		return nil, fmt.Errorf("the argument must be a moment.js format such as \"YYYY-MM-DD HH:mm:ss\", got %s", show(args.at(0)))
	}
	c.dates++
	return date{c.dates - 1, utc, parseDateFormat(format, utc)}, nil
}

// dateFormat is a compiled format of moment.js.
type dateFormat []formatPart

// longestToken is the highest length of the text of one token, in bytes.
const longestToken = 24

// room returns the highest length of a formatted time, in bytes.
func (f dateFormat) room() int {
	sum := 0
	for _, part := range f {
		sum += len(part.text) + longestToken
	}
	return sum
}

// append appends the time t in this format to dst.
func (f dateFormat) append(dst []byte, t time.Time) []byte {
	for _, part := range f {
		if part.token == nil {
			dst = append(dst, part.text...)
		} else {
			dst = part.token(dst, t)
		}
	}
	return dst
}

// formatPart is a token of a format or, if token is nil, a constant text.
type formatPart struct {
	token formatToken
	text  string
}

// formatToken appends the part of the time t that a token selects, such as the year.
type formatToken func(dst []byte, t time.Time) []byte

// parseDateFormat compiles a format of moment.js. It can contain tokens, [text in brackets],
// \token for the letters of a token, and any other text, which is printed unchanged. utc is
// true if the format is for times in UTC.
//
// Source: https://momentjs.com/docs/#/displaying/format/, and the code of moment 2.17.1 for
// details that are not documented.
func parseDateFormat(format string, utc bool) dateFormat {
	var parts dateFormat
	text := func(s string) { parts = append(parts, formatPart{text: s}) }
	for format = expandLongFormats(format); format != ""; {
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
			parts = append(parts, formatPart{token: formatTokens[name]})
		default:
			text(name)
		}
	}
	return parts
}

// expandLongFormats replaces tokens such as LLLL by their formats. Like moment.js, it does so
// before the format is split into tokens. So the replacement can form a token together with
// the text next to it.
func expandLongFormats(format string) string {
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

// isLong reports whether name is a token of longFormats.
func isLong(name string) bool { return longFormats[name] != "" }

// isToken reports whether name is a token that is not a long format.
func isToken(name string) bool { return formatTokens[name] != nil || name == "zz" }

// bracketed returns the text in brackets at the start of format, and the rest of format. The
// text ends at the last ] before the next [. ok is false if format doesn't begin with a text
// in brackets.
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

// longest returns the longest start of format for which is returns true. If there is none,
// it returns the first character of format.
func longest(format string, is func(string) bool) string {
	for length := min(len(format), len("SSSSSSSSS")); length > 1; length-- {
		if is(format[:length]) {
			return format[:length]
		}
	}
	_, size := utf8.DecodeRuneInString(format)
	return format[:size]
}

// zoneName returns the text of the tokens z and zz. For times that are not in UTC, moment.js
// prints nothing.
func zoneName(token string, utc bool) string {
	switch {
	case !utc:
		return ""
	case token == "z":
		return "UTC"
	}
	return "Coordinated Universal Time"
}
