package kinesis

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Faults makes the streams misbehave as real ones may: for tests. The zero
// Faults does nothing. The functions may be called at the same time.
type Faults struct {
	// Before is asked before an operation, by name such as "PutRecords"; its
	// error is answered and nothing is done.
	Before func(operation string) error
	// After is asked once an operation is done; its error is answered, so that
	// the caller can't know that it was done. So a real stream gets duplicates.
	After func(operation string) error
	// Refuse is asked for each entry of PutRecords; true refuses the entry with
	// a ProvisionedThroughputExceededException.
	Refuse func(stream, shard string) bool
}

// api answers the API's operations from a store.
type api struct {
	store           *Store
	region, account string
	faults          Faults
}

// Handler answers the Kinesis API over AWS JSON 1.1, and over CBOR, in which the
// AWS SDK for Java speaks to it, for streams whose ARNs are in region and account.
func (s *Store) Handler(region, account string) http.Handler {
	return s.FaultyHandler(region, account, Faults{})
}

// FaultyHandler is Handler with faults.
func (s *Store) FaultyHandler(region, account string, faults Faults) http.Handler {
	a := &api{s, region, account, faults}
	operations := map[string]wire.Operation{
		"AddTagsToStream":               handle(a.addTagsToStream),
		"CreateStream":                  handle(a.createStream),
		"DecreaseStreamRetentionPeriod": handle(a.decreaseRetention),
		"DeleteStream":                  handle(a.deleteStream),
		"DescribeLimits":                handle(a.describeLimits),
		"DescribeStream":                handle(a.describeStream),
		"DescribeStreamSummary":         handle(a.describeStreamSummary),
		"GetRecords":                    handle(a.getRecords),
		"GetShardIterator":              handle(a.getShardIterator),
		"IncreaseStreamRetentionPeriod": handle(a.increaseRetention),
		"ListShards":                    handle(a.listShards),
		"ListStreams":                   handle(a.listStreams),
		"ListTagsForResource":           handle(a.listTagsForResource),
		"ListTagsForStream":             handle(a.listTagsForStream),
		"PutRecord":                     handle(a.putRecord),
		"PutRecords":                    handle(a.putRecords),
		"RemoveTagsFromStream":          handle(a.removeTagsFromStream),
		"StartStreamEncryption":         handle(a.startEncryption),
		"StopStreamEncryption":          handle(a.stopEncryption),
		"TagResource":                   handle(a.tagResource),
		"UntagResource":                 handle(a.untagResource),
		"UpdateMaxRecordSize":           handle(a.updateMaxRecordSize),
		"UpdateStreamMode":              handle(a.updateStreamMode),
	}
	for name, op := range operations {
		operations[name] = faults.around(name, op)
	}
	return &wire.JSON{Service: "kinesis", Operations: operations, CBOR: true}
}

func (f Faults) around(name string, op wire.Operation) wire.Operation {
	return func(ctx context.Context, body wire.Body) (any, error) {
		if f.Before != nil {
			if err := f.Before(name); err != nil {
				return nil, err
			}
		}
		out, err := op(ctx, body)
		if err == nil && f.After != nil {
			err = f.After(name)
		}
		return out, err
	}
}

// handle decodes an operation's input, refusing parameters which the twin
// doesn't know.
func handle[I, O any](f func(*I) (O, error)) wire.Operation {
	return func(_ context.Context, body wire.Body) (any, error) {
		in := new(I)
		err := body.DecodeKnown(in)
		if unknown := new(wire.UnknownFieldError); errors.As(err, &unknown) {
			return nil, wire.Errorf("ValidationException", "the local twin's kinesis has no parameter %q here", unknown.Field)
		}
		if err != nil {
			return nil, wire.Errorf("SerializationException", "%v", err)
		}
		return f(in)
	}
}

// target says which stream a request means.
type target struct{ StreamName, StreamARN string }

// name returns the stream's name, or what is wrong with the target.
func (a *api) name(t target) (string, error) {
	switch {
	case t.StreamARN == "" && t.StreamName == "":
		return "", wire.Errorf("ValidationException", "Either StreamName or StreamARN should be provided.")
	case t.StreamARN == "":
		var v violations
		v.streamName(t.StreamName)
		return t.StreamName, v.err()
	}
	name, ok := strings.CutPrefix(t.StreamARN, a.arn(""))
	if !ok {
		return "", wire.Errorf("ResourceNotFoundException", "Stream %s not found.", t.StreamARN)
	}
	if t.StreamName != "" && t.StreamName != name {
		return "", wire.Errorf("ValidationException", "StreamName %s and StreamARN %s are of different streams.", t.StreamName, t.StreamARN)
	}
	return name, nil
}

// arn returns the ARN of the stream of that name.
func (a *api) arn(name string) string {
	return account.Account{Region: a.region, ID: a.account}.ARN("kinesis", "stream/"+name)
}

// find returns the stream that a request means.
func (a *api) find(t target) (*stream, Info, error) {
	name, err := a.name(t)
	if err != nil {
		return nil, Info{}, err
	}
	st, info, err := a.store.lookup(name)
	return st, info, a.refusal(name, err)
}

// change edits the configuration of the stream that a request means.
func (a *api) change(t target, edit func(*Config) error) (struct{}, error) {
	name, err := a.name(t)
	if err == nil {
		err = a.refusal(name, a.store.change(name, edit))
	}
	return struct{}{}, err
}

// refusal returns an error of the store in AWS's words.
func (a *api) refusal(stream string, err error) error {
	var refused *wire.Error
	switch {
	case err == nil || errors.As(err, &refused):
		return err
	case errors.Is(err, ErrNotFound):
		return wire.Errorf("ResourceNotFoundException", "Stream %s under account %s not found.", stream, a.account)
	case errors.Is(err, ErrExists):
		return wire.Errorf("ResourceInUseException", "Stream %s under account %s already exists.", stream, a.account)
	}
	return wire.Errorf("InvalidArgumentException", "%v", err)
}
