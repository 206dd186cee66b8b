package warehouse

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Serverless answers the part of Redshift Serverless's API that is about
// namespaces, workgroups and usage limits. Anything else is refused by name.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/Welcome.html
type Serverless struct {
	Store     *Store
	Authorize Authorize
}

// ServeHTTP runs the operation that the request names.
func (a *Serverless) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	may := func(action, resource string, context map[string]string) error {
		if a.Authorize == nil {
			return nil
		}
		return a.Authorize(r, action, resource, context)
	}
	s := &serverless{a.Store, may}
	(&wire.JSON{Service: "redshift-serverless", Operations: map[string]wire.Operation{
		"CreateNamespace":  wire.Handle(s.createNamespace),
		"GetNamespace":     wire.Handle(s.getNamespace),
		"UpdateNamespace":  wire.Handle(s.updateNamespace),
		"DeleteNamespace":  wire.Handle(s.deleteNamespace),
		"ListNamespaces":   wire.Handle(s.listNamespaces),
		"CreateWorkgroup":  wire.Handle(s.createWorkgroup),
		"GetWorkgroup":     wire.Handle(s.getWorkgroup),
		"DeleteWorkgroup":  wire.Handle(s.deleteWorkgroup),
		"ListWorkgroups":   wire.Handle(s.listWorkgroups),
		"CreateUsageLimit": wire.Handle(s.createLimit),
		"UpdateUsageLimit": wire.Handle(s.updateLimit),
		"DeleteUsageLimit": wire.Handle(s.deleteLimit),
		"ListUsageLimits":  wire.Handle(s.listLimits),
	}}).ServeHTTP(w, r)
}

// serverless answers one request.
type serverless struct {
	*Store
	may func(action, resource string, context map[string]string) error
}

// namespaceJSON is a namespace as the API describes it.
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

type workgroupJSON struct {
	WorkgroupName string `json:"workgroupName"`
	WorkgroupID   string `json:"workgroupId"`
	WorkgroupARN  string `json:"workgroupArn"`
	NamespaceName string `json:"namespaceName"`
	BaseCapacity  int    `json:"baseCapacity"`
	Status        string `json:"status"`
}

type namespaceInput struct {
	NamespaceName       string    `json:"namespaceName"`
	DBName              string    `json:"dbName"`
	AdminUsername       string    `json:"adminUsername"`
	ManageAdminPassword bool      `json:"manageAdminPassword"`
	IamRoles            *[]string `json:"iamRoles"`
	DefaultIamRoleARN   *string   `json:"defaultIamRoleArn"`
}

// roles returns the list of roles, nil if there is none.
func (in *namespaceInput) roles() []string {
	if in.IamRoles == nil {
		return nil
	}
	return *in.IamRoles
}

type namespaceOutput struct {
	Namespace namespaceJSON `json:"namespace"`
}

func (s *serverless) createNamespace(ctx context.Context, in *namespaceInput) (*namespaceOutput, error) {
	n := Namespace{Name: in.NamespaceName, ID: newID(), Database: in.DBName, AdminUsername: in.AdminUsername, DefaultRole: aws.ToString(in.DefaultIamRoleARN)}
	if err := s.may("redshift-serverless:CreateNamespace", s.arn("redshift-serverless", "namespace/*"), nil); err != nil {
		return nil, err
	}
	if n.Name == "" {
		return nil, wire.Errorf("ValidationException", "namespaceName is required")
	}
	if n.Database == "" {
		n.Database = "dev"
	}
	if n.AdminUsername == "" {
		n.AdminUsername = "admin"
	}
	if in.ManageAdminPassword {
		n.SecretARN = s.arn("secretsmanager", "secret:redshift!"+n.Name+"-"+n.AdminUsername+"-aaaaaa")
	}
	if err := s.CreateNamespace(ctx, n, in.roles()); err != nil {
		return nil, serverlessError(err)
	}
	return s.namespace(n.Name)
}

func (s *serverless) getNamespace(_ context.Context, in *namespaceInput) (*namespaceOutput, error) {
	out, err := s.namespace(in.NamespaceName)
	if err != nil {
		return nil, err
	}
	return out, s.may("redshift-serverless:GetNamespace", out.Namespace.NamespaceARN, nil)
}

// namespace describes one. Its roles are written as the service writes them.
func (s *serverless) namespace(name string) (*namespaceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.namespaces[name]
	if n == nil {
		return nil, serverlessError(fmt.Errorf("namespace %q: %w", name, ErrNotFound))
	}
	out := namespaceJSON{
		NamespaceName: n.Name, NamespaceID: n.ID, NamespaceARN: s.arn("redshift-serverless", "namespace/"+n.ID), DBName: n.Database,
		AdminUsername: n.AdminUsername, AdminSecretARN: n.SecretARN, DefaultIamRoleARN: n.DefaultRole, Status: "AVAILABLE", IamRoles: []string{},
	}
	for _, role := range n.roles.list(s.Now()) {
		out.IamRoles = append(out.IamRoles, fmt.Sprintf("IamRole(applyStatus=%s, iamRoleArn=%s)", role.ApplyStatus, role.ARN))
	}
	if n.roles.pending(s.Now()) {
		out.Status = "MODIFYING"
	}
	return &namespaceOutput{out}, nil
}

