package resource

import (
	"context"
	"errors"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

func kinesisTypes(s Services) map[string]*provider {
	return map[string]*provider{
		"AWS::Kinesis::Stream": {
			name:  propertyName("Name", 128, false),
			check: checkStream,
			create: func(_ context.Context, r cloudformation.Request) error {
				err := s.Streams.CreateStream(r.PhysicalID, streamConfig(propertiesOf(r)))
				if errors.Is(err, kinesis.ErrExists) {
					return alreadyExists(r)
				}
				return asInvalidRequest(err)
			},
			update: func(_ context.Context, r cloudformation.Request) error {
				return asInvalidRequest(s.Streams.UpdateStream(r.PhysicalID, streamConfig(propertiesOf(r))))
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

// checkStream checks the properties that kinesis.Store does not check.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html
func checkStream(_ cloudformation.Request, p properties) {
	p.unsupported("WarmThroughputMiBps", "RecordDistributionStrategy")
	mode := p.object("StreamModeDetails").text("StreamMode")
	switch {
	case mode == kinesis.OnDemand && p.has("ShardCount"):
		p.addProblem("ShardCount", "not allowed for an ON_DEMAND stream; remove it")
	case mode == kinesis.Provisioned && !p.has("ShardCount"):
		p.addProblem("ShardCount", "required for a PROVISIONED stream; set it")
	}
	encryption := p.object("StreamEncryption")
	if p.has("StreamEncryption") && encryption.text("KeyId") == "" {
		encryption.addProblem("KeyId", "required; set it")
	}
	encryption.checkOneOf("EncryptionType", "KMS")
	streamConfig(p) // adds problems with the types of properties
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

// asInvalidRequest returns err as an InvalidRequest error. It returns nil for nil.
func asInvalidRequest(err error) error {
	if err == nil {
		return nil
	}
	return &wire.Error{Code: "InvalidRequest", Message: err.Error()}
}
