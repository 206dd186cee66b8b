package resource

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// provider is the cloudformation.Provider of every type in this package. Its methods
// implement the common behavior. Its function fields implement the behavior of one type,
// and may be nil, except name. create, update, remove and attributes receive a request
// with the physical id.
type provider struct {
	registry *Registry
	// name returns the physical id of a new resource.
	name func(cloudformation.Request) string
	// check adds the problems of the properties, before create and update.
	check func(cloudformation.Request, properties)
	// create, update and remove change the resource in the twin's service. remove returns
	// nil if the resource does not exist.
	create, update, remove func(context.Context, cloudformation.Request) error
	// attributes returns the attributes for Fn::GetAtt. The same request always gives the
	// same attributes.
	attributes func(cloudformation.Request) map[string]any
}

// Create creates a resource. It returns an AlreadyExists error if the physical id is in
// use, and an InvalidRequest error if the properties are invalid.
func (m *provider) Create(ctx context.Context, r cloudformation.Request) (cloudformation.Resource, error) {
	if err := m.checkProperties(r); err != nil {
		return cloudformation.Resource{}, handlerError(r, err)
	}
	r.PhysicalID = m.name(r)
	if !m.registry.add(r) {
		return cloudformation.Resource{}, handlerError(r, alreadyExists(r))
	}
	if m.create != nil {
		if err := m.create(ctx, r); err != nil {
			m.registry.remove(r.Type, r.PhysicalID)
			return cloudformation.Resource{}, handlerError(r, err)
		}
	}
	return m.resource(r), nil
}

// Update updates a resource in place.
func (m *provider) Update(ctx context.Context, r cloudformation.Request) (cloudformation.Resource, error) {
	if err := m.checkProperties(r); err != nil {
		return cloudformation.Resource{}, handlerError(r, err)
	}
	if m.update != nil {
		if err := m.update(ctx, r); err != nil {
			return cloudformation.Resource{}, handlerError(r, err)
		}
	}
	return m.resource(r), nil
}

// Delete deletes a resource. It returns nil if the resource does not exist.
func (m *provider) Delete(ctx context.Context, r cloudformation.Request) error {
	if !m.registry.has(r.Type, r.PhysicalID) {
		return nil
	}
	if m.remove != nil {
		if err := m.remove(ctx, r); err != nil {
			return handlerError(r, err)
		}
	}
	m.registry.remove(r.Type, r.PhysicalID)
	return nil
}

// checkProperties returns an InvalidRequest error that contains all problems of the
// properties.
func (m *provider) checkProperties(r cloudformation.Request) error {
	if m.check == nil {
		return nil
	}
	p := propertiesOf(r)
	m.check(r, p)
	if len(*p.problems) == 0 {
		return nil
	}
	return &wire.Error{Code: "InvalidRequest", Message: strings.Join(*p.problems, "; ")}
}

func (m *provider) resource(r cloudformation.Request) cloudformation.Resource {
	out := cloudformation.Resource{PhysicalID: r.PhysicalID, Attributes: map[string]any{}}
	if m.attributes != nil {
		out.Attributes = m.attributes(r)
	}
	return out
}

func alreadyExists(r cloudformation.Request) *wire.Error {
	return &wire.Error{
		Code:    "AlreadyExists",
		Message: fmt.Sprintf("Resource of type '%s' with identifier '%s' already exists.", r.Type, r.PhysicalID),
	}
}

// handlerError returns an error in the form of CloudFormation's resource handlers.
//
// Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
func handlerError(r cloudformation.Request, err error) error {
	var known *wire.Error
	code, message := "GeneralServiceException", err.Error()
	if errors.As(err, &known) {
		code, message = handlerCode(known.Code), known.Message
	}
	return fmt.Errorf("Resource handler returned message: %q (RequestToken: %s, HandlerErrorCode: %s)", //nolint:staticcheck // AWS's own form
		message, r.RequestID, code)
}

// handlerCode returns the error code of a resource handler for a service's exception.
func handlerCode(exception string) string {
	switch exception {
	case "AlreadyExists", "ResourceConflictException", "ResourceInUseException", "ParameterAlreadyExists":
		return "AlreadyExists"
	case "ResourceNotFoundException", "ParameterNotFound", "NotFound":
		return "NotFound"
	case "InvalidRequest", "InvalidParameterValueException", "ValidationException":
		return "InvalidRequest"
	}
	return "GeneralServiceException"
}

// propertyName returns a name function that returns the value of a property. If the
// property is not set, the function generates a name of at most length characters. If
// lower is set, names are in lower case.
func propertyName(property string, length int, lower bool) func(cloudformation.Request) string {
	return func(r cloudformation.Request) string {
		if name := propertiesOf(r).text(property); name != "" {
			if lower {
				return strings.ToLower(name)
			}
			return name
		}
		return cloudformation.PhysicalName(r, length, lower)
	}
}

// generatedID returns a name function for types whose ids AWS generates. The ids have the
// form of EC2's: a prefix and 17 hexadecimal digits.
func generatedID(prefix string) func(cloudformation.Request) string {
	return func(r cloudformation.Request) string { return prefix + digest(17, r.StackID, r.LogicalID, r.RequestID) }
}

// digest returns the first n hexadecimal digits of the SHA-256 hash of the parts.
func digest(n int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:n]
}

// accountOf returns the account and the region of a resource.
func accountOf(r cloudformation.Request) account.Account {
	return account.Account{Region: r.Region, ID: r.Account}
}
