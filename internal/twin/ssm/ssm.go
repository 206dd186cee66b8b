// Package ssm keeps, for the local twin, the parameters of AWS Systems
// Manager's Parameter Store in memory. The CDK CLI reads the version of its
// bootstrap stack from there.
//
// Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/Welcome.html
package ssm

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Parameter is one version of a parameter.
type Parameter struct {
	Name    string
	Type    string // "String", "StringList" or "SecureString"
	Value   string
	Version int64 // from 1
	// LastModified is in UTC.
	LastModified time.Time
}

// Store keeps parameters by name. Its zero value is not usable: see [New].
type Store struct {
	region, account string
	clock           func() time.Time

	mu         sync.Mutex
	parameters map[string]Parameter
}

// New returns a Store of a region and account that holds preset: String
// parameters, by name.
func New(region, account string, clock func() time.Time, preset map[string]string) *Store {
	s := &Store{region: region, account: account, clock: clock, parameters: map[string]Parameter{}}
	for name, value := range preset {
		s.parameters[name] = Parameter{name, "String", value, 1, clock().UTC()}
	}
	return s
}

// Get returns a parameter's value, and whether there is one of that name.
func (s *Store) Get(name string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.parameters[name]
	return p.Value, ok
}

// Put writes a parameter and returns its new version. An empty kind means
// "String". A parameter that exists is refused unless overwrite is set:
// ParameterAlreadyExists.
func (s *Store) Put(name, kind, value string, overwrite bool) (int64, error) {
	switch {
	case name == "":
		return 0, wire.Errorf("ValidationException", "Name: required")
	case value == "":
		return 0, wire.Errorf("ValidationException", "Value: required")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, exists := s.parameters[name]
	if exists && !overwrite {
		return 0, wire.Errorf("ParameterAlreadyExists",
			"The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
	}
	switch kind {
	case "":
		kind = "String"
		if exists {
			kind = old.Type
		}
	case "String", "StringList", "SecureString":
	default:
		return 0, wire.Errorf("UnsupportedParameterType", "The parameter type %s is not supported.", kind)
	}
	s.parameters[name] = Parameter{name, kind, value, old.Version + 1, s.clock().UTC()}
	return old.Version + 1, nil
}

// Delete removes a parameter; one that isn't there is ParameterNotFound.
func (s *Store) Delete(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.parameters[name]; !ok {
		return notFound(name)
	}
	delete(s.parameters, name)
	return nil
}

// Names returns the names of all parameters, sorted.
func (s *Store) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.parameters))
}

// Handler serves GetParameter, GetParameters, PutParameter and
// DeleteParameter over AWS JSON, and refuses every other operation by name.
func (s *Store) Handler() http.Handler {
	return &wire.JSON{Service: "ssm", Operations: map[string]wire.Operation{
		"GetParameter":    wire.Handle(s.getParameter),
		"GetParameters":   wire.Handle(s.getParameters),
		"PutParameter":    wire.Handle(s.putParameter),
		"DeleteParameter": wire.Handle(s.deleteParameter),
	}}
}

type parameterOutput struct {
	ARN              string
	DataType         string
	LastModifiedDate float64 // seconds since 1970
	Name             string
	Type             string
	Value            string
	Version          int64
}

func (s *Store) output(p Parameter) parameterOutput {
	slash := "/"
	if p.Name[0] == '/' {
		slash = ""
	}
	return parameterOutput{
		ARN:              account.Account{Region: s.region, ID: s.account}.ARN("ssm", "parameter"+slash+p.Name),
		DataType:         "text",
		LastModifiedDate: float64(p.LastModified.UnixMilli()) / 1000,
		Name:             p.Name, Type: p.Type, Value: p.Value, Version: p.Version,
	}
}

type getParameterInput struct{ Name string }

type getParameterOutput struct{ Parameter parameterOutput }

func (s *Store) getParameter(_ context.Context, in *getParameterInput) (*getParameterOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.parameters[in.Name]
	if !ok {
		return nil, notFound(in.Name)
	}
	return &getParameterOutput{s.output(p)}, nil
}

type getParametersInput struct{ Names []string }

type getParametersOutput struct {
	Parameters        []parameterOutput
	InvalidParameters []string
}

func (s *Store) getParameters(_ context.Context, in *getParametersInput) (*getParametersOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &getParametersOutput{[]parameterOutput{}, []string{}}
	for _, name := range in.Names {
		if p, ok := s.parameters[name]; ok {
			out.Parameters = append(out.Parameters, s.output(p))
		} else {
			out.InvalidParameters = append(out.InvalidParameters, name)
		}
	}
	return out, nil
}

type putParameterInput struct {
	Name, Type, Value string
	Overwrite         bool
}

type putParameterOutput struct {
	Tier    string
	Version int64
}

func (s *Store) putParameter(_ context.Context, in *putParameterInput) (*putParameterOutput, error) {
	version, err := s.Put(in.Name, in.Type, in.Value, in.Overwrite)
	return &putParameterOutput{"Standard", version}, err
}

type deleteParameterInput struct{ Name string }

func (s *Store) deleteParameter(_ context.Context, in *deleteParameterInput) (any, error) {
	return nil, s.Delete(in.Name)
}

func notFound(name string) *wire.Error {
	return wire.Errorf("ParameterNotFound", "Parameter %s not found.", name)
}
