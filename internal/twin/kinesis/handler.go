package kinesis

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Faults lets a test make operations fail as they may fail on AWS. The zero value makes
// none fail. The functions must be safe for concurrent use.
type Faults struct {
	// Before is called before each operation, with the operation's name, such as
	// "PutRecords". If it returns an error, the response is that error, and the operation
	// is not carried out. Nil means that it never returns one.
	Before func(operation string) error
	// After is called after each operation that has succeeded. If it returns an error,
	// the response is that error although the operation was carried out. On AWS, a client
	// that retries after such an error creates duplicates. Nil means that it never
	// returns one.
	After func(operation string) error
	// Refuse is called for each entry of a PutRecords request. If it returns true, the
	// entry fails with a ProvisionedThroughputExceededException. Nil means that it never
	// returns true.
	Refuse func(stream, shard string) bool
}

// api implements the API's operations on a store.
type api struct {
	store           *Store
	region, account string
	faults          Faults
}

// Handler serves the Kinesis API in AWS JSON 1.1, and in CBOR, which the AWS SDK for
// Java uses. The streams' ARNs are in region and account.
func (s *Store) Handler(region, account string) http.Handler {
	return s.FaultyHandler(region, account, Faults{})
}

// FaultyHandler returns a handler like that of Handler, with faults.
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

// around returns an operation with the faults Before and After.
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

// handle returns an operation that decodes its input and calls f. It returns an error
// for a parameter that I does not have.
func handle[I, O any](f func(*I) (O, error)) wire.Operation {
	return func(_ context.Context, body wire.Body) (any, error) {
		in := new(I)
		err := body.DecodeKnown(in)
		if unknown := new(wire.UnknownFieldError); errors.As(err, &unknown) {
			return nil, wire.Errorf("ValidationException", "the local twin's kinesis does not support the parameter %q of this operation", unknown.Field)
		}
		if err != nil {
			return nil, wire.Errorf("SerializationException", "%v", err)
		}
		return f(in)
	}
}

// target identifies the stream of a request. One of its fields may be empty.
type target struct{ StreamName, StreamARN string }

// name returns the name of a target's stream, or an error if the target is invalid.
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
		return "", wire.Errorf("ValidationException", "StreamName %s and StreamARN %s identify different streams.", t.StreamName, t.StreamARN)
	}
	return name, nil
}

// arn returns the ARN of the stream with the given name.
func (a *api) arn(name string) string {
	return account.Account{Region: a.region, ID: a.account}.ARN("kinesis", "stream/"+name)
}

// find returns the stream that a request identifies.
func (a *api) find(t target) (*stream, Info, error) {
	name, err := a.name(t)
	if err != nil {
		return nil, Info{}, err
	}
	st, info, err := a.store.lookup(name)
	return st, info, a.apiError(name, err)
}

// change edits the configuration of the stream that a request identifies.
func (a *api) change(t target, edit func(*Config) error) (struct{}, error) {
	name, err := a.name(t)
	if err == nil {
		err = a.apiError(name, a.store.change(name, edit))
	}
	return struct{}{}, err
}

// apiError converts an error of the store to the error that AWS returns. It returns nil
// for nil.
func (a *api) apiError(stream string, err error) error {
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
