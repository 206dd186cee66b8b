package resource

import (
	"context"
	"errors"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

func kinesisTypes(s Services) map[string]*maker {
	return map[string]*maker{
		"AWS::Kinesis::Stream": {
			name:  propertyName("Name", 128, false),
			check: checkStream,
			create: func(_ context.Context, r cloudformation.Request) error {
				err := s.Streams.CreateStream(r.PhysicalID, streamConfig(propertiesOf(r)))
				if errors.Is(err, kinesis.ErrExists) {
					return alreadyExists(r)
				}
				return invalid(err)
			},
			update: func(_ context.Context, r cloudformation.Request) error {
				return invalid(s.Streams.UpdateStream(r.PhysicalID, streamConfig(propertiesOf(r))))
			},
			remove: func(_ context.Context, r cloudformation.Request) error {
				err := s.Streams.DeleteStream(r.PhysicalID)
				if errors.Is(err, kinesis.ErrNotFound) {
					return nil
				}
				return err
			},
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{"Arn": accountOf(r).ARN("kinesis", "stream/"+r.PhysicalID)}
			},
		},
	}
}

// checkStream checks what the store cannot: the rest is its to refuse.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html
func checkStream(_ cloudformation.Request, p properties) {
	p.unsupported("WarmThroughputMiBps", "RecordDistributionStrategy")
	mode := p.object("StreamModeDetails").text("StreamMode")
	switch {
	case mode == kinesis.OnDemand && p.has("ShardCount"):
		p.refuse("ShardCount", "an ON_DEMAND stream takes none")
	case mode == kinesis.Provisioned && !p.has("ShardCount"):
		p.refuse("ShardCount", "a PROVISIONED stream needs one")
	}
	encryption := p.object("StreamEncryption")
	if p.has("StreamEncryption") && encryption.text("KeyId") == "" {
		encryption.refuse("KeyId", "required")
	}
	encryption.oneOf("EncryptionType", "KMS")
	streamConfig(p) // for what it refuses
}

func streamConfig(p properties) kinesis.Config {
	return kinesis.Config{
		Mode:           p.object("StreamModeDetails").text("StreamMode"),
		Shards:         p.integer("ShardCount", 0),
		RetentionHours: p.integer("RetentionPeriodHours", 0),
		MaxRecordKiB:   p.integer("MaxRecordSizeInKiB", 0),
		KeyID:          p.object("StreamEncryption").text("KeyId"),
		Tags:           p.tags(),
	}
}

// invalid says that the request, not the service, is to blame for err.
func invalid(err error) error {
	if err == nil {
		return nil
	}
	return &wire.Error{Code: "InvalidRequest", Message: err.Error()}
}