// updateNamespace changes the roles and the default role. What the input lacks stays as
// it is. AWS's documentation wants the two together, and doesn't say what it does
// otherwise.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_UpdateNamespace.html
func (s *serverless) updateNamespace(_ context.Context, in *namespaceInput) (*namespaceOutput, error) {
	out, err := s.namespace(in.NamespaceName)
	if err != nil {
		return nil, err
	}
	if err := s.may("redshift-serverless:UpdateNamespace", out.Namespace.NamespaceARN, nil); err != nil {
		return nil, err
	}
	if in.IamRoles == nil && in.DefaultIamRoleARN == nil {
		return out, nil
	}
	// Redshift passes every role of the list, those too that are attached already.
	//
	// Source: https://github.com/aws-solutions-library-samples/guidance-for-clickstream-analytics-on-aws/issues/749
	for _, role := range in.roles() {
		if err := s.may("iam:PassRole", role, map[string]string{"iam:PassedToService": "redshift-serverless.amazonaws.com"}); err != nil {
			return nil, err
		}
	}
	if err := s.SetNamespaceRoles(in.NamespaceName, in.IamRoles, in.DefaultIamRoleARN); err != nil {
		return nil, serverlessError(err)
	}
	return s.namespace(in.NamespaceName)
}

func (s *serverless) deleteNamespace(ctx context.Context, in *namespaceInput) (*namespaceOutput, error) {
	out, err := s.namespace(in.NamespaceName)
	if err != nil {
		return nil, err
	}
	if err := s.may("redshift-serverless:DeleteNamespace", out.Namespace.NamespaceARN, nil); err != nil {
		return nil, err
	}
	return out, serverlessError(s.DeleteNamespace(ctx, in.NamespaceName))
}

func (s *serverless) listNamespaces(context.Context, *struct{}) (any, error) {
	if err := s.may("redshift-serverless:ListNamespaces", "*", nil); err != nil {
		return nil, err
	}
	s.mu.Lock()
	names := slices.Sorted(maps.Keys(s.namespaces))
	s.mu.Unlock()
	list := []namespaceJSON{}
	for _, name := range names {
		if out, err := s.namespace(name); err == nil {
			list = append(list, out.Namespace)
		}
	}
	return map[string]any{"namespaces": list}, nil
}

type workgroupInput struct {
	WorkgroupName string `json:"workgroupName"`
	NamespaceName string `json:"namespaceName"`
	BaseCapacity  int    `json:"baseCapacity"`
}

type workgroupOutput struct {
	Workgroup workgroupJSON `json:"workgroup"`
}

func (s *serverless) createWorkgroup(_ context.Context, in *workgroupInput) (*workgroupOutput, error) {
	if err := s.may("redshift-serverless:CreateWorkgroup", s.arn("redshift-serverless", "workgroup/*"), nil); err != nil {
		return nil, err
	}
	w := Workgroup{Name: in.WorkgroupName, ID: newID(), Namespace: in.NamespaceName, BaseCapacity: in.BaseCapacity}
	if w.BaseCapacity == 0 {
		w.BaseCapacity = 128
	}
	if err := s.CreateWorkgroup(w); err != nil {
		return nil, serverlessError(err)
	}
	return &workgroupOutput{s.describeWorkgroup(w)}, nil
}

func (s *serverless) describeWorkgroup(w Workgroup) workgroupJSON {
	return workgroupJSON{w.Name, w.ID, s.arn("redshift-serverless", "workgroup/"+w.ID), w.Namespace, w.BaseCapacity, "AVAILABLE"}
}

func (s *serverless) getWorkgroup(_ context.Context, in *workgroupInput) (*workgroupOutput, error) {
	return s.workgroup("redshift-serverless:GetWorkgroup", in.WorkgroupName)
}

// workgroup describes one to a caller who may do the action to it.
func (s *serverless) workgroup(action, name string) (*workgroupOutput, error) {
	s.mu.Lock()
	w := s.workgroups[name]
	if w == nil {
		s.mu.Unlock()
		return nil, serverlessError(fmt.Errorf("workgroup %q: %w", name, ErrNotFound))
	}
	out := s.describeWorkgroup(*w)
	s.mu.Unlock()
	return &workgroupOutput{out}, s.may(action, out.WorkgroupARN, nil)
}

func (s *serverless) deleteWorkgroup(_ context.Context, in *workgroupInput) (*workgroupOutput, error) {
	out, err := s.workgroup("redshift-serverless:DeleteWorkgroup", in.WorkgroupName)
	if err != nil {
		return nil, err
	}
	return out, serverlessError(s.DeleteWorkgroup(in.WorkgroupName))
}

func (s *serverless) listWorkgroups(context.Context, *struct{}) (any, error) {
	if err := s.may("redshift-serverless:ListWorkgroups", "*", nil); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []workgroupJSON{}
	for _, name := range slices.Sorted(maps.Keys(s.workgroups)) {
		list = append(list, s.describeWorkgroup(*s.workgroups[name]))
	}
	return map[string]any{"workgroups": list}, nil
}

// serverlessError words an error as Redshift Serverless does.
func serverlessError(err error) error {
	switch {
	case errors.Is(err, ErrNotFound):
		return wire.Errorf("ResourceNotFoundException", "%v", err)
	case errors.Is(err, ErrExists), errors.Is(err, ErrBusy), errors.Is(err, ErrInUse):
		return wire.Errorf("ConflictException", "%v", err)
	}
	return err
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
