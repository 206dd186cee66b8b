package produce

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// readResponse returns the records that a response body reports as refused. indexes are
// the batch indexes of the records that were sent, in order. failedCountField is the
// field in which the service counts the refused records. The response must contain one
// result for each record.
func readResponse(body []byte, indexes []int, failedCountField string) ([]Refusal, error) {
	if failed, ok := countIn(body, failedCountField); ok && failed == 0 {
		if n := bytes.Count(body, []byte{'{'}) - 1; n != len(indexes) { // every object except the outermost is a result
			return nil, fmt.Errorf("response: needs %d results, got %d", len(indexes), n)
		}
		return nil, nil
	}
	var response struct {
		Records, RequestResponses []result
	}
	if err := json.Unmarshal(body, &response); err != nil {
		return nil, fmt.Errorf("response: %w", err)
	}
	results := append(response.Records, response.RequestResponses...)
	if len(results) != len(indexes) {
		return nil, fmt.Errorf("response: needs %d results, got %d", len(indexes), len(results))
	}
	return refusals(results, indexes)
}

type result struct{ ErrorCode, ErrorMessage string }

// refusals returns the records that were refused. The error joins one error for each
// error code that is not retryable.
func refusals(results []result, indexes []int) ([]Refusal, error) {
	var refused []Refusal
	var errs []error
	seen := map[string]bool{}
	for n, r := range results {
		if r.ErrorCode == "" {
			continue
		}
		if !throttlingCodes[r.ErrorCode] && !retryableCodes[r.ErrorCode] && !seen[r.ErrorCode] {
			errs = append(errs, permanentError{fmt.Errorf("record refused: %s: %s", r.ErrorCode, r.ErrorMessage)})
		}
		seen[r.ErrorCode] = true
		refused = append(refused, Refusal{indexes[n], r.ErrorCode})
	}
	return refused, errors.Join(errs...)
}

// countIn returns the value of an integer field in JSON text. It does not parse the
// whole text, which is slower. It returns false if it doesn't find the field.
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
