package kinesis_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
)

func TestCreateStream(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name   string
		config kinesis.Config
		want   kinesis.Config
		err    string
	}{
		"on demand": {
			name: "ev_stream_data",
			want: kinesis.Config{Mode: "ON_DEMAND", Shards: 4, RetentionHours: 24, MaxRecordKiB: 1024},
		},
		"provisioned": {
			name:   "s",
			config: kinesis.Config{Shards: 2, RetentionHours: 48, MaxRecordKiB: 10240},
			want:   kinesis.Config{Mode: "PROVISIONED", Shards: 2, RetentionHours: 48, MaxRecordKiB: 10240},
		},
		"all values invalid": {
			name:   "a b",
			config: kinesis.Config{Mode: "FAST", Shards: -1, RetentionHours: 23, MaxRecordKiB: 1},
			err: `stream name: needs 1 to 128 letters, digits, '_', '.' and '-', got "a b"
mode: needs ON_DEMAND or PROVISIONED, got "FAST"
shards: needs 1 to 10000, got -1
retention hours: needs 24 to 8760, got 23
max record KiB: needs 1024 to 10240, got 1`,
		},
		"provisioned without shards": {
			name:   "s",
			config: kinesis.Config{Mode: "PROVISIONED"},
			err:    "shards: needs 1 to 10000, got 0",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := kinesis.New(newClock().Now)
			err := store.CreateStream(test.name, test.config)
			if diff := cmp.Diff(test.err, text(err)); diff != "" {
				t.Fatal(diff)
			}
			if err != nil {
				return
			}
			want := []kinesis.Info{{Name: test.name, Created: start, Config: test.want}}
			if diff := cmp.Diff(want, store.Streams()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// text returns an error's text, empty for nil.
func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestCreateAndDeleteStream(t *testing.T) {
	t.Parallel()
	store := kinesis.New(newClock().Now)
	create := func() error { return store.CreateStream("s", kinesis.Config{}) }
	if err := create(); err != nil {
		t.Fatal(err)
	}
	if err := create(); !errors.Is(err, kinesis.ErrExists) {
		t.Errorf("create it again: got %v, want ErrExists", err)
	}
	if err := store.DeleteStream("s"); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"delete": store.DeleteStream("s"),
		"update": store.UpdateStream("s", kinesis.Config{}),
		"read":   second(store.Read("s", "shardId-000000000000", "", 1)),
		"shards": second(store.Shards("s")),
	} {
		if !errors.Is(err, kinesis.ErrNotFound) {
			t.Errorf("%s of a deleted stream: got %v, want ErrNotFound", name, err)
		}
	}
	if err := create(); err != nil {
		t.Error(err)
	}
}

// second returns its second argument: the error of a function with two results.
func second[T any](_ T, err error) error { return err }

func TestUpdateStreamKeepsTheShards(t *testing.T) {
	t.Parallel()
	store := kinesis.New(newClock().Now)
	if err := store.CreateStream("s", kinesis.Config{Shards: 2}); err != nil {
		t.Fatal(err)
	}
	if err := store.UpdateStream("s", kinesis.Config{RetentionHours: 48, Tags: map[string]string{"a": "b"}}); err != nil {
		t.Fatal(err)
	}
	want := kinesis.Config{Mode: "ON_DEMAND", Shards: 2, RetentionHours: 48, MaxRecordKiB: 1024, Tags: map[string]string{"a": "b"}}
	if diff := cmp.Diff(want, store.Streams()[0].Config); diff != "" {
		t.Error(diff)
	}
	err := store.UpdateStream("s", kinesis.Config{Shards: 3})
	if want := `stream "s": the local twin can't change the number of shards from 2 to 3; delete the stream and create it again`; text(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
