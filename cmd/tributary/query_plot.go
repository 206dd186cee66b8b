package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"

	"golang.org/x/term"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/plot"
)

// defaultWidth is the width of charts, in characters, if the output is not a terminal.
const defaultWidth = 80

// writePlot draws a chart for each column of numbers. The first column has the labels. If
// the rows are in descending order of the labels, writePlot reverses them.
func writePlot(w io.Writer, result dataapi.Result) error {
	if len(result.Columns) == 0 {
		return errors.New("--plot: the result has no columns")
	}
	var labels []string
	var series []plot.Series
	for _, c := range result.Columns[1:] {
		if c.Numeric() {
			series = append(series, plot.Series{Name: c.Name})
		}
	}
	if len(series) == 0 {
		return errors.New("--plot: the result has no column of numbers after the first column; select a label first, and then numbers")
	}
	for row, err := range result.Rows {
		if err != nil {
			return err
		}
		labels = append(labels, label(row[0]))
		at := 0
		for i, c := range result.Columns {
			if i > 0 && c.Numeric() {
				series[at].Values = append(series[at].Values, float(row[i]))
				at++
			}
		}
	}
	if len(labels) == 0 {
		_, err := fmt.Fprintln(w, "no rows")
		return err
	}
	if labels[0] > labels[len(labels)-1] {
		slices.Reverse(labels)
		for _, s := range series {
			slices.Reverse(s.Values)
		}
	}
	o := plot.Options{Width: defaultWidth, Color: isTerminal(w) && os.Getenv("NO_COLOR") == ""}
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			o.Width = width
		}
	}
	return plot.Write(w, labels, series, o)
}

func label(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// float converts a value to a float64. It returns NaN for null and for text.
func float(value any) float64 {
	switch v := value.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	case json.Number:
		if f, err := strconv.ParseFloat(v.String(), 64); err == nil {
			return f
		}
	}
	return math.NaN()
}
