package record

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// longFormats are the tokens that stand for formats.
var longFormats = map[string]string{
	"LT": "h:mm A", "LTS": "h:mm:ss A",
	"L": "MM/DD/YYYY", "LL": "MMMM D, YYYY", "LLL": "MMMM D, YYYY h:mm A", "LLLL": "dddd, MMMM D, YYYY h:mm A",
	"l": "M/D/YYYY", "ll": "MMM D, YYYY", "lll": "MMM D, YYYY h:mm A", "llll": "ddd, MMM D, YYYY h:mm A",
}

var (
	monthNames   = namesOf(12, func(i int) string { return time.Month(i + 1).String() })
	weekdayNames = namesOf(7, func(i int) string { return time.Weekday(i).String() })
)

func namesOf(n int, name func(int) string) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = name(i)
	}
	return names
}

// momentTokens are the tokens that stand for a part of a time. It isn't changed.
var momentTokens = withFractions(map[string]momentToken{
	"M":    plain(month),
	"Mo":   ordinal(month),
	"MM":   padded(2, month),
	"MMM":  layout("Jan"),
	"MMMM": layout("January"),
	"Q":    plain(quarter),
	"Qo":   ordinal(quarter),
	"D":    plain(time.Time.Day),
	"Do":   ordinal(time.Time.Day),
	"DD":   padded(2, time.Time.Day),
	"DDD":  plain(time.Time.YearDay),
	"DDDo": ordinal(time.Time.YearDay),
	"DDDD": padded(3, time.Time.YearDay),
	"d":    plain(weekday),
	"do":   ordinal(weekday),
	"dd":   func(dst []byte, t time.Time) []byte { return append(dst, weekdayNames[t.Weekday()][:2]...) },
	"ddd":  layout("Mon"),
	"dddd": layout("Monday"),
	"e":    plain(weekday),
	"E":    plain(func(t time.Time) int { return (weekday(t)+6)%7 + 1 }),

	"w":     plain(week),
	"wo":    ordinal(week),
	"ww":    padded(2, week),
	"W":     plain(isoWeek),
	"Wo":    ordinal(isoWeek),
	"WW":    padded(2, isoWeek),
	"gg":    padded(2, func(t time.Time) int { return weekYear(t) % 100 }),
	"gggg":  padded(4, weekYear),
	"ggggg": padded(5, weekYear),
	"GG":    padded(2, func(t time.Time) int { return isoYear(t) % 100 }),
	"GGGG":  padded(4, isoYear),
	"GGGGG": padded(5, isoYear),

	"Y":      plain(time.Time.Year),
	"YY":     padded(2, func(t time.Time) int { return t.Year() % 100 }),
	"YYYY":   padded(4, time.Time.Year),
	"YYYYY":  padded(5, time.Time.Year),
	"YYYYYY": func(dst []byte, t time.Time) []byte { return appendPadded(append(dst, '+'), 6, int64(t.Year())) },

	"a":     layout("pm"),
	"A":     layout("PM"),
	"H":     plain(time.Time.Hour),
	"HH":    padded(2, time.Time.Hour),
	"h":     plain(hour12),
	"hh":    padded(2, hour12),
	"k":     plain(hour24),
	"kk":    padded(2, hour24),
	"hmm":   joined(plain(hour12), padded(2, time.Time.Minute)),
	"hmmss": joined(plain(hour12), padded(2, time.Time.Minute), padded(2, time.Time.Second)),
	"Hmm":   joined(plain(time.Time.Hour), padded(2, time.Time.Minute)),
	"Hmmss": joined(plain(time.Time.Hour), padded(2, time.Time.Minute), padded(2, time.Time.Second)),
	"m":     plain(time.Time.Minute),
	"mm":    padded(2, time.Time.Minute),
	"s":     plain(time.Time.Second),
	"ss":    padded(2, time.Time.Second),
	"Z":     layout("-07:00"),
	"ZZ":    layout("-0700"),
	"X":     func(dst []byte, t time.Time) []byte { return strconv.AppendInt(dst, t.Unix(), 10) },
	"x":     func(dst []byte, t time.Time) []byte { return strconv.AppendInt(dst, t.UnixMilli(), 10) },
})

// withFractions adds S to SSSSSSSSS: fractions of a second, of which moment knows
// the first three digits.
func withFractions(tokens map[string]momentToken) map[string]momentToken {
	const most = "000000000"
	for n := 1; n <= len(most); n++ {
		tokens[strings.Repeat("S", n)] = func(dst []byte, t time.Time) []byte {
			known := appendPadded(dst, 3, int64(t.Nanosecond()/1e6))
			if n <= 3 {
				return known[:len(dst)+n]
			}
			return append(known, most[3:n]...)
		}
	}
	return tokens
}

func month(t time.Time) int   { return int(t.Month()) }
func quarter(t time.Time) int { return (int(t.Month())-1)/3 + 1 }
func weekday(t time.Time) int { return int(t.Weekday()) }
func hour12(t time.Time) int  { return (t.Hour()+11)%12 + 1 }
func hour24(t time.Time) int  { return (t.Hour()+23)%24 + 1 }

// saturday returns the last day of t's week, which says which year's the week is.
func saturday(t time.Time) time.Time { return t.AddDate(0, 0, 6-weekday(t)) }

func week(t time.Time) int     { return (saturday(t).YearDay()-1)/7 + 1 }
func weekYear(t time.Time) int { return saturday(t).Year() }

func isoWeek(t time.Time) int {
	_, week := t.ISOWeek()
	return week
}

func isoYear(t time.Time) int {
	year, _ := t.ISOWeek()
	return year
}

func plain(value func(time.Time) int) momentToken {
	return func(dst []byte, t time.Time) []byte { return strconv.AppendInt(dst, int64(value(t)), 10) }
}

func padded(width int, value func(time.Time) int) momentToken {
	return func(dst []byte, t time.Time) []byte { return appendPadded(dst, width, int64(value(t))) }
}

func layout(layout string) momentToken {
	return func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, layout) }
}

func joined(tokens ...momentToken) momentToken {
	return func(dst []byte, t time.Time) []byte {
		for _, token := range tokens {
			dst = token(dst, t)
		}
		return dst
	}
}

// ordinal appends a number as in 1st, 2nd, 3rd, 4th, 11th.
func ordinal(value func(time.Time) int) momentToken {
	return func(dst []byte, t time.Time) []byte {
		n := value(t)
		suffix := "th"
		if last := n % 10; n%100/10 != 1 && last >= 1 && last <= 3 {
			suffix = [...]string{"st", "nd", "rd"}[last-1]
		}
		return append(strconv.AppendInt(dst, int64(n), 10), suffix...)
	}
}

// appendPadded appends a number, not negative, with zeros before it up to width.
func appendPadded(dst []byte, width int, n int64) []byte {
	start := len(dst)
	for ; n > 0 || len(dst) < start+width; n /= 10 {
		dst = append(dst, byte('0'+n%10))
	}
	slices.Reverse(dst[start:])
	return dst
}
