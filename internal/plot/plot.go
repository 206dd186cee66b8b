// Package plot draws bar charts as text, for a terminal or a pipe.
package plot

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Series is one chart, with one value for each point. NaN means that the point has no
// value.
type Series struct {
	Name   string
	Values []float64
}

// Options describe the output device.
type Options struct {
	Width int  // width in columns; at least MinWidth is used
	Color bool // whether to write color codes of a terminal
}

// MinWidth is the smallest width of a chart, in columns.
const MinWidth = 30

// height is the number of lines of a bar. Each line has eight steps.
const height = 6

// steps are the characters that fill a part of a line, from empty to full.
var steps = []rune(" ▁▂▃▄▅▆▇█")

// Write draws the series below each other. labels are the names of their points. If there
// are more points than columns, each column shows the largest of several values, and a
// line below the chart says of how many. Write returns the error of w.
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

// draw draws one series. Write errors are kept by the bufio.Writer until Flush.
func draw(w io.Writer, labels []string, s Series, width int, color bool) {
	largest := 0.0
	for _, v := range s.Values {
		if v > largest {
			largest = v
		}
	}
	top := short(largest)
	margin := max(utf8.RuneCountInString(top), 1) + 2
	columns, each := fit(s.Values, width-margin)
	_, _ = fmt.Fprintln(w, paint(s.Name, "1", color)+heading(s.Values, largest))
	for line := height - 1; line >= 0; line-- {
		mark := ""
		switch line {
		case height - 1:
			mark = top
		case 0:
			mark = "0"
		}
		_, _ = fmt.Fprintf(w, "%*s │%s\n", margin-2, mark, paint(bars(columns, largest, line), "36", color))
	}
	_, _ = fmt.Fprintf(w, "%s└%s\n", strings.Repeat(" ", margin-1), strings.Repeat("─", len(columns)))
	if len(labels) > 0 {
		_, _ = fmt.Fprintf(w, "%s%s\n", strings.Repeat(" ", margin), ends(labels[0], labels[len(labels)-1], len(columns), width-margin))
	}
	if each > 1 {
		_, _ = fmt.Fprintf(w, "%s%s\n", strings.Repeat(" ", margin), paint(fmt.Sprintf("each bar: largest of %d values", each), "2", color))
	}
}

// heading returns the largest and the newest value, to be written next to the name.
func heading(values []float64, largest float64) string {
	if len(values) == 0 {
		return ""
	}
	newest := "none"
	if v := values[len(values)-1]; !math.IsNaN(v) {
		newest = number(v)
	}
	return fmt.Sprintf("  largest %s, newest %s", number(largest), newest)
}

// fit returns the values for at most room columns. If there are few values, each gets
// several columns. If there are many, each column is the largest of as many values as the
// second result says.
func fit(values []float64, room int) (columns []float64, each int) {
	n := len(values)
	each = (n + room - 1) / max(room, 1)
	if each <= 1 {
		width := max(1, min(room/max(n, 1), 4))
		for _, v := range values {
			for i := range width {
				if i == width-1 && width > 2 {
					v = math.NaN() // a gap between bars
				}
				columns = append(columns, v)
			}
		}
		return columns, 1
	}
	for group := range slices.Chunk(values, each) {
		largest := math.NaN()
		for _, v := range group {
			if math.IsNaN(largest) || v > largest {
				largest = v
			}
		}
		columns = append(columns, largest)
	}
	return columns, each
}

// bars returns one line of the bars. Line 0 is the lowest. A value greater than 0 always
// has a visible bar, and a value less than 0 has none.
func bars(columns []float64, largest float64, line int) string {
	var b strings.Builder
	for _, v := range columns {
		filled := 0
		if v > 0 {
			filled = max(1, int(math.Round(v/largest*height*8))) - 8*line
		}
		b.WriteRune(steps[max(0, min(8, filled))])
	}
	return strings.TrimRight(b.String(), " ")
}

// ends returns the labels of the first and the last point. The last label ends below the
// end of the chart, or follows the first if the chart is too narrow. It is left out if
// both do not fit into room.
func ends(first, last string, width, room int) string {
	length := utf8.RuneCountInString(first) + utf8.RuneCountInString(last)
	gap := max(width-length, 1)
	if length+gap > room || first == last {
		return first
	}
	return first + strings.Repeat(" ", gap) + last
}

// short returns a number in few characters, such as 1.2k.
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

// number returns a number with at most two decimal places.
func number(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

// paint returns the text in the color of an ANSI escape code, if color is true.
func paint(text, code string, color bool) string {
	if !color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
