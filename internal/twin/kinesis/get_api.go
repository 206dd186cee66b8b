package kinesis

import (
	"encoding/base64"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Limits of GetRecords, and of the iterators it takes.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
const (
	maxRecords       = 10000
	maxResponseBytes = 10 << 20
	iteratorLife     = 5 * time.Minute
)

// iterator is a place in a shard, of a stream that was created at a time, and
// when the iterator was made.
type iterator struct {
	Made, Created int64 // milliseconds
	Shard, Stream string
	Position      int64
}

const iteratorForm = "tributary %d %d %s %s %d"

// String returns the iterator as clients carry it.
func (i iterator) String() string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, iteratorForm, i.Made, i.Created, i.Shard, i.Stream, i.Position))
}

func parseIterator(text string) (iterator, error) {
	var i iterator
	plain, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		_, err = fmt.Sscanf(string(plain), iteratorForm, &i.Made, &i.Created, &i.Shard, &i.Stream, &i.Position)
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

func (a *api) noShard(shard, stream string) error {
	return wire.Errorf("ResourceNotFoundException", "Shard %s in stream %s under account %s does not exist", shard, stream, a.account)
}

func (a *api) iterator(st *stream, sh *shard, position int64) string {
	return iterator{a.store.clock().UnixMilli(), st.created.UnixMilli(), sh.id, st.name, position}.String()
}

// start returns the position that a checked request for an iterator means.
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

type gotRecord struct {
	SequenceNumber              string
	ApproximateArrivalTimestamp epoch
	Data                        []byte
	PartitionKey                string
	EncryptionType              string
}

type getRecordsOutput struct {
	Records            []gotRecord
	NextShardIterator  string
	MillisBehindLatest int64
}

// getRecords always gives a next iterator: no shard is ever closed.
func (a *api) getRecords(in *getRecordsInput) (getRecordsOutput, error) {
	limit, it, err := a.getRecordsPlace(in)
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
		Records:            make([]gotRecord, len(records)),
		NextShardIterator:  a.iterator(st, sh, next),
		MillisBehindLatest: a.behind(sh, next),
	}
	for i, r := range records {
		out.Records[i] = gotRecord{r.SequenceNumber, epoch(r.Arrived), r.Data, r.PartitionKey, info.Config.encryptionType()}
	}
	return out, nil
}

// getRecordsPlace returns how many records a request asks for, and from where.
func (a *api) getRecordsPlace(in *getRecordsInput) (int, iterator, error) {
	var v violations
	v.required("shardIterator", in.ShardIterator)
	v.limit("limit", in.Limit, maxRecords)
	if err := v.err(); err != nil {
		return 0, iterator{}, err
	}
	it, err := parseIterator(in.ShardIterator)
	if err != nil {
		return 0, iterator{}, err
	}
	if now, made := a.store.clock(), time.UnixMilli(it.Made); now.Sub(made) > iteratorLife {
		return 0, iterator{}, wire.Errorf("ExpiredIteratorException",
			"Iterator expired. The iterator was created at time %s while right now it is %s which is further in the future than the tolerated delay of %d milliseconds.",
			made.UTC().Format(time.UnixDate), now.UTC().Format(time.UnixDate), iteratorLife.Milliseconds())
	}
	if in.Limit != nil {
		return *in.Limit, it, nil
	}
	return maxRecords, it, nil
}

// behind returns how many milliseconds ago the record at position arrived; zero
// when there is none.
func (a *api) behind(sh *shard, position int64) int64 {
	records, _ := sh.read(position, time.Time{}, 1, 0)
	if len(records) == 0 {
		return 0
	}
	return max(0, a.store.clock().Sub(records[0].Arrived).Milliseconds())
}
