package produce

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// readAnswer reads what became of some records. A service counts the refused in a
// field, and gives a result for each record.
func readAnswer(text []byte, which []int, countField string) ([]Refusal, error) {
	if failed, ok := countIn(text, countField); ok && failed == 0 {
		if n := bytes.Count(text, []byte{'{'}) - 1; n != len(which) { // objects, but for the answer itself
			return nil, fmt.Errorf("%d results for %d records", n, len(which))
		}
		return nil, nil
	}
	var answer struct {
		Records, RequestResponses []result
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	results := append(answer.Records, answer.RequestResponses...)
	if len(results) != len(which) {
		return nil, fmt.Errorf("%d results for %d records", len(results), len(which))
	}
	return refusals(results, which)
}

type result struct{ ErrorCode, ErrorMessage string }

// refusals returns the records that were refused. The error is of those whose code
// isn't known to pass.
func refusals(results []result, which []int) ([]Refusal, error) {
	var refused []Refusal
	var errs []error
	seen := map[string]bool{}
	for n, r := range results {
		if r.ErrorCode == "" {
			continue
		}
		if !throttles[r.ErrorCode] && !passing[r.ErrorCode] && !seen[r.ErrorCode] {
			errs = append(errs, forGood{fmt.Errorf("record refused: %s: %s", r.ErrorCode, r.ErrorMessage)})
		}
		seen[r.ErrorCode] = true
		refused = append(refused, Refusal{which[n], r.ErrorCode})
	}
	return refused, errors.Join(errs...)
}

// countIn returns the number behind a field's name in JSON.
func countIn(text []byte, field string) (int, bool) {
	at := bytes.Index(text, []byte(`"`+field+`":`))
	if at < 0 {
		return 0, false
	}
	count, digits := 0, 0
	for _, c := range bytes.TrimLeft(text[at+len(field)+3:], " ") {
		if c < '0' || c > '9' {
			break
		}
		count, digits = count*10+int(c-'0'), digits+1
	}
	return count, digits > 0
}
