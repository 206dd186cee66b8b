package kinesis

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// The modes of a stream's capacity.
const (
	OnDemand    = "ON_DEMAND"
	Provisioned = "PROVISIONED"
)

// Limits of a stream.
//
// Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
const (
	onDemandShards    = 4 // of a new on-demand stream
	maxShards         = 10000
	minRetentionHours = 24
	maxRetentionHours = 8760
	minRecordKiB      = 1024
	maxRecordKiB      = 10240
	maxTags           = 50
	maxTagKey         = 128 // characters
	maxTagValue       = 256 // characters
)

var streamName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,128}$`)

// Config is how a stream is set up. The zero Config is that of a new on-demand
// stream.
type Config struct {
	// Mode is OnDemand or Provisioned. Empty means Provisioned when Shards is
	// given, else OnDemand.
	Mode string
	// Shards is the number of shards, 1 to 10,000. Zero means the 4 which a new
	// on-demand stream has; a provisioned stream must say.
	Shards int
	// RetentionHours is how long records are kept: 24 to 8,760. Zero means 24.
	RetentionHours int
	// MaxRecordKiB is the size of the largest record: 1,024 to 10,240. Zero
	// means 1,024.
	MaxRecordKiB int
	// KeyID is the KMS key that encrypts the stream, as it was given: the twin
	// encrypts nothing. Empty means none.
	KeyID string
	// Tags are the stream's tags. Nil means none.
	Tags map[string]string
}

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

// check returns everything that is wrong with c, joined.
func (c Config) check() error {
	var errs []error
	if c.Mode != OnDemand && c.Mode != Provisioned {
		errs = append(errs, fmt.Errorf("mode: %s or %s, got %q", OnDemand, Provisioned, c.Mode))
	}
	errs = append(errs,
		between("shards", c.Shards, 1, maxShards),
		between("retention hours", c.RetentionHours, minRetentionHours, maxRetentionHours),
		between("max record KiB", c.MaxRecordKiB, minRecordKiB, maxRecordKiB),
		between("tags", len(c.Tags), 0, maxTags))
	for key, value := range c.Tags {
		errs = append(errs,
			between(fmt.Sprintf("tags[%q]: characters of the key", key), utf8.RuneCountInString(key), 1, maxTagKey),
			between(fmt.Sprintf("tags[%q]: characters of the value", key), utf8.RuneCountInString(value), 0, maxTagValue))
	}
	return errors.Join(errs...)
}

func between(what string, got, least, most int) error {
	if got < least || got > most {
		return fmt.Errorf("%s: between %d and %d, got %d", what, least, most, got)
	}
	return nil
}

func checkName(name string) error {
	if !streamName.MatchString(name) {
		return fmt.Errorf("stream name: 1 to 128 letters, digits, '_', '.' and '-', got %q", name)
	}
	return nil
}
