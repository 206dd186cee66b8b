package redshiftserverless

import (
	"errors"
	"net/http"

	"github.com/tributary-cdk/tributary/internal/twin/attachedroles"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// API answers the part of Redshift Serverless's API that is about
// namespaces, workgroups and usage limits. Anything else is refused by name.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/Welcome.html
type API struct {
	*Store
	// Authorize is asked about each call. Nil allows all.
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

// worded words an error as Redshift Serverless does.
func worded(err error) error {
	switch {
	case errors.Is(err, ErrNotFound):
		return wire.Errorf("ResourceNotFoundException", "%v", err)
	case errors.Is(err, ErrExists), errors.Is(err, attachedroles.ErrBusy), errors.Is(err, ErrInUse):
		return wire.Errorf("ConflictException", "%v", err)
	}
	return err
}
