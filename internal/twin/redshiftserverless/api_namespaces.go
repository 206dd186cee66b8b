package redshiftserverless

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tributary-cdk/tributary/internal/twin/attachedroles"
	"github.com/tributary-cdk/tributary/internal/twin/uuid"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// namespaceJSON is a namespace in a response.
type namespaceJSON struct {
	NamespaceName     string   `json:"namespaceName"`
	NamespaceID       string   `json:"namespaceId"`
	NamespaceARN      string   `json:"namespaceArn"`
	AdminUsername     string   `json:"adminUsername"`
	AdminSecretARN    string   `json:"adminPasswordSecretArn,omitempty"`
	DBName            string   `json:"dbName"`
	DefaultIamRoleARN string   `json:"defaultIamRoleArn,omitempty"`
	IamRoles          []string `json:"iamRoles"`
	Status            string   `json:"status"`
}

type namespaceInput struct {
	NamespaceName       string    `json:"namespaceName"`
	DBName              string    `json:"dbName"`
	AdminUsername       string    `json:"adminUsername"`
	ManageAdminPassword bool      `json:"manageAdminPassword"`
	IamRoles            *[]string `json:"iamRoles"`
	DefaultIamRoleARN   *string   `json:"defaultIamRoleArn"`
}

// roles returns the list of roles, or nil if the input has none.
func (in *namespaceInput) roles() []string {
	if in.IamRoles == nil {
		return nil
	}
	return *in.IamRoles
}

type namespaceOutput struct {
	Namespace namespaceJSON `json:"namespace"`
}

func (a *API) createNamespace(ctx context.Context, in *namespaceInput) (*namespaceOutput, error) {
	n := Namespace{
		Name: in.NamespaceName, ID: uuid.New(), Database: cmp.Or(in.DBName, "dev"), AdminUsername: cmp.Or(in.AdminUsername, "admin"),
		Roles: attachedroles.New(in.roles(), aws.ToString(in.DefaultIamRoleARN)),
	}
	if err := a.Authorize.Check(ctx, "redshift-serverless:CreateNamespace", a.Account.ARN("redshift-serverless", "namespace/*"), nil); err != nil {
		return nil, err
	}
	if n.Name == "" {
		return nil, wire.Errorf("ValidationException", "namespaceName is required")
	}
	if in.ManageAdminPassword {
		n.SecretARN = a.Account.ARN("secretsmanager", "secret:redshift!"+n.Name+"-"+n.AdminUsername+"-aaaaaa")
	}
	if err := a.CreateNamespace(ctx, n); err != nil {
		return nil, apiError(err)
	}
	return a.describeNamespace(n.Name)
}

func (a *API) getNamespace(ctx context.Context, in *namespaceInput) (*namespaceOutput, error) {
	out, err := a.describeNamespace(in.NamespaceName)
	if err != nil {
		return nil, err
	}
	return out, a.Authorize.Check(ctx, "redshift-serverless:GetNamespace", out.Namespace.NamespaceARN, nil)
}

// describeNamespace returns a namespace as the API's responses contain it. Redshift
// Serverless returns each role as "IamRole(applyStatus=…, iamRoleArn=…)".
func (a *API) describeNamespace(name string) (*namespaceOutput, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := a.namespaces[name]
	if n == nil {
		return nil, apiError(fmt.Errorf("namespace %q: %w", name, ErrNotFound))
	}
	out := namespaceJSON{
		NamespaceName: n.Name, NamespaceID: n.ID, NamespaceARN: a.Account.ARN("redshift-serverless", "namespace/"+n.ID), DBName: n.Database,
		AdminUsername: n.AdminUsername, AdminSecretARN: n.SecretARN, DefaultIamRoleARN: n.Roles.Default, Status: "AVAILABLE", IamRoles: []string{},
	}
	for _, role := range n.Roles.Roles(a.Now()) {
		out.IamRoles = append(out.IamRoles, fmt.Sprintf("IamRole(applyStatus=%s, iamRoleArn=%s)", role.ApplyStatus, role.ARN))
	}
	if n.Roles.Pending(a.Now()) {
		out.Status = "MODIFYING"
	}
	return &namespaceOutput{out}, nil
}

// updateNamespace changes the roles and the default role. It does not change a field that
// the input does not contain. AWS's documentation requires both fields together, and does
// not say what happens if one of them is missing.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_UpdateNamespace.html
func (a *API) updateNamespace(ctx context.Context, in *namespaceInput) (*namespaceOutput, error) {
	out, err := a.describeNamespace(in.NamespaceName)
	if err != nil {
		return nil, err
	}
	if err := a.Authorize.Check(ctx, "redshift-serverless:UpdateNamespace", out.Namespace.NamespaceARN, nil); err != nil {
		return nil, err
	}
	if in.IamRoles == nil && in.DefaultIamRoleARN == nil {
		return out, nil
	}
	// The caller needs iam:PassRole for every role of the list, including roles that are
	// attached already.
	//
	// Source: https://github.com/aws-solutions-library-samples/guidance-for-clickstream-analytics-on-aws/issues/749
	for _, role := range in.roles() {
		if err := a.Authorize.Check(ctx, "iam:PassRole", role, map[string]string{"iam:PassedToService": "redshift-serverless.amazonaws.com"}); err != nil {
			return nil, err
		}
	}
	if err := a.SetNamespaceRoles(in.NamespaceName, in.IamRoles, in.DefaultIamRoleARN); err != nil {
		return nil, apiError(err)
	}
	return a.describeNamespace(in.NamespaceName)
}

func (a *API) deleteNamespace(ctx context.Context, in *namespaceInput) (*namespaceOutput, error) {
	out, err := a.describeNamespace(in.NamespaceName)
	if err != nil {
		return nil, err
	}
	if err := a.Authorize.Check(ctx, "redshift-serverless:DeleteNamespace", out.Namespace.NamespaceARN, nil); err != nil {
		return nil, err
	}
	return out, apiError(a.DeleteNamespace(ctx, in.NamespaceName))
}

func (a *API) listNamespaces(ctx context.Context, _ *struct{}) (any, error) {
	if err := a.Authorize.Check(ctx, "redshift-serverless:ListNamespaces", "*", nil); err != nil {
		return nil, err
	}
	a.mu.Lock()
	names := slices.Sorted(maps.Keys(a.namespaces))
	a.mu.Unlock()
	list := []namespaceJSON{}
	for _, name := range names {
		if out, err := a.describeNamespace(name); err == nil {
			list = append(list, out.Namespace)
		}
	}
	return map[string]any{"namespaces": list}, nil
}
