package record

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// moved is a time away from a reference by a random number of milliseconds.
type moved struct {
	from   time.Time // zero: the record's time
	by     number    // milliseconds
	format moment    // nil: as JavaScript prints a date
}

// script is how JavaScript prints a date, up to the name of the zone.
var script = parseMoment("ddd MMM DD YYYY HH:mm:ss [GMT]ZZ", false)

func (m moved) room() int {
	if m.format != nil {
		return m.format.room()
	}
	return script.room() + len(" ()") + longestZoneName
}

func (m moved) put(buf []byte, at int, g *Generator) int {
	from := m.from
	if from.IsZero() {
		from = g.at
	}
	t := time.UnixMilli(from.UnixMilli() + int64(m.by.draw(g))).In(g.at.Location())
	to := buf[at:at:len(buf)]
	if m.format != nil {
		return at + len(m.format.append(to, t))
	}
	to = append(script.append(to, t), " ("...)
	to = appendZoneName(to, t)
	return at + len(append(to, ')'))
}

const (
	year        = 365 * 24 * time.Hour
	second      = 1000   // milliseconds
	longestMove = 200e12 // milliseconds: about as many years as a date has digits for
)

// compilePast compiles date.past: up to as many years ago as the argument says.
func compilePast(_ *compiler, args arguments) (op, error) {
	return compileMoved(args, "years", year, -1)
}

// compileFuture compiles date.future.
func compileFuture(_ *compiler, args arguments) (op, error) {
	return compileMoved(args, "years", year, 1)
}

// compileRecent compiles date.recent: up to as many days ago as the argument says.
func compileRecent(_ *compiler, args arguments) (op, error) {
	return compileMoved(args, "days", 24*time.Hour, -1)
}

// compileMoved compiles a date at least a second and at most some units of time
// away from a reference. The arguments are how many and, where KDG can't read them,
// the reference and the format; or an object of all.
func compileMoved(args arguments, key string, unit time.Duration, sign float64) (op, error) {
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
	m := moved{by: newNumber(second, units*float64(unit.Milliseconds()), 1)}
	if math.Abs(m.by.span) > longestMove {
		return nil, fmt.Errorf("%s: too many: %v", key, units)
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

// compileBetween compiles date.between, whose arguments are two dates: which KDG
// can't read.
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
	m := moved{from: from, by: newNumber(0, float64(to.UnixMilli()-from.UnixMilli()), 1)}
	m.format, err = optionalFormat(args.at(2))
	return m, err
}

func optionalFormat(arg any) (moment, error) {
	format, ok := arg.(string)
	switch {
	case arg == nil:
		return nil, nil
	case !ok:
		return nil, fmt.Errorf("the format must be one of moment.js, such as \"YYYY-MM-DD\", got %s", show(arg))
	}
	return parseMoment(format, false), nil
}

// named returns arguments in the order of their names, if they are one object.
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

// dateLayouts are the forms of a date that JavaScript reads, or the most usual of
// them. Those without a zone are in UTC here.
var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02", "2006-01", "2006", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04",
	"01/02/2006", "1/2/2006", "2006/01/02", "January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006",
	time.RFC1123, time.RFC1123Z, "Mon Jan 02 2006 15:04:05 GMT-0700", "Mon Jan 02 2006 15:04:05 GMT-0700 (MST)",
}

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
	return time.Time{}, fmt.Errorf("a date such as \"2026-11-22T18:57:13Z\", got %s", show(arg))
}
