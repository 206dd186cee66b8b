package kinesis

import (
	"encoding/base64"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

type hashKeyRange struct{ StartingHashKey, EndingHashKey string }

type sequenceNumberRange struct{ StartingSequenceNumber string }

// shardOutput is a shard in a response. All shards are open, so none has a parent or an
// ending sequence number.
type shardOutput struct {
	ShardID             string `json:"ShardId"`
	HashKeyRange        hashKeyRange
	SequenceNumberRange sequenceNumberRange
}

// page returns at most limit of the shards whose IDs are greater than after, and whether
// more such shards exist.
func (st *stream) page(after string, limit int) ([]shardOutput, bool) {
	shards := []shardOutput{}
	for i, sh := range st.shards {
		if sh.id <= after {
			continue
		}
		if len(shards) == limit {
			return shards, true
		}
		shards = append(shards, shardOutput{
			ShardID:             sh.id,
			HashKeyRange:        hashKeyRange{st.ring[i].String(), st.ring.last(i).String()},
			SequenceNumberRange: sequenceNumberRange{sequenceNumber(sh.prefix, 0)},
		})
	}
	return shards, false
}

type describeStreamInput struct {
	target
	Limit                 *int
	ExclusiveStartShardID string `json:"ExclusiveStartShardId"`
}

type streamDescription struct {
	description
	Shards        []shardOutput
	HasMoreShards bool
}

type describeStreamOutput struct{ StreamDescription streamDescription }

func (a *api) describeStream(in *describeStreamInput) (describeStreamOutput, error) {
	var v violations
	v.limit("limit", in.Limit, 10000)
	if err := v.err(); err != nil {
		return describeStreamOutput{}, err
	}
	st, info, err := a.find(in.target)
	if err != nil {
		return describeStreamOutput{}, err
	}
	limit := 100
	if in.Limit != nil {
		limit = *in.Limit
	}
	shards, more := st.page(in.ExclusiveStartShardID, limit)
	return describeStreamOutput{streamDescription{a.describe(info), shards, more}}, nil
}

type shardFilter struct {
	Type      string
	ShardID   string `json:"ShardId"`
	Timestamp *epoch
}

type listShardsInput struct {
	target
	NextToken               string
	ExclusiveStartShardID   string `json:"ExclusiveStartShardId"`
	MaxResults              *int
	StreamCreationTimestamp *epoch
	ShardFilter             *shardFilter
}

type listShardsOutput struct {
	Shards    []shardOutput
	NextToken string `json:",omitempty"`
}

// listShards returns all shards for every filter except AFTER_SHARD_ID, since all shards
// are open from the creation of the stream.
func (a *api) listShards(in *listShardsInput) (listShardsOutput, error) {
	after, err := a.listShardsStart(in)
	if err != nil {
		return listShardsOutput{}, err
	}
	st, info, err := a.find(in.target)
	if err != nil {
		return listShardsOutput{}, err
	}
	limit := 1000
	if in.MaxResults != nil {
		limit = *in.MaxResults
	}
	shards, more := st.page(after, limit)
	out := listShardsOutput{Shards: shards}
	if more {
		out.NextToken = base64.StdEncoding.EncodeToString([]byte(info.Name + "/" + shards[len(shards)-1].ShardID))
	}
	return out, nil
}

// listShardsStart returns the ID of the shard after which the list begins; empty for a
// list of all shards. If the request has a token, it sets the request's StreamName to
// the stream of the token.
func (a *api) listShardsStart(in *listShardsInput) (string, error) {
	var v violations
	v.limit("maxResults", in.MaxResults, 10000)
	if f := in.ShardFilter; f != nil {
		v.oneOf("shardFilter.type", f.Type, "AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP")
	}
	if err := v.err(); err != nil {
		return "", err
	}
	if in.NextToken != "" {
		if in.StreamName != "" {
			return "", wire.Errorf("InvalidArgumentException", "NextToken and StreamName cannot be provided together.")
		}
		token, _ := base64.StdEncoding.DecodeString(in.NextToken)
		stream, after, ok := strings.Cut(string(token), "/")
		if !ok {
			return "", wire.Errorf("InvalidArgumentException", "NextToken is invalid.")
		}
		in.StreamName = stream
		return after, nil
	}
	if f := in.ShardFilter; f != nil && f.Type == "AFTER_SHARD_ID" {
		if f.ShardID == "" {
			return "", wire.Errorf("InvalidArgumentException", "ShardFilter of type AFTER_SHARD_ID needs a ShardId.")
		}
		return f.ShardID, nil
	}
	return in.ExclusiveStartShardID, nil
}
