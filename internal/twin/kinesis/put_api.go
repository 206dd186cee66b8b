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

// Limits of a request's body, in bytes. A PutRecords request contains up to 10 MiB of
// data and partition keys. In JSON the data grows by a third, since it is in base64.
// Field names, explicit hash keys and escaped characters of 500 entries add 2 MiB at
// most. AWS documents no limit for other operations. Their largest request contains 50
// tags.
const (
	maxPutBody   = maxRequestBytes/3*4 + 2<<20
	maxOtherBody = 256 << 10
)

// MaxBody returns the most bytes that the body of an operation's request may have.
func MaxBody(operation string) int64 {
	if operation == "PutRecord" || operation == "PutRecords" {
		return maxPutBody
	}
	return maxOtherBody
}

// putEntry is one record of a request. A nil pointer means that the request lacks the
// parameter.
type putEntry struct {
	Data            *[]byte
	PartitionKey    *string
	ExplicitHashKey string
}

// check adds an entry's violations to v. The paths in the errors begin with path, such
// as "records.1.member.". Records of the stream have at most maxBytes.
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

// newRecord returns the record to put for an entry that check has accepted.
func (e putEntry) newRecord(refuse func(stream, shard string) bool) (newRecord, error) {
	record := newRecord{*e.PartitionKey, hashOf(*e.PartitionKey), *e.Data, refuse}
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
	SequenceNumberForOrdering string // has no effect: sequence numbers always increase
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
	record, err := in.newRecord(nil)
	if err != nil {
		return putRecordOutput{}, err
	}
	results, err := a.store.put(info.Name, []newRecord{record})
	if err != nil {
		return putRecordOutput{}, a.apiError(info.Name, err)
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
	records, err := a.newRecords(in.Records, info.Config.MaxRecordKiB<<10)
	if err != nil {
		return putRecordsOutput{}, err
	}
	results, err := a.store.put(info.Name, records)
	if err != nil {
		return putRecordsOutput{}, a.apiError(info.Name, err)
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

// newRecords checks the entries of a PutRecords request and returns the records to put.
func (a *api) newRecords(entries []putEntry, maxBytes int) ([]newRecord, error) {
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
	records := make([]newRecord, len(entries))
	size := int64(0)
	for i, e := range entries {
		var err error
		if records[i], err = e.newRecord(a.faults.Refuse); err != nil {
			return nil, err
		}
		size += records[i].size()
	}
	if size > maxRequestBytes {
		return nil, wire.Errorf("InvalidArgumentException", "Records size exceeds %d MB limit", maxRequestBytes>>20)
	}
	return records, nil
}
