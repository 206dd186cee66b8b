package produce

import (
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"
)

// Waits between two attempts, and after how many failed calls in a row to give up:
// about half a minute.
const (
	firstWait      = 50 * time.Millisecond
	longestWait    = 5 * time.Second
	maxFailedCalls = 12
)

// waitFor returns how long to wait at most before an attempt, of which strikes in
// a row went badly. The wait itself is random below that, so that writers who were
// refused together don't come back together.
func waitFor(strikes int) time.Duration {
	if strikes > 16 {
		return longestWait
	}
	return min(firstWait<<strikes, longestWait)
}

// entryCodes are the error codes with which PutRecords refuses an entry that may
// be accepted later.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsResultEntry.html
var entryCodes = map[string]bool{
	"ProvisionedThroughputExceededException": true,
	"InternalFailure":                        true,
}

// refusedEntries returns the entries to send again, in order, and how many were
// refused by code. The error is that the answer doesn't fit the request, or a code
// that isn't known to pass.
func refusedEntries(sent []types.PutRecordsRequestEntry, out *kinesis.PutRecordsOutput) ([]types.PutRecordsRequestEntry, map[string]int64, error) {
	if len(out.Records) != len(sent) {
		return sent, nil, fmt.Errorf("%d results for %d records", len(out.Records), len(sent))
	}
	if aws.ToInt32(out.FailedRecordCount) == 0 {
		return nil, nil, nil
	}
	var (
		again []types.PutRecordsRequestEntry
		codes = map[string]int64{}
		errs  []error
	)
	for i, result := range out.Records {
		if result.ErrorCode == nil {
			continue
		}
		code := *result.ErrorCode
		if !entryCodes[code] && codes[code] == 0 {
			errs = append(errs, fmt.Errorf("record refused: %s: %s", code, aws.ToString(result.ErrorMessage)))
		}
		codes[code]++
		again = append(again, sent[i])
	}
	return again, codes, errors.Join(errs...)
}

// isPassing tells whether a call that failed may succeed later, as the AWS SDK
// decides it.
func isPassing(err error) bool {
	return retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
}

// codeOf returns the error code of a failed call, or "no answer".
func codeOf(err error) string {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return refused.ErrorCode()
	}
	return "no answer"
}
