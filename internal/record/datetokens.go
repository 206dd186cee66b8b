package record

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// longFormats has the format that replaces each long format token, such as LLLL.
var longFormats = map[string]string{
	"LT": "h:mm A", "LTS": "h:mm:ss A",
	"L": "MM/DD/YYYY", "LL": "MMMM D, YYYY", "LLL": "MMMM D, YYYY h:mm A", "LLLL": "dddd, MMMM D, YYYY h:mm A",
	"l": "M/D/YYYY", "ll": "MMM D, YYYY", "lll": "MMM D, YYYY h:mm A", "llll": "ddd, MMM D, YYYY h:mm A",
}

var (
	monthNames   = namesOf(12, func(i int) string { return time.Month(i + 1).String() })
	weekdayNames = namesOf(7, func(i int) string { return time.Weekday(i).String() })
)

// namesOf returns n names, of which name returns each.
func namesOf(n int, name func(int) string) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = name(i)
	}
	return names
}

// formatTokens are the tokens that print a part of a time, by name. The map is never changed.
var formatTokens = withFractions(map[string]formatToken{
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

// withFractions adds the tokens S to SSSSSSSSS, which print fractions of a second. Like
// moment.js, they print milliseconds, and zeros after the third digit.
func withFractions(tokens map[string]formatToken) map[string]formatToken {
	const most = "000000000"
	for n := 1; n <= len(most); n++ {
		tokens[strings.Repeat("S", n)] = func(dst []byte, t time.Time) []byte {
			milliseconds := appendPadded(dst, 3, int64(t.Nanosecond()/1e6))
			if n <= 3 {
				return milliseconds[:len(dst)+n]
			}
			return append(milliseconds, most[3:n]...)
		}
	}
	return tokens
}

func month(t time.Time) int   { return int(t.Month()) }
func quarter(t time.Time) int { return (int(t.Month())-1)/3 + 1 }
func weekday(t time.Time) int { return int(t.Weekday()) }
func hour12(t time.Time) int  { return (t.Hour()+11)%12 + 1 }
func hour24(t time.Time) int  { return (t.Hour()+23)%24 + 1 }

// saturday returns the last day of the week of t. The week belongs to the year of that day.
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

// plain returns a token that prints a number without leading zeros.
func plain(value func(time.Time) int) formatToken {
	return func(dst []byte, t time.Time) []byte { return strconv.AppendInt(dst, int64(value(t)), 10) }
}

// padded returns a token that prints a number with leading zeros up to width.
func padded(width int, value func(time.Time) int) formatToken {
	return func(dst []byte, t time.Time) []byte { return appendPadded(dst, width, int64(value(t))) }
}

// layout returns a token that prints a layout of package time.
func layout(layout string) formatToken {
	return func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, layout) }
}

// joined returns a token that prints several tokens.
func joined(tokens ...formatToken) formatToken {
	return func(dst []byte, t time.Time) []byte {
		for _, token := range tokens {
			dst = token(dst, t)
		}
		return dst
	}
}

// ordinal returns a token that prints an ordinal number, such as 1st, 2nd, 3rd, 4th or 11th.
func ordinal(value func(time.Time) int) formatToken {
	return func(dst []byte, t time.Time) []byte {
		n := value(t)
		suffix := "th"
		if last := n % 10; n%100/10 != 1 && last >= 1 && last <= 3 {
			suffix = [...]string{"st", "nd", "rd"}[last-1]
		}
		return append(strconv.AppendInt(dst, int64(n), 10), suffix...)
	}
}

// appendPadded appends a number that is not negative, with leading zeros up to width.
func appendPadded(dst []byte, width int, n int64) []byte {
	start := len(dst)
	for ; n > 0 || len(dst) < start+width; n /= 10 {
		dst = append(dst, byte('0'+n%10))
	}
	slices.Reverse(dst[start:])
	return dst
}
