// Package plot draws series of numbers as bars of text, for a terminal or a pipe.
package plot

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Series is one chart: a value for each point, NaN where there is none.
type Series struct {
	Name   string
	Values []float64
}

// Options are what the place that is written to can show.
type Options struct {
	Width int  // in columns; less than MinWidth means MinWidth
	Color bool // a terminal that wants colors
}

// MinWidth is the narrowest a chart is drawn.
const MinWidth = 30

// height is how many lines of bars a chart has; each shows eight steps.
const height = 6

// steps are the parts of a line that a bar can fill.
var steps = []rune(" ▁▂▃▄▅▆▇█")

// Write draws the series one below the other, over the same points, whose names
// are labels. Where there are more points than columns, a column shows the most
// of its points, and a line says of how many. The error is w's.
func Write(w io.Writer, labels []string, series []Series, o Options) error {
	buffered := bufio.NewWriter(w)
	for i, s := range series {
		if i > 0 {
			_, _ = fmt.Fprintln(buffered)
		}
		draw(buffered, labels, s, max(MinWidth, o.Width), o.Color)
	}
	return buffered.Flush()
}

// draw draws one series. Errors stay with the writer until it is flushed.
func draw(w io.Writer, labels []string, s Series, width int, color bool) {
	top := 0.0
	for _, v := range s.Values {
		if v > top {
			top = v
		}
	}
	scale := []string{short(top), "0"}
	margin := max(utf8.RuneCountInString(scale[0]), 1) + 2
	columns, each := fit(s.Values, width-margin)
	_, _ = fmt.Fprintln(w, paint(s.Name, "1", color)+heading(s.Values, top))
	for line := height - 1; line >= 0; line-- {
		mark := ""
		switch line {
		case height - 1:
			mark = scale[0]
		case 0:
			mark = scale[1]
		}
		_, _ = fmt.Fprintf(w, "%*s │%s\n", margin-2, mark, paint(bars(columns, top, line), "36", color))
	}
	_, _ = fmt.Fprintf(w, "%s└%s\n", strings.Repeat(" ", margin-1), strings.Repeat("─", len(columns)))
	if len(labels) > 0 {
		_, _ = fmt.Fprintf(w, "%s%s\n", strings.Repeat(" ", margin), ends(labels[0], labels[len(labels)-1], len(columns), width-margin))
	}
	if each > 1 {
		_, _ = fmt.Fprintf(w, "%s%s\n", strings.Repeat(" ", margin), paint(fmt.Sprintf("a column is the most of %d rows", each), "2", color))
	}
}

func heading(values []float64, top float64) string {
	if len(values) == 0 {
		return ""
	}
	newest := "none"
	if v := values[len(values)-1]; !math.IsNaN(v) {
		newest = number(v)
	}
	return fmt.Sprintf("  most %s, last %s", number(top), newest)
}

// fit returns the values in at most room columns: widened where there are few, or
// the most of each so many values where there are many.
func fit(values []float64, room int) (columns []float64, each int) {
	n := len(values)
	each = (n + room - 1) / max(room, 1)
	if each <= 1 {
		wide := max(1, min(room/max(n, 1), 4))
		for _, v := range values {
			for i := range wide {
				if i == wide-1 && wide > 2 {
					v = math.NaN() // a gap between bars
				}
				columns = append(columns, v)
			}
		}
		return columns, 1
	}
	for at := 0; at < n; at += each {
		most := math.NaN()
		for _, v := range values[at:min(n, at+each)] {
			if math.IsNaN(most) || v > most {
				most = v
			}
		}
		columns = append(columns, most)
	}
	return columns, each
}

// bars draws one line of the bars, the lowest being 0. A value over 0 is never
// invisible, and one under it is drawn as 0.
func bars(columns []float64, top float64, line int) string {
	var b strings.Builder
	for _, v := range columns {
		filled := 0
		if v > 0 && top > 0 {
			filled = max(1, int(math.Round(v/top*height*8))) - 8*line
		}
		b.WriteRune(steps[max(0, min(8, filled))])
	}
	return strings.TrimRight(b.String(), " ")
}

// ends writes the first label to the left and the last one below the chart's end,
// or behind the first, or not at all where there is no room for both.
func ends(first, last string, width, room int) string {
	length := utf8.RuneCountInString(first) + utf8.RuneCountInString(last)
	gap := max(width-length, 1)
	if length+gap > room || first == last {
		return first
	}
	return first + strings.Repeat(" ", gap) + last
}

// short writes a number in at most a handful of characters.
func short(v float64) string {
	for _, unit := range []struct {
		from float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= unit.from {
			return strconv.FormatFloat(v/unit.from, 'f', 1, 64) + unit.name
		}
	}
	return number(v)
}

// number writes a number with at most two digits behind the point.
func number(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

func paint(text, code string, color bool) string {
	if !color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
