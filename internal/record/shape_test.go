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

// compare compares the records of a template in KDG with those of this package, field by
// field. It returns a description of each difference.
func compare(template string, kdg, here []string) []string {
	var problems []string
	kdgFields, hereFields := fieldsOf(kdg), fieldsOf(here)
	if len(kdgFields) != len(hereFields) {
		return []string{fmt.Sprintf("fields in KDG: %d, fields here: %d", len(kdgFields), len(hereFields))}
	}
	calls := strings.Split(template, separator)
	for i := range kdgFields {
		if problem := compareField(calls[i], kdgFields[i], hereFields[i]); problem != "" {
			problems = append(problems, fmt.Sprintf("field %d: %s\nKDG:  %q\nhere: %q", i+1, problem, sample(kdgFields[i]), sample(hereFields[i])))
		}
	}
	return problems
}

// fieldsOf returns the values of each field in all records.
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

// sample returns the first values.
func sample(values []string) []string { return values[:min(len(values), 5)] }

// wordCall matches calls of functions whose values are words. They differ from those of KDG.
var wordCall = regexp.MustCompile(`\{\{(name|company|commerce\.(color|dep|prod)|hacker|lorem|system\.(fileName|common|mime|fileExt|fileType)|internet\.(avatar|email|exampleEmail|userName|url|domain|userAgent)|image\.avatar|` +
	`address\.(city|street|secondary|county|country|state)|finance\.(accountName|currency)|random\.(word|locale))`)

// timeCall matches calls of functions that print the current time.
var timeCall = regexp.MustCompile(`\{\{(date\.(now|utc)|current)`)

// compareField returns a description of the difference between the values of one field, or "".
// Values of word functions must have similar lengths. Values of other functions must have
// the same distribution of forms, lengths and values.
func compareField(call string, kdg, here []string) string {
	if wordCall.MatchString(call) {
		return compareWords(kdg, here)
	}
	if problem := compareSets("form", formsOf(kdg), formsOf(here)); problem != "" {
		return problem
	}
	if timeCall.MatchString(call) {
		return "" // the values differ, since the time differs
	}
	if problem := compareNumbers("length", lengths(kdg), lengths(here)); problem != "" {
		return problem
	}
	kdgNumbers, isNumberInKDG := numbers(kdg)
	hereNumbers, isNumberHere := numbers(here)
	switch {
	case isNumberInKDG != isNumberHere:
		return "has numbers either only in KDG or only here"
	case isNumberInKDG:
		return compareNumbers("number", kdgNumbers, hereNumbers)
	case len(counted(kdg)) <= 30:
		return compareSets("value", counted(kdg), counted(here))
	}
	return ""
}

// compareWords tests that the values of this package are words, and of a similar length as
// those of KDG.
func compareWords(kdg, here []string) string {
	plain := regexp.MustCompile(`^[\x20-\x7e\n\r¢-￿]+$`)
	for _, text := range here {
		if !plain.MatchString(text) {
			return fmt.Sprintf("has a value that is not a word: %q", text)
		}
	}
	kdgLength, hereLength := mean(lengths(kdg)), mean(lengths(here))
	if hereLength > 2*kdgLength+4 || kdgLength > 2*hereLength+4 {
		return fmt.Sprintf("mean length in KDG: %.1f characters, here: %.1f", kdgLength, hereLength)
	}
	return ""
}

var (
	letters  = regexp.MustCompile(`[0-9A-Za-z_]+`)
	numberIn = regexp.MustCompile(`-?\d+(\.\d+)?(e[-+]\d+)?`)
)

// formsOf counts the forms of values. In a form, all letters and digits next to each other
// are one x.
func formsOf(values []string) map[string]int {
	forms := make([]string, len(values))
	for i, value := range values {
		forms[i] = letters.ReplaceAllString(value, "x")
	}
	return counted(forms)
}

// counted returns how often each value occurs.
func counted(values []string) map[string]int {
	counts := map[string]int{}
	for _, value := range values {
		counts[value]++
	}
	return counts
}

