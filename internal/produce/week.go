package produce

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// ReadWeek reads a week as CSV: lines of weekday, hour, mean and deviation, of which
// a later one counts. A weekday is written as Mon, or as Mon-Fri, and an hour as 9,
// or 9-17, from 0 to 23; * is all. The error lists everything that is wrong.
func ReadWeek(r io.Reader) (Week, error) {
	var week Week
	reader := csv.NewReader(r)
	reader.FieldsPerRecord = 4
	reader.TrimLeadingSpace = true
	reader.Comment = '#'
	lines, err := reader.ReadAll()
	if err != nil {
		return week, err
	}
	var errs []error
	for i, line := range lines {
		if i == 0 && line[0] == "weekday" {
			continue
		}
		if err := week.read(line); err != nil {
			errs = append(errs, fmt.Errorf("line %d: %w", i+1, err))
		}
	}
	if len(errs) == 0 && week == (Week{}) {
		errs = append(errs, errors.New("nothing is ever due; write a line such as *,*,100,10"))
	}
	return week, errors.Join(errs...)
}

func (w *Week) read(line []string) error {
	days, errDay := spanOf(line[0], 7, weekdayOf)
	hours, errHour := spanOf(line[1], 24, strconv.Atoi)
	mean, errMean := amountOf("mean", line[2])
	deviation, errDeviation := amountOf("deviation", line[3])
	if err := errors.Join(errDay, errHour, errMean, errDeviation); err != nil {
		return err
	}
	for _, day := range days {
		for _, hour := range hours {
			w[day][hour] = Spread{mean, deviation}
		}
	}
	return nil
}

// spanOf returns what a text such as 5, 5-7 or * stands for, of numbers below n. It
// goes on from 0 behind the last, as in Sat-Mon.
func spanOf(text string, n int, number func(string) (int, error)) ([]int, error) {
	if text == "*" {
		return everyOf(0, n, n), nil
	}
	first, last, isSpan := strings.Cut(text, "-")
	if !isSpan {
		last = first
	}
	from, errFrom := number(first)
	to, errTo := number(last)
	if errFrom != nil || errTo != nil || from < 0 || to < 0 || from >= n || to >= n {
		return nil, fmt.Errorf("a weekday such as Mon or an hour from 0 to 23, a span such as Mon-Fri, or *, got %q", text)
	}
	return everyOf(from, (to-from+n)%n+1, n), nil
}

func everyOf(from, count, n int) []int {
	list := make([]int, count)
	for i := range list {
		list[i] = (from + i) % n
	}
	return list
}

func weekdayOf(text string) (int, error) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(text, day.String()) || strings.EqualFold(text, day.String()[:3]) {
			return int(day), nil
		}
	}
	return 0, fmt.Errorf("no weekday: %q", text)
}

func amountOf(name, text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
		return 0, fmt.Errorf("%s: 0 or more, got %q", name, text)
	}
	return n, nil
}
