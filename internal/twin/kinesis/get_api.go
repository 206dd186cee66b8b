package kinesis

import (
	"encoding/base64"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Limits of GetRecords and of shard iterators.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
const (
	maxRecords       = 10000
	maxResponseBytes = 10 << 20
	iteratorTTL      = 5 * time.Minute
)

// iterator is a decoded shard iterator.
type iterator struct {
	Issued        int64 // when the iterator was issued, in milliseconds since 1970
	Created       int64 // when the stream was created, in milliseconds since 1970
	Shard, Stream string
	Position      int64 // position in the shard of the record to read next
}

// iteratorFormat is the format of an iterator's text before it is encoded in base64.
const iteratorFormat = "tributary %d %d %s %s %d"

// String returns the iterator in the form that clients receive.
func (i iterator) String() string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, iteratorFormat, i.Issued, i.Created, i.Shard, i.Stream, i.Position))
}

// parseIterator is the inverse of String.
func parseIterator(text string) (iterator, error) {
	var i iterator
	plain, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		_, err = fmt.Sscanf(string(plain), iteratorFormat, &i.Issued, &i.Created, &i.Shard, &i.Stream, &i.Position)
	}
	if err != nil || i.String() != text {
		return iterator{}, wire.Errorf("InvalidArgumentException", "Invalid ShardIterator.")
	}
	return i, nil
}

type getShardIteratorInput struct {
	target
	ShardID                string `json:"ShardId"`
	ShardIteratorType      string
	StartingSequenceNumber string
	Timestamp              *epoch
}

type getShardIteratorOutput struct{ ShardIterator string }

func (a *api) getShardIterator(in *getShardIteratorInput) (getShardIteratorOutput, error) {
	var v violations
	v.required("shardId", in.ShardID)
	v.oneOf("shardIteratorType", in.ShardIteratorType, "AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON")
	if err := v.err(); err != nil {
		return getShardIteratorOutput{}, err
	}
	st, _, err := a.find(in.target)
	if err != nil {
		return getShardIteratorOutput{}, err
	}
	sh := st.shard(in.ShardID)
	if sh == nil {
		return getShardIteratorOutput{}, a.noShard(in.ShardID, st.name)
	}
	position, err := a.start(in, sh, st.name)
	if err != nil {
		return getShardIteratorOutput{}, err
	}
	return getShardIteratorOutput{a.iterator(st, sh, position)}, nil
}

// noShard returns the error for a shard that does not exist.
func (a *api) noShard(shard, stream string) error {
	return wire.Errorf("ResourceNotFoundException", "Shard %s in stream %s under account %s does not exist", shard, stream, a.account)
}

// iterator returns a new shard iterator for a position.
func (a *api) iterator(st *stream, sh *shard, position int64) string {
	return iterator{a.store.clock().UnixMilli(), st.created.UnixMilli(), sh.id, st.name, position}.String()
}

// start returns the position at which the requested iterator starts. It checks the
// request's starting sequence number or timestamp.
func (a *api) start(in *getShardIteratorInput, sh *shard, stream string) (int64, error) {
	numbered := in.ShardIteratorType == "AT_SEQUENCE_NUMBER" || in.ShardIteratorType == "AFTER_SEQUENCE_NUMBER"
	if numbered != (in.StartingSequenceNumber != "") {
		given := "no"
		if !numbered {
			given = "also a"
		}
		return 0, wire.Errorf("InvalidArgumentException", "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified %s and %s StartingSequenceNumber.", in.ShardIteratorType, given)
	}
	switch in.ShardIteratorType {
	case "TRIM_HORIZON":
		return 0, nil
	case "LATEST":
		return sh.end(), nil
	case "AT_TIMESTAMP":
		return a.startAt(in.Timestamp, sh)
	}
	position, ok := positionOf(sh.prefix, in.StartingSequenceNumber)
	if !ok {
		return 0, wire.Errorf("InvalidArgumentException", "StartingSequenceNumber %s used in GetShardIterator on shard %s in stream %s under account %s is invalid.",
			in.StartingSequenceNumber, sh.id, stream, a.account)
	}
	if in.ShardIteratorType == "AFTER_SEQUENCE_NUMBER" {
		position++
	}
	return position, nil
}

