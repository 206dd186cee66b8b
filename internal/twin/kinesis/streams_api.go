package kinesis

import (
	"slices"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// none is the output of an operation that returns no data.
type none = struct{}

// modeDetails is a stream's capacity mode in a request or response.
type modeDetails struct{ StreamMode string }

type createStreamInput struct {
	StreamName         string
	ShardCount         *int
	StreamModeDetails  *modeDetails
	MaxRecordSizeInKiB int
	Tags               map[string]string
}

func (a *api) createStream(in *createStreamInput) (none, error) {
	var v violations
	v.streamName(in.StreamName)
	v.limit("shardCount", in.ShardCount, maxShards)
	c := Config{Mode: Provisioned, MaxRecordKiB: in.MaxRecordSizeInKiB, Tags: in.Tags}
	if in.StreamModeDetails != nil {
		c.Mode = in.StreamModeDetails.StreamMode
		v.oneOf("streamModeDetails.streamMode", c.Mode, Provisioned, OnDemand)
	}
	if err := v.err(); err != nil {
		return none{}, err
	}
	switch {
	case in.ShardCount == nil && c.Mode == Provisioned:
		return none{}, wire.Errorf("ValidationException", "ShardCount is required for a stream in PROVISIONED mode.")
	case in.ShardCount != nil && c.Mode == OnDemand:
		return none{}, wire.Errorf("ValidationException", "ShardCount can't be set for a stream in ON_DEMAND mode.")
	case in.ShardCount != nil:
		c.Shards = *in.ShardCount
	}
	return none{}, a.apiError(in.StreamName, a.store.CreateStream(in.StreamName, c))
}

type deleteStreamInput struct {
	target
	EnforceConsumerDeletion bool // has no effect: the twin has no consumers
}

func (a *api) deleteStream(in *deleteStreamInput) (none, error) {
	name, err := a.name(in.target)
	if err == nil {
		err = a.apiError(name, a.store.DeleteStream(name))
	}
	return none{}, err
}

// monitoring describes enhanced monitoring, which no stream of the twin has.
type monitoring struct{ ShardLevelMetrics []string }

// description contains what both DescribeStream and DescribeStreamSummary return.
type description struct {
	StreamName              string
	StreamARN               string
	StreamStatus            string
	StreamModeDetails       modeDetails
	RetentionPeriodHours    int
	StreamCreationTimestamp epoch
	EnhancedMonitoring      []monitoring
	EncryptionType          string
	KeyID                   string `json:"KeyId,omitempty"`
	MaxRecordSizeInKiB      int
}

// describe returns a stream's description for a response.
func (a *api) describe(info Info) description {
	return description{
		StreamName:              info.Name,
		StreamARN:               a.arn(info.Name),
		StreamStatus:            "ACTIVE",
		StreamModeDetails:       modeDetails{info.Config.Mode},
		RetentionPeriodHours:    info.Config.RetentionHours,
		StreamCreationTimestamp: epoch(info.Created),
		EnhancedMonitoring:      []monitoring{{[]string{}}},
		EncryptionType:          info.Config.encryptionType(),
		KeyID:                   info.Config.KeyID,
		MaxRecordSizeInKiB:      info.Config.MaxRecordKiB,
	}
}

func (c Config) encryptionType() string {
	if c.KeyID == "" {
		return "NONE"
	}
	return "KMS"
}

type streamSummary struct {
	description
	OpenShardCount int
	ConsumerCount  int
}

type describeStreamSummaryOutput struct{ StreamDescriptionSummary streamSummary }

func (a *api) describeStreamSummary(in *target) (describeStreamSummaryOutput, error) {
	_, info, err := a.find(*in)
	if err != nil {
		return describeStreamSummaryOutput{}, err
	}
	return describeStreamSummaryOutput{streamSummary{a.describe(info), info.Config.Shards, 0}}, nil
}

type listStreamsInput struct {
	Limit                    *int
	ExclusiveStartStreamName string
	NextToken                string
}

type streamOutput struct {
	StreamName              string
	StreamARN               string
	StreamStatus            string
	StreamModeDetails       modeDetails
	StreamCreationTimestamp epoch
}

type listStreamsOutput struct {
	StreamNames     []string
	StreamSummaries []streamOutput
	HasMoreStreams  bool
	NextToken       string `json:",omitempty"`
}

// listStreams returns a page of streams, sorted by name. The token for the next page is
// the name of the page's last stream.
func (a *api) listStreams(in *listStreamsInput) (listStreamsOutput, error) {
	var v violations
	v.limit("limit", in.Limit, 10000)
	if err := v.err(); err != nil {
		return listStreamsOutput{}, err
	}
	after, limit := in.ExclusiveStartStreamName, 100
	if in.NextToken != "" {
		after = in.NextToken
	}
	if in.Limit != nil {
		limit = *in.Limit
	}
	streams := slices.DeleteFunc(a.store.Streams(), func(i Info) bool { return i.Name <= after })
	out := listStreamsOutput{StreamNames: []string{}, StreamSummaries: []streamOutput{}, HasMoreStreams: len(streams) > limit}
	for _, info := range streams[:min(limit, len(streams))] {
		out.StreamNames = append(out.StreamNames, info.Name)
		out.StreamSummaries = append(out.StreamSummaries, streamOutput{
			info.Name, a.arn(info.Name), "ACTIVE", modeDetails{info.Config.Mode}, epoch(info.Created),
		})
	}
	if out.HasMoreStreams {
		out.NextToken = out.StreamNames[limit-1]
	}
	return out, nil
}

type describeLimitsOutput struct {
	ShardLimit, OpenShardCount, OnDemandStreamCount, OnDemandStreamCountLimit int
}

// describeLimits returns AWS's default quotas. The twin does not enforce them.
func (a *api) describeLimits(*none) (describeLimitsOutput, error) {
	out := describeLimitsOutput{ShardLimit: 500, OnDemandStreamCountLimit: 50}
	for _, info := range a.store.Streams() {
		if info.Config.Mode == OnDemand {
			out.OnDemandStreamCount++
		} else {
			out.OpenShardCount += info.Config.Shards
		}
	}
	return out, nil
}
