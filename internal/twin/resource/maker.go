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

// maker is the Provider of every type here: what is common to all is in its
// methods, what is special in its functions. Each function is called with the
// physical id in the request; nil means that there is nothing special to do.
type maker struct {
	registry *Registry
	// name returns the physical id of a new resource.
	name func(cloudformation.Request) string
	// check finds what is wrong with the properties, before create and update.
	check func(cloudformation.Request, properties)
	// create, update and remove let the resource take effect. remove succeeds
	// if it is gone already.
	create, update, remove func(context.Context, cloudformation.Request) error
	// attributes returns what Fn::GetAtt gives. They follow from the request, so
	// that they stay the same.
	attributes func(cloudformation.Request) map[string]any
}

// Create makes a resource, or says AlreadyExists or what is wrong.
func (m *maker) Create(ctx context.Context, r cloudformation.Request) (cloudformation.Resource, error) {
	if err := m.problems(r); err != nil {
		return cloudformation.Resource{}, handlerError(r, err)
	}
	r.PhysicalID = m.name(r)
	if !m.registry.add(r) {
		return cloudformation.Resource{}, handlerError(r, alreadyExists(r))
	}
	if m.create != nil {
		if err := m.create(ctx, r); err != nil {
			m.registry.drop(r.Type, r.PhysicalID)
			return cloudformation.Resource{}, handlerError(r, err)
		}
	}
	return m.made(r), nil
}

// Update changes a resource in place.
func (m *maker) Update(ctx context.Context, r cloudformation.Request) (cloudformation.Resource, error) {
	if err := m.problems(r); err != nil {
		return cloudformation.Resource{}, handlerError(r, err)
	}
	if m.update != nil {
		if err := m.update(ctx, r); err != nil {
			return cloudformation.Resource{}, handlerError(r, err)
		}
	}
	return m.made(r), nil
}

// Delete removes a resource.
func (m *maker) Delete(ctx context.Context, r cloudformation.Request) error {
	if !m.registry.has(r.Type, r.PhysicalID) {
		return nil
	}
	if m.remove != nil {
		if err := m.remove(ctx, r); err != nil {
			return handlerError(r, err)
		}
	}
	m.registry.drop(r.Type, r.PhysicalID)
	return nil
}

func (m *maker) problems(r cloudformation.Request) error {
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

func (m *maker) made(r cloudformation.Request) cloudformation.Resource {
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

// handlerError words an error as CloudFormation's resource handlers do.
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

// handlerCode maps a service's exception to a handler's error code.
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

// propertyName returns a name function for types whose name is a property, or
// else CloudFormation's own of at most length characters.
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

// assigned returns a name function for types whose id AWS assigns: a prefix
// and 17 hexadecimal digits, as EC2's are.
func assigned(prefix string) func(cloudformation.Request) string {
	return func(r cloudformation.Request) string { return prefix + digest(17, r.StackID, r.LogicalID, r.RequestID) }
}

// digest returns n hexadecimal digits that follow from the parts.
func digest(n int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:n]
}

// accountOf returns whose a resource is.
func accountOf(r cloudformation.Request) account.Account {
	return account.Account{Region: r.Region, ID: r.Account}
}
