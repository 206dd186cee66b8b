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

// ReadWeek reads a week from CSV with the columns weekday, hour, mean and deviation. A
// weekday is written like Mon or Mon-Fri. An hour is 0 to 23 and is written like 9 or
// 9-17. The character * means all weekdays or all hours. If several lines apply to the
// same hour, the last line wins. The error joins everything that is wrong.
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
		errs = append(errs, errors.New("no record is ever due, because every mean and deviation is 0; write a line such as *,*,100,10"))
	}
	return week, errors.Join(errs...)
}

func (w *Week) read(line []string) error {
	days, errDay := parseRange("weekday: needs one such as Mon, a range such as Mon-Fri, or *", line[0], 7, parseWeekday)
	hours, errHour := parseRange("hour: needs 0 to 23, a range such as 9-17, or *", line[1], 24, strconv.Atoi)
	mean, errMean := parseRate("mean", line[2])
	deviation, errDeviation := parseRate("deviation", line[3])
	if err := errors.Join(errDay, errHour, errMean, errDeviation); err != nil {
		return err
	}
	for _, day := range days {
		for _, hour := range hours {
			w[day][hour] = Distribution{mean, deviation}
		}
	}
	return nil
}

// parseRange returns the numbers that a text such as 5, 5-7 or * means. They are 0 to
// n-1. After n-1 a range continues with 0, as in Sat-Mon. needs is the beginning of the
// error: it says which texts are valid.
func parseRange(needs, text string, n int, parse func(string) (int, error)) ([]int, error) {
	if text == "*" {
		return sequence(0, n, n), nil
	}
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	from, errFrom := parse(first)
	to, errTo := parse(last)
	if errFrom != nil || errTo != nil || from < 0 || to < 0 || from >= n || to >= n {
		return nil, fmt.Errorf("%s; got %q", needs, text)
	}
	return sequence(from, (to-from+n)%n+1, n), nil
}

// sequence returns count numbers that begin with from. After n-1 comes 0.
func sequence(from, count, n int) []int {
	list := make([]int, count)
	for i := range list {
		list[i] = (from + i) % n
	}
	return list
}

func parseWeekday(text string) (int, error) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(text, day.String()) || strings.EqualFold(text, day.String()[:3]) {
			return int(day), nil
		}
	}
	return 0, fmt.Errorf("not a weekday: %q", text)
}

func parseRate(name, text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
		return 0, fmt.Errorf("%s: needs 0 or more, got %q", name, text)
	}
	return n, nil
}
