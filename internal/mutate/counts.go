package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

const rowFormat = "%-24s %6s %6s %12s %10s %11s %9s %9s\n"

// What the tests of a package must reach, in percent.
const (
	minEfficacy = 95
	minCoverage = 90
)

// counts are the mutants of one package.
type counts struct {
	byStatus map[string]int // by gremlins' words: KILLED, LIVED, NOT COVERED, TIMED OUT, NOT VIABLE
	escaped  []string       // one line for each mutant that lived or was not covered
}

// readCounts reads what gremlins wrote to file.
func readCounts(file string) (counts, error) {
	c := counts{byStatus: map[string]int{}}
	data, err := os.ReadFile(file) // #nosec G304 -- in our temporary directory
	if err != nil {
		return c, err
	}
	var report struct {
		Files []struct {
			Name      string `json:"file_name"`
			Mutations []struct {
				Type, Status string
				Line, Column int
			}
		}
	}
	if err := json.Unmarshal(data, &report); err != nil {
		return c, fmt.Errorf("gremlins' report: %w", err)
	}
	for _, f := range report.Files {
		for _, m := range f.Mutations {
			c.byStatus[m.Status]++
			if m.Status == "LIVED" || m.Status == "NOT COVERED" {
				c.escaped = append(c.escaped, fmt.Sprintf("%s:%d:%d %s %s", f.Name, m.Line, m.Column, m.Type, m.Status))
			}
		}
	}
	return c, nil
}

// efficacy is how many of the mutants that tests ran were killed, in percent; 100 if there
// was none. A mutant that timed out is left out.
func (c counts) efficacy() float64 {
	return percent(c.byStatus["KILLED"], c.byStatus["KILLED"]+c.byStatus["LIVED"])
}

// coverage is how many of the mutants the tests ran, in percent; 100 if there was none.
func (c counts) coverage() float64 {
	ran := c.byStatus["KILLED"] + c.byStatus["LIVED"]
	return percent(ran, ran+c.byStatus["NOT COVERED"])
}

func percent(part, whole int) float64 {
	if whole == 0 {
		return 100
	}
	return 100 * float64(part) / float64(whole)
}

// print writes the package's row of the table, and below it the mutants that escaped.
func (c counts) print(w io.Writer, name string) {
	number := func(status string) string { return fmt.Sprint(c.byStatus[status]) }
	_, _ = fmt.Fprintf(w, rowFormat, name, number("KILLED"), number("LIVED"), number("NOT COVERED"), number("TIMED OUT"), number("NOT VIABLE"),
		fmt.Sprintf("%.1f %%", c.efficacy()), fmt.Sprintf("%.1f %%", c.coverage()))
	for _, mutant := range c.escaped {
		_, _ = fmt.Fprintln(w, "  "+mutant)
	}
}

// check returns an error if the package's tests miss a goal.
func (c counts) check(name string) error {
	if c.efficacy() < minEfficacy || c.coverage() < minCoverage {
		return fmt.Errorf("%s: needs an efficacy of %d %% and a coverage of %d %%, got %.1f and %.1f; test the mutants that are listed",
			name, minEfficacy, minCoverage, c.efficacy(), c.coverage())
	}
	return nil
}
