package record

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// compare compares what two sides made of a template, field by field, and returns
// what differs. Fields of words are compared by little.
func compare(template string, theirs, ours []string) []string {
	var problems []string
	their, our := fieldsOf(theirs), fieldsOf(ours)
	if len(their) != len(our) {
		return []string{fmt.Sprintf("KDG: %d fields, here: %d", len(their), len(our))}
	}
	calls := strings.Split(template, separator)
	for i := range their {
		if problem := compareField(calls[i], their[i], our[i]); problem != "" {
			problems = append(problems, fmt.Sprintf("field %d: %s\nKDG:  %q\nhere: %q", i+1, problem, sample(their[i]), sample(our[i])))
		}
	}
	return problems
}

// fieldsOf returns all values of each field.
func fieldsOf(records []string) [][]string {
	var fields [][]string
	for _, text := range records {
		for i, value := range strings.Split(text, separator) {
			if i == len(fields) {
				fields = append(fields, nil)
			}
			fields[i] = append(fields[i], value)
		}
	}
	return fields
}

func sample(values []string) []string { return values[:min(len(values), 5)] }

var wordCall = regexp.MustCompile(`\{\{(name|company|commerce\.(color|dep|prod)|hacker|lorem|system\.(fileName|common|mime|fileExt|fileType)|internet\.(avatar|email|exampleEmail|userName|url|domain|userAgent)|image\.avatar|` +
	`address\.(city|street|secondary|county|country|state)|finance\.(accountName|currency)|random\.(word|locale))`)

var timeCall = regexp.MustCompile(`\{\{(date\.(now|utc)|current)`)

// compareField returns in what a field differs, or nothing. A function of words
// need only make words; any other has the same forms, lengths and values.
func compareField(call string, theirs, ours []string) string {
	if wordCall.MatchString(call) {
		return compareWords(theirs, ours)
	}
	if problem := compareSets("form", formsOf(theirs), formsOf(ours)); problem != "" {
		return problem
	}
	if timeCall.MatchString(call) {
		return "" // it passes
	}
	if problem := compareNumbers("length", lengths(theirs), lengths(ours)); problem != "" {
		return problem
	}
	their, allTheirs := numbers(theirs)
	our, allOurs := numbers(ours)
	switch {
	case allTheirs != allOurs:
		return "a number on one side"
	case allTheirs:
		return compareNumbers("number", their, our)
	case len(counted(theirs)) <= 30:
		return compareSets("value", counted(theirs), counted(ours))
	}
	return ""
}

// compareWords tells whether words are made on both sides.
func compareWords(theirs, ours []string) string {
	plain := regexp.MustCompile(`^[\x20-\x7e\n\r¢-￿]+$`)
	for _, text := range ours {
		if !plain.MatchString(text) {
			return fmt.Sprintf("no word: %q", text)
		}
	}
	their, our := mean(lengths(theirs)), mean(lengths(ours))
	if our > 2*their+4 || their > 2*our+4 {
		return fmt.Sprintf("texts of %.1f characters in KDG, of %.1f here", their, our)
	}
	return ""
}

var (
	letterRow = regexp.MustCompile(`[0-9A-Za-z_]+`)
	numberIn  = regexp.MustCompile(`-?\d+(\.\d+)?(e[-+]\d+)?`)
)

// formsOf counts the forms of values: each row of letters and digits as one x.
func formsOf(values []string) map[string]int {
	forms := make([]string, len(values))
	for i, value := range values {
		forms[i] = letterRow.ReplaceAllString(value, "x")
	}
	return counted(forms)
}

func counted(values []string) map[string]int {
	counts := map[string]int{}
	for _, value := range values {
		counts[value]++
	}
	return counts
}

func lengths(values []string) []float64 {
	list := make([]float64, len(values))
	for i, value := range values {
		list[i] = float64(len(value))
	}
	return list
}

// numbers returns the number that each value has, and whether each has just one,
// with the same text around it.
func numbers(values []string) ([]float64, bool) {
	var list []float64
	around := ""
	for i, value := range values {
		_, value, _ = strings.Cut(value, ":") // the field's name has digits
		if value == "" {
			value = values[i]
		}
		at := numberIn.FindAllStringIndex(value, -1)
		if len(at) != 1 {
			return nil, false
		}
		rest := value[:at[0][0]] + "0" + value[at[0][1]:]
		if i > 0 && rest != around {
			return nil, false
		}
		around = rest
		n, err := strconv.ParseFloat(value[at[0][0]:at[0][1]], 64)
		if err != nil {
			return nil, false
		}
		list = append(list, n)
	}
	return list, true
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, n := range list {
		sum += n
	}
	return sum / float64(len(list))
}

// compareNumbers tells whether two lists are draws of one distribution: by
// chi-square on the counts between the quantiles of both together.
func compareNumbers(what string, theirs, ours []float64) string {
	all := slices.Sorted(slices.Values(append(slices.Clone(theirs), ours...)))
	var limits []float64
	for i := 1; i < 12; i++ {
		if limit := all[i*len(all)/12]; len(limits) == 0 || limit > limits[len(limits)-1] {
			limits = append(limits, limit)
		}
	}
	bins := func(list []float64) map[string]int {
		counts := map[string]int{}
		for _, n := range list {
			bin, _ := slices.BinarySearch(limits, n)
			counts[strconv.Itoa(bin)]++
		}
		return counts
	}
	if problem := chiSquare(bins(theirs), bins(ours)); problem != "" {
		return fmt.Sprintf("%s from %v to %v in KDG, %v to %v here: %s", what, slices.Min(theirs), slices.Max(theirs), slices.Min(ours), slices.Max(ours), problem)
	}
	return ""
}

// compareSets tells whether values come as often on both sides.
func compareSets(what string, theirs, ours map[string]int) string {
	if problem := chiSquare(theirs, ours); problem != "" {
		return fmt.Sprintf("%s %v in KDG, %v here: %s", what, theirs, ours, problem)
	}
	return ""
}

// chiSquare tests whether two counts are of one distribution. What comes less than
// ten times in both together counts as one. It accepts but one in ten million of
// true pairs wrongly, so that many pairs can be tested.
func chiSquare(theirs, ours map[string]int) string {
	their, our := total(theirs), total(ours)
	sum, freedom := 0.0, -1
	add := func(a, b int) {
		if a+b == 0 {
			return
		}
		wantA, wantB := float64(a+b)*their/(their+our), float64(a+b)*our/(their+our)
		sum += math.Pow(float64(a)-wantA, 2)/wantA + math.Pow(float64(b)-wantB, 2)/wantB
		freedom++
	}
	rareA, rareB := 0, 0
	values := maps.Clone(theirs)
	maps.Copy(values, ours)
	for value := range values {
		if a, b := theirs[value], ours[value]; a+b < 10 {
			rareA, rareB = rareA+a, rareB+b
		} else {
			add(a, b)
		}
	}
	add(rareA, rareB)
	if limit := chiLimit(freedom); sum > limit {
		return fmt.Sprintf("chi-square is %.0f, at most %.0f", sum, limit)
	}
	return ""
}

// chiLimit returns what chi-square is above once in ten million, by Wilson and
// Hilferty's approximation.
func chiLimit(freedom int) float64 {
	if freedom <= 0 {
		return 1e-9
	}
	const deviations = 5.2
	k := float64(freedom)
	return k * math.Pow(1-2/(9*k)+deviations*math.Sqrt(2/(9*k)), 3)
}

func total(counts map[string]int) float64 {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return float64(sum)
}
