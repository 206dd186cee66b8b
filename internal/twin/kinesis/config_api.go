package kinesis

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

type retentionInput struct {
	target
	RetentionPeriodHours int
}

func (a *api) increaseRetention(in *retentionInput) (none, error) {
	return a.change(in.target, func(c *Config) error {
		if in.RetentionPeriodHours < c.RetentionHours {
			return wire.Errorf("InvalidArgumentException",
				"Requested retention period (%d hours) for stream %s can not be shorter than existing retention period (%d hours). Use DecreaseRetentionPeriod API.",
				in.RetentionPeriodHours, in.StreamName, c.RetentionHours)
		}
		c.RetentionHours = in.RetentionPeriodHours
		return nil
	})
}

func (a *api) decreaseRetention(in *retentionInput) (none, error) {
	return a.change(in.target, func(c *Config) error {
		if in.RetentionPeriodHours > c.RetentionHours {
			return wire.Errorf("InvalidArgumentException",
				"Requested retention period (%d hours) for stream %s can not be longer than existing retention period (%d hours). Use IncreaseRetentionPeriod API.",
				in.RetentionPeriodHours, in.StreamName, c.RetentionHours)
		}
		c.RetentionHours = in.RetentionPeriodHours
		return nil
	})
}

type updateStreamModeInput struct {
	target
	StreamModeDetails modeDetails
}

// updateStreamMode changes a stream's capacity mode. The number of shards does not
// change, as on AWS.
func (a *api) updateStreamMode(in *updateStreamModeInput) (none, error) {
	var v violations
	v.oneOf("streamModeDetails.streamMode", in.StreamModeDetails.StreamMode, Provisioned, OnDemand)
	if err := v.err(); err != nil {
		return none{}, err
	}
	return a.change(in.target, func(c *Config) error {
		c.Mode = in.StreamModeDetails.StreamMode
		return nil
	})
}

type updateMaxRecordSizeInput struct {
	target
	MaxRecordSizeInKiB int
}

func (a *api) updateMaxRecordSize(in *updateMaxRecordSizeInput) (none, error) {
	return a.change(in.target, func(c *Config) error {
		c.MaxRecordKiB = in.MaxRecordSizeInKiB
		return nil
	})
}

type encryptionInput struct {
	target
	EncryptionType string
	KeyID          string `json:"KeyId"`
}

func (in *encryptionInput) check() error {
	var v violations
	v.oneOf("encryptionType", in.EncryptionType, "KMS")
	v.required("keyId", in.KeyID)
	return v.err()
}

func (a *api) startEncryption(in *encryptionInput) (none, error) {
	if err := in.check(); err != nil {
		return none{}, err
	}
	return a.change(in.target, func(c *Config) error {
		c.KeyID = in.KeyID
		return nil
	})
}

func (a *api) stopEncryption(in *encryptionInput) (none, error) {
	if err := in.check(); err != nil {
		return none{}, err
	}
	return a.change(in.target, func(c *Config) error {
		c.KeyID = ""
		return nil
	})
}

type addTagsInput struct {
	target
	Tags map[string]string
}

func (a *api) addTagsToStream(in *addTagsInput) (none, error) {
	return a.change(in.target, func(c *Config) error {
		if c.Tags == nil {
			c.Tags = map[string]string{}
		}
		maps.Copy(c.Tags, in.Tags)
		return nil
	})
}

type removeTagsInput struct {
	target
	TagKeys []string
}

func (a *api) removeTagsFromStream(in *removeTagsInput) (none, error) {
	return a.change(in.target, func(c *Config) error {
		for _, key := range in.TagKeys {
			delete(c.Tags, key)
		}
		return nil
	})
}

type tagResourceInput struct {
	ResourceARN string
	Tags        map[string]string
}

func (a *api) tagResource(in *tagResourceInput) (none, error) {
	return a.addTagsToStream(&addTagsInput{target{StreamARN: in.ResourceARN}, in.Tags})
}

type untagResourceInput struct {
	ResourceARN string
	TagKeys     []string
}

func (a *api) untagResource(in *untagResourceInput) (none, error) {
	return a.removeTagsFromStream(&removeTagsInput{target{StreamARN: in.ResourceARN}, in.TagKeys})
}

type tag struct{ Key, Value string }

// tags returns a stream's tags, sorted by key. It omits keys up to and including after.
func tags(c Config, after string) []tag {
	list := []tag{}
	for key, value := range c.Tags {
		if key > after {
			list = append(list, tag{key, value})
		}
	}
	slices.SortFunc(list, func(a, b tag) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

type listTagsForStreamInput struct {
	target
	ExclusiveStartTagKey string
	Limit                *int
}

type listTagsForStreamOutput struct {
	Tags        []tag
	HasMoreTags bool
}

func (a *api) listTagsForStream(in *listTagsForStreamInput) (listTagsForStreamOutput, error) {
	var v violations
	v.limit("limit", in.Limit, maxTags)
	if err := v.err(); err != nil {
		return listTagsForStreamOutput{}, err
	}
	_, info, err := a.find(in.target)
	if err != nil {
		return listTagsForStreamOutput{}, err
	}
	list, limit := tags(info.Config, in.ExclusiveStartTagKey), maxTags
	if in.Limit != nil {
		limit = *in.Limit
	}
	return listTagsForStreamOutput{list[:min(limit, len(list))], len(list) > limit}, nil
}

type listTagsForResourceInput struct{ ResourceARN string }

type listTagsForResourceOutput struct{ Tags []tag }

func (a *api) listTagsForResource(in *listTagsForResourceInput) (listTagsForResourceOutput, error) {
	_, info, err := a.find(target{StreamARN: in.ResourceARN})
	if err != nil {
		return listTagsForResourceOutput{}, err
	}
	return listTagsForResourceOutput{tags(info.Config, "")}, nil
}
