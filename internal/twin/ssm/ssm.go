// Package ssm emulates the Parameter Store of AWS Systems Manager for the local twin. It
// keeps the parameters in memory. The CDK CLI reads the version of its bootstrap stack
// from a parameter.
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
	Version int64 // the first version is 1
	// LastModified is in UTC.
	LastModified time.Time
}

// Store keeps parameters in memory. [New] creates one; the zero value is not usable.
type Store struct {
	region, account string
	clock           func() time.Time

	mu         sync.Mutex
	parameters map[string]Parameter
}

// New returns a Store for a region and an account. preset contains the values of its
// initial parameters by name; they have the type String. clock returns the current time.
func New(region, account string, clock func() time.Time, preset map[string]string) *Store {
	s := &Store{region: region, account: account, clock: clock, parameters: map[string]Parameter{}}
	for name, value := range preset {
		s.parameters[name] = Parameter{name, "String", value, 1, clock().UTC()}
	}
	return s
}

// Get returns a parameter's value, and false if the parameter does not exist.
func (s *Store) Get(name string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.parameters[name]
	return p.Value, ok
}

// Put creates or updates a parameter and returns its new version. kind is the parameter's
// type. An empty kind means "String" for a new parameter, and keeps the type of an existing
// one. Put returns the error ParameterAlreadyExists if the parameter exists and overwrite
// is false.
func (s *Store) Put(name, kind, value string, overwrite bool) (int64, error) {
	switch {
	case name == "":
		return 0, wire.Errorf("ValidationException", "Name: required; set it")
	case value == "":
		return 0, wire.Errorf("ValidationException", "Value: required; set it")
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

// Delete deletes a parameter. It returns the error ParameterNotFound if the parameter does
// not exist.
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

// Handler returns a handler that implements GetParameter, GetParameters, PutParameter and
// DeleteParameter over the AWS JSON protocol. For any other operation it returns an error
// with the operation's name.
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