// startAt returns the position at which an iterator of type AT_TIMESTAMP starts.
func (a *api) startAt(at *epoch, sh *shard) (int64, error) {
	if at == nil {
		return 0, wire.Errorf("InvalidArgumentException",
			"Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.")
	}
	t, now := time.Time(*at), a.store.clock()
	if t.After(now) {
		return 0, wire.Errorf("InvalidArgumentException",
			"The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: %d, currentTimestampInMillis: %d",
			t.UnixMilli(), now.UnixMilli())
	}
	return sh.positionAt(t), nil
}

type getRecordsInput struct {
	ShardIterator string
	StreamARN     string
	Limit         *int
}

type recordOutput struct {
	SequenceNumber              string
	ApproximateArrivalTimestamp epoch
	Data                        []byte
	PartitionKey                string
	EncryptionType              string
}

type getRecordsOutput struct {
	Records            []recordOutput
	NextShardIterator  string
	MillisBehindLatest int64
}

// getRecords returns records and the next iterator. There is always a next iterator,
// since shards are never closed.
func (a *api) getRecords(in *getRecordsInput) (getRecordsOutput, error) {
	limit, it, err := a.checkGetRecords(in)
	if err != nil {
		return getRecordsOutput{}, err
	}
	st, info, err := a.find(target{it.Stream, in.StreamARN})
	if err != nil {
		return getRecordsOutput{}, err
	}
	sh := st.shard(it.Shard)
	if sh == nil || st.created.UnixMilli() != it.Created {
		return getRecordsOutput{}, a.noShard(it.Shard, it.Stream)
	}
	records, next := sh.read(it.Position, a.store.horizon(info.Config), limit, maxResponseBytes)
	out := getRecordsOutput{
		Records:            make([]recordOutput, len(records)),
		NextShardIterator:  a.iterator(st, sh, next),
		MillisBehindLatest: a.behind(sh, next),
	}
	for i, r := range records {
		out.Records[i] = recordOutput{r.SequenceNumber, epoch(r.Arrived), r.Data, r.PartitionKey, info.Config.encryptionType()}
	}
	return out, nil
}

// checkGetRecords returns the limit and the iterator of a request, or an error if they
// are invalid.
func (a *api) checkGetRecords(in *getRecordsInput) (limit int, it iterator, err error) {
	var v violations
	v.required("shardIterator", in.ShardIterator)
	v.limit("limit", in.Limit, maxRecords)
	if err := v.err(); err != nil {
		return 0, iterator{}, err
	}
	if it, err = parseIterator(in.ShardIterator); err != nil {
		return 0, iterator{}, err
	}
	if now, issued := a.store.clock(), time.UnixMilli(it.Issued); now.Sub(issued) > iteratorTTL {
		return 0, iterator{}, wire.Errorf("ExpiredIteratorException",
			"Iterator expired. The iterator was created at time %s while right now it is %s which is further in the future than the tolerated delay of %d milliseconds.",
			issued.UTC().Format(time.UnixDate), now.UTC().Format(time.UnixDate), iteratorTTL.Milliseconds())
	}
	if in.Limit != nil {
		return *in.Limit, it, nil
	}
	return maxRecords, it, nil
}

// behind returns MillisBehindLatest: how many milliseconds ago the record at position
// arrived. It is zero if no record has the position yet.
func (a *api) behind(sh *shard, position int64) int64 {
	records, _ := sh.read(position, time.Time{}, 1, 0)
	if len(records) == 0 {
		return 0
	}
	return max(0, a.store.clock().Sub(records[0].Arrived).Milliseconds())
}
