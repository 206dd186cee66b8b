package redshiftserverless

import (
	"errors"
	"net/http"

	"github.com/tributary-cdk/tributary/internal/twin/attachedroles"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// API implements the operations of the Redshift Serverless API for namespaces, workgroups
// and usage limits. For any other operation it returns an error with the operation's name.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/Welcome.html
type API struct {
	*Store
	// Authorize checks whether the caller may make a call. Nil allows all calls.
	Authorize iam.Authorize
}

// ServeHTTP runs the operation that the request names.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(&wire.JSON{Service: "redshift-serverless", Operations: map[string]wire.Operation{
		"CreateNamespace":  wire.Handle(a.createNamespace),
		"GetNamespace":     wire.Handle(a.getNamespace),
		"UpdateNamespace":  wire.Handle(a.updateNamespace),
		"DeleteNamespace":  wire.Handle(a.deleteNamespace),
		"ListNamespaces":   wire.Handle(a.listNamespaces),
		"CreateWorkgroup":  wire.Handle(a.createWorkgroup),
		"GetWorkgroup":     wire.Handle(a.getWorkgroup),
		"DeleteWorkgroup":  wire.Handle(a.deleteWorkgroup),
		"ListWorkgroups":   wire.Handle(a.listWorkgroups),
		"CreateUsageLimit": wire.Handle(a.createLimit),
		"UpdateUsageLimit": wire.Handle(a.updateLimit),
		"DeleteUsageLimit": wire.Handle(a.deleteLimit),
		"ListUsageLimits":  wire.Handle(a.listLimits),
	}}).ServeHTTP(w, r)
}

// apiError returns err with Redshift Serverless's error code.
func apiError(err error) error {
	switch {
	case errors.Is(err, ErrNotFound):
		return wire.Errorf("ResourceNotFoundException", "%v", err)
	case errors.Is(err, ErrExists), errors.Is(err, attachedroles.ErrBusy), errors.Is(err, ErrInUse):
		return wire.Errorf("ConflictException", "%v", err)
	}
	return err
}
