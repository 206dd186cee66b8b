package kinesis

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// The capacity modes of a stream.
const (
	OnDemand    = "ON_DEMAND"
	Provisioned = "PROVISIONED"
)

// Limits of a stream.
//
// Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
const (
	onDemandShards    = 4 // number of shards of a new on-demand stream
	maxShards         = 10000
	minRetentionHours = 24
	maxRetentionHours = 8760
	minRecordKiB      = 1024
	maxRecordKiB      = 10240
	maxTags           = 50
	maxTagKey         = 128 // characters
	maxTagValue       = 256 // characters
)

// streamName matches valid names of streams.
var streamName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,128}$`)

// Config is the configuration of a stream. The zero value is that of a new on-demand
// stream.
type Config struct {
	// Mode is OnDemand or Provisioned. Empty means Provisioned if Shards is not zero,
	// else OnDemand.
	Mode string
	// Shards is the number of shards, 1 to 10,000. Zero means 4 for an on-demand stream,
	// and is an error for a provisioned stream.
	Shards int
	// RetentionHours is the number of hours for which records are kept: 24 to 8,760.
	// Zero means 24.
	RetentionHours int
	// MaxRecordKiB is the size of the largest record: 1,024 to 10,240. Zero
	// means 1,024.
	MaxRecordKiB int
	// KeyID is the ID, ARN or alias of the stream's KMS key. The twin keeps it, but does
	// not encrypt records. Empty means that the stream is not encrypted.
	KeyID string
	// Tags are the stream's tags. Nil means none.
	Tags map[string]string
}

// withDefaults returns c with values in place of those zero values that mean another.
func (c Config) withDefaults() Config {
	if c.Mode == "" && c.Shards > 0 {
		c.Mode = Provisioned
	}
	c.Mode = cmp.Or(c.Mode, OnDemand)
	if c.Mode == OnDemand && c.Shards == 0 {
		c.Shards = onDemandShards
	}
	c.RetentionHours = cmp.Or(c.RetentionHours, minRetentionHours)
	c.MaxRecordKiB = cmp.Or(c.MaxRecordKiB, minRecordKiB)
	return c
}

// check returns one error for all invalid values of c, nil if all are valid.
func (c Config) check() error {
	var errs []error
	if c.Mode != OnDemand && c.Mode != Provisioned {
		errs = append(errs, fmt.Errorf("mode: needs %s or %s, got %q", OnDemand, Provisioned, c.Mode))
	}
	errs = append(errs,
		between("shards", c.Shards, 1, maxShards),
		between("retention hours", c.RetentionHours, minRetentionHours, maxRetentionHours),
		between("max record KiB", c.MaxRecordKiB, minRecordKiB, maxRecordKiB),
		between("tags", len(c.Tags), 0, maxTags))
	for key, value := range c.Tags {
		errs = append(errs,
			between(fmt.Sprintf("tags[%q]: length of the key", key), utf8.RuneCountInString(key), 1, maxTagKey),
			between(fmt.Sprintf("tags[%q]: length of the value", key), utf8.RuneCountInString(value), 0, maxTagValue))
	}
	return errors.Join(errs...)
}

// between returns an error if the value of a field is less than least or more than most.
func between(field string, value, least, most int) error {
	if value < least || value > most {
		return fmt.Errorf("%s: needs %d to %d, got %d", field, least, most, value)
	}
	return nil
}

func checkName(name string) error {
	if !streamName.MatchString(name) {
		return fmt.Errorf("stream name: needs 1 to 128 letters, digits, '_', '.' and '-', got %q", name)
	}
	return nil
}
