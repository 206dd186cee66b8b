package record

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// randomDate is an op for a time that differs from a reference time by a random duration.
type randomDate struct {
	from   time.Time  // the reference; zero for the time of the record
	by     number     // the random duration in milliseconds
	format dateFormat // nil for the format in which JavaScript prints a Date
}

// javaScriptFormat is the format in which JavaScript prints a Date, without the name of the
// time zone at the end.
var javaScriptFormat = parseDateFormat("ddd MMM DD YYYY HH:mm:ss [GMT]ZZ", false)

func (m randomDate) room() int {
	if m.format != nil {
		return m.format.room()
	}
	return javaScriptFormat.room() + len(" ()") + longestZoneName
}

func (m randomDate) put(buf []byte, at int, g *Generator) int {
	from := m.from
	if from.IsZero() {
		from = g.at
	}
	t := time.UnixMilli(from.UnixMilli() + int64(m.by.draw(g))).In(g.at.Location())
	to := buf[at:at:len(buf)]
	if m.format != nil {
		return at + len(m.format.append(to, t))
	}
	to = append(javaScriptFormat.append(to, t), " ("...)
	to = appendZoneName(to, t)
	return at + len(append(to, ')'))
}

const (
	year              = 365 * 24 * time.Hour
	second            = 1000   // milliseconds
	longestDifference = 200e12 // milliseconds; about 6300 years, so that the year has at most four digits
)

// compilePast compiles date.past. The argument is the highest number of years before the
// reference time (default: 1).
func compilePast(_ *compiler, args arguments) (op, error) {
	return compileRandomDate(args, "years", year, -1)
}

// compileFuture compiles date.future. The argument is the highest number of years after the
// reference time (default: 1).
func compileFuture(_ *compiler, args arguments) (op, error) {
	return compileRandomDate(args, "years", year, 1)
}

// compileRecent compiles date.recent. The argument is the highest number of days before the
// reference time (default: 1).
func compileRecent(_ *compiler, args arguments) (op, error) {
	return compileRandomDate(args, "days", 24*time.Hour, -1)
}

// compileRandomDate compiles a function that prints a time before or after a reference time,
// by at least a second and at most a number of units of time. The arguments are that number,
// the reference time (default: the time of the record) and the format, or one object with
// all of them. key is the key of the number in that object. sign is -1 or 1. KDG supports
// only the first argument.
func compileRandomDate(args arguments, key string, unit time.Duration, sign float64) (op, error) {
	args, err := named(args, key, "ref", "format")
	if err != nil {
		return nil, err
	}
	units, err := args.number(0, 1)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	if units == 0 {
		units = 1
	}
	m := randomDate{by: newNumber(second, units*float64(unit.Milliseconds()), 1)}
	if math.Abs(m.by.span) > longestDifference {
		return nil, fmt.Errorf("%s: must be fewer, got %v", key, units)
	}
	m.by.precision = sign
	if args.at(1) != nil {
		if m.from, err = parseDate(args.at(1)); err != nil {
			return nil, err
		}
	}
	m.format, err = optionalFormat(args.at(2))
	return m, err
}

// compileBetween compiles date.between, which prints a time between two others. Its arguments
// are the two dates and the format, or one object with all of them. KDG can't parse them.
func compileBetween(_ *compiler, args arguments) (op, error) {
	args, err := named(args, "from", "to", "format")
	if err != nil {
		return nil, err
	}
	from, errFrom := parseDate(args.at(0))
	to, errTo := parseDate(args.at(1))
	if err := errors.Join(errFrom, errTo); err != nil {
		return nil, err
	}
	m := randomDate{from: from, by: newNumber(0, float64(to.UnixMilli()-from.UnixMilli()), 1)}
	m.format, err = optionalFormat(args.at(2))
	return m, err
}

// optionalFormat returns the compiled format, or nil if arg is nil.
func optionalFormat(arg any) (dateFormat, error) {
	format, ok := arg.(string)
	switch {
	case arg == nil:
		return nil, nil
	case !ok:
		return nil, fmt.Errorf("the format must be a moment.js format such as \"YYYY-MM-DD\", got %s", show(arg))
	}
	return parseDateFormat(format, false), nil
}

// named returns the values of the keys names if args is one object. Otherwise it returns
// args.
func named(args arguments, names ...string) (arguments, error) {
	object, ok := args.at(0).(map[string]any)
	if !ok {
		return args, nil
	}
	list := make(arguments, len(names))
	for i, name := range names {
		list[i] = object[name]
	}
	return list, unknownKeys(object, names...)
}

// dateLayouts are common forms of a date that JavaScript can parse. Dates without a time zone
// are in UTC.
var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02", "2006-01", "2006", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04",
	"01/02/2006", "1/2/2006", "2006/01/02", "January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006",
	time.RFC1123, time.RFC1123Z, "Mon Jan 02 2006 15:04:05 GMT-0700", "Mon Jan 02 2006 15:04:05 GMT-0700 (MST)",
}

// parseDate converts a string, or a number of milliseconds since 1970, into a time.
func parseDate(arg any) (time.Time, error) {
	switch arg := arg.(type) {
	case float64:
		return time.UnixMilli(int64(arg)), nil
	case string:
		for _, layout := range dateLayouts {
			if t, err := time.Parse(layout, arg); err == nil {
				return t, nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("must be a date such as \"2026-11-22T18:57:13Z\", got %s", show(arg))
}
