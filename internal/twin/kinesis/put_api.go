package kinesis

import (
	"fmt"
	"unicode/utf8"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Limits of one PutRecords.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
const (
	maxEntries      = 500
	maxRequestBytes = 10 << 20 // data and partition keys
	maxPartitionKey = 256      // characters
)

// Limits of a request's body, in bytes. PutRecords takes 10 MiB of data and keys.
// As JSON these are a third more, the data being in base64, and 500 entries have
// names, hash keys and escaped keys: 2 MiB at most. The limit of other operations
// is the twin's own; their longest has 50 tags.
const (
	maxPutBody   = maxRequestBytes/3*4 + 2<<20
	maxOtherBody = 256 << 10
)

// MaxBody returns the most that the body of an operation's request may have, in
// bytes.
func MaxBody(operation string) int64 {
	if operation == "PutRecord" || operation == "PutRecords" {
		return maxPutBody
	}
	return maxOtherBody
}

// putEntry is one record of a request. A pointer tells an absent one.
type putEntry struct {
	Data            *[]byte
	PartitionKey    *string
	ExplicitHashKey string
}

// check notes what is wrong with an entry at a path prefix such as
// "records.1.member.", for a stream whose records have at most maxBytes.
func (e putEntry) check(v *violations, path string, maxBytes int) {
	switch {
	case e.PartitionKey == nil:
		v.add("null", path+"partitionKey", "Member must not be null")
	case *e.PartitionKey == "":
		v.add("''", path+"partitionKey", "Member must have length greater than or equal to 1")
	case utf8.RuneCountInString(*e.PartitionKey) > maxPartitionKey:
		v.add(quote(*e.PartitionKey), path+"partitionKey", "Member must have length less than or equal to %d", maxPartitionKey)
	}
	switch {
	case e.Data == nil:
		v.add("null", path+"data", "Member must not be null")
	case len(*e.Data) > maxBytes:
		size := len(*e.Data)
		v.add(fmt.Sprintf("'java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]'", size, size), path+"data", "Member must have length less than or equal to %d", maxBytes)
	}
}

// incoming returns a checked entry as a record to put.
func (e putEntry) incoming(refuse func(stream, shard string) bool) (incoming, error) {
	record := incoming{*e.PartitionKey, hashOf(*e.PartitionKey), *e.Data, refuse}
	if e.ExplicitHashKey == "" {
		return record, nil
	}
	var ok bool
	if record.hash, ok = parseHashKey(e.ExplicitHashKey); !ok {
		return record, wire.Errorf("InvalidArgumentException",
			"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was %s", e.ExplicitHashKey)
	}
	return record, nil
}

type putRecordInput struct {
	target
	putEntry
	SequenceNumberForOrdering string // kept anyway: numbers always rise
}

type putRecordOutput struct {
	ShardID        string `json:"ShardId"`
	SequenceNumber string
	EncryptionType string
}

func (a *api) putRecord(in *putRecordInput) (putRecordOutput, error) {
	_, info, err := a.find(in.target)
	if err != nil {
		return putRecordOutput{}, err
	}
	var v violations
	in.check(&v, "", info.Config.MaxRecordKiB<<10)
	if err := v.err(); err != nil {
		return putRecordOutput{}, err
	}
	record, err := in.incoming(nil)
	if err != nil {
		return putRecordOutput{}, err
	}
	results, err := a.store.put(info.Name, []incoming{record})
	if err != nil {
		return putRecordOutput{}, a.refusal(info.Name, err)
	}
	return putRecordOutput{results[0].shard, results[0].sequenceNumber, info.Config.encryptionType()}, nil
}

type putRecordsInput struct {
	target
	Records []putEntry
}

type putRecordsResult struct {
	ShardID        string `json:"ShardId,omitempty"`
	SequenceNumber string `json:",omitempty"`
	ErrorCode      string `json:",omitempty"`
	ErrorMessage   string `json:",omitempty"`
}

type putRecordsOutput struct {
	FailedRecordCount int
	Records           []putRecordsResult
	EncryptionType    string
}

func (a *api) putRecords(in *putRecordsInput) (putRecordsOutput, error) {
	_, info, err := a.find(in.target)
	if err != nil {
		return putRecordsOutput{}, err
	}
	records, err := a.incoming(in.Records, info.Config.MaxRecordKiB<<10)
	if err != nil {
		return putRecordsOutput{}, err
	}
	results, err := a.store.put(info.Name, records)
	if err != nil {
		return putRecordsOutput{}, a.refusal(info.Name, err)
	}
	out := putRecordsOutput{Records: make([]putRecordsResult, len(results)), EncryptionType: info.Config.encryptionType()}
	for i, r := range results {
		if r.sequenceNumber != "" {
			out.Records[i] = putRecordsResult{ShardID: r.shard, SequenceNumber: r.sequenceNumber}
			continue
		}
		out.FailedRecordCount++
		out.Records[i] = putRecordsResult{
			ErrorCode:    "ProvisionedThroughputExceededException",
			ErrorMessage: fmt.Sprintf("Rate exceeded for shard %s in stream %s under account %s.", r.shard, info.Name, a.account),
		}
	}
	return out, nil
}

// incoming checks the entries of one PutRecords, and returns them as records to
// put.
func (a *api) incoming(entries []putEntry, maxBytes int) ([]incoming, error) {
	var v violations
	switch {
	case len(entries) == 0:
		v.add("'[]'", "records", "Member must have length greater than or equal to 1")
	case len(entries) > maxEntries:
		v.add(fmt.Sprintf("'[%d entries]'", len(entries)), "records", "Member must have length less than or equal to %d", maxEntries)
	}
	for i, e := range entries {
		e.check(&v, fmt.Sprintf("records.%d.member.", i+1), maxBytes)
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	records := make([]incoming, len(entries))
	size := int64(0)
	for i, e := range entries {
		var err error
		if records[i], err = e.incoming(a.faults.Refuse); err != nil {
			return nil, err
		}
		size += records[i].size()
	}
	if size > maxRequestBytes {
		return nil, wire.Errorf("InvalidArgumentException", "Records size exceeds %d MB limit", maxRequestBytes>>20)
	}
	return records, nil
}