// lengths returns the lengths of the values.
func lengths(values []string) []float64 {
	list := make([]float64, len(values))
	for i, value := range values {
		list[i] = float64(len(value))
	}
	return list
}

// numbers returns the number in each value. It returns false unless each value has exactly
// one number, with the same text around it.
func numbers(values []string) ([]float64, bool) {
	var list []float64
	first := "" // the text around the first number
	for i, value := range values {
		_, value, _ = strings.Cut(value, ":") // the name of the field has digits
		if value == "" {
			value = values[i]
		}
		at := numberIn.FindAllStringIndex(value, -1)
		if len(at) != 1 {
			return nil, false
		}
		rest := value[:at[0][0]] + "0" + value[at[0][1]:]
		if i > 0 && rest != first {
			return nil, false
		}
		first = rest
		n, err := strconv.ParseFloat(value[at[0][0]:at[0][1]], 64)
		if err != nil {
			return nil, false
		}
		list = append(list, n)
	}
	return list, true
}

// mean returns the mean of the numbers.
func mean(list []float64) float64 {
	sum := 0.0
	for _, n := range list {
		sum += n
	}
	return sum / float64(len(list))
}

// compareNumbers tests whether two lists of numbers have the same distribution. It applies the
// chi-square test to the counts of numbers in up to twelve intervals. kind is what the
// result calls the numbers.
func compareNumbers(kind string, kdg, here []float64) string {
	all := slices.Sorted(slices.Values(append(slices.Clone(kdg), here...)))
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
	if problem := chiSquare(bins(kdg), bins(here)); problem != "" {
		return fmt.Sprintf("%s from %v to %v in KDG, from %v to %v here: %s", kind, slices.Min(kdg), slices.Max(kdg), slices.Min(here), slices.Max(here), problem)
	}
	return ""
}

// compareSets tests whether values have the same distribution. The maps have the number of
// occurrences of each value. kind is what the result calls the values.
func compareSets(kind string, kdg, here map[string]int) string {
	if problem := chiSquare(kdg, here); problem != "" {
		return fmt.Sprintf("%ss and their counts in KDG: %v, here: %v: %s", kind, kdg, here, problem)
	}
	return ""
}

// chiSquare tests whether the counts of two samples have the same distribution. Values that
// occur less than ten times in both samples together are counted as one value. For samples
// of the same distribution, the probability of a failure is one in ten million, so that many
// pairs can be tested.
func chiSquare(kdg, here map[string]int) string {
	kdgTotal, hereTotal := total(kdg), total(here)
	sum, freedom := 0.0, -1
	add := func(a, b int) {
		if a+b == 0 {
			return
		}
		wantA, wantB := float64(a+b)*kdgTotal/(kdgTotal+hereTotal), float64(a+b)*hereTotal/(kdgTotal+hereTotal)
		sum += math.Pow(float64(a)-wantA, 2)/wantA + math.Pow(float64(b)-wantB, 2)/wantB
		freedom++
	}
	rareA, rareB := 0, 0
	values := maps.Clone(kdg)
	maps.Copy(values, here)
	for value := range values {
		if a, b := kdg[value], here[value]; a+b < 10 {
			rareA, rareB = rareA+a, rareB+b
		} else {
			add(a, b)
		}
	}
	add(rareA, rareB)
	if limit := chiLimit(freedom); sum > limit {
		return fmt.Sprintf("chi-square: want at most %.0f, got %.0f", limit, sum)
	}
	return ""
}

// chiLimit returns the value that chi-square exceeds with a probability of one in ten million,
// computed by the approximation of Wilson and Hilferty.
func chiLimit(freedom int) float64 {
	if freedom <= 0 {
		return 1e-9
	}
	const deviations = 5.2
	k := float64(freedom)
	return k * math.Pow(1-2/(9*k)+deviations*math.Sqrt(2/(9*k)), 3)
}

// total returns the sum of the counts.
func total(counts map[string]int) float64 {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return float64(sum)
}
