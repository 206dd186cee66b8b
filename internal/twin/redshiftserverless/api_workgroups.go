package redshiftserverless

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-cdk/tributary/internal/twin/uuid"
)

type workgroupJSON struct {
	WorkgroupName string `json:"workgroupName"`
	WorkgroupID   string `json:"workgroupId"`
	WorkgroupARN  string `json:"workgroupArn"`
	NamespaceName string `json:"namespaceName"`
	BaseCapacity  int    `json:"baseCapacity"`
	Status        string `json:"status"`
}

type workgroupInput struct {
	WorkgroupName string `json:"workgroupName"`
	NamespaceName string `json:"namespaceName"`
	BaseCapacity  int    `json:"baseCapacity"`
}

type workgroupOutput struct {
	Workgroup workgroupJSON `json:"workgroup"`
}

func (a *API) createWorkgroup(ctx context.Context, in *workgroupInput) (*workgroupOutput, error) {
	if err := a.Authorize.Check(ctx, "redshift-serverless:CreateWorkgroup", a.Account.ARN("redshift-serverless", "workgroup/*"), nil); err != nil {
		return nil, err
	}
	w := Workgroup{Name: in.WorkgroupName, ID: uuid.New(), Namespace: in.NamespaceName, BaseCapacity: cmp.Or(in.BaseCapacity, 128)}
	if err := a.CreateWorkgroup(w); err != nil {
		return nil, apiError(err)
	}
	return &workgroupOutput{a.describeWorkgroup(w)}, nil
}

func (a *API) describeWorkgroup(w Workgroup) workgroupJSON {
	return workgroupJSON{w.Name, w.ID, a.Account.ARN("redshift-serverless", "workgroup/"+w.ID), w.Namespace, w.BaseCapacity, "AVAILABLE"}
}

func (a *API) getWorkgroup(ctx context.Context, in *workgroupInput) (*workgroupOutput, error) {
	return a.authorizedWorkgroup(ctx, "redshift-serverless:GetWorkgroup", in.WorkgroupName)
}

// authorizedWorkgroup returns a workgroup as the API's responses contain it. It returns an
// error if the caller may not call the action on the workgroup.
func (a *API) authorizedWorkgroup(ctx context.Context, action, name string) (*workgroupOutput, error) {
	a.mu.Lock()
	w := a.workgroups[name]
	if w == nil {
		a.mu.Unlock()
		return nil, apiError(fmt.Errorf("workgroup %q: %w", name, ErrNotFound))
	}
	out := a.describeWorkgroup(*w)
	a.mu.Unlock()
	return &workgroupOutput{out}, a.Authorize.Check(ctx, action, out.WorkgroupARN, nil)
}

func (a *API) deleteWorkgroup(ctx context.Context, in *workgroupInput) (*workgroupOutput, error) {
	out, err := a.authorizedWorkgroup(ctx, "redshift-serverless:DeleteWorkgroup", in.WorkgroupName)
	if err != nil {
		return nil, err
	}
	return out, apiError(a.DeleteWorkgroup(in.WorkgroupName))
}

func (a *API) listWorkgroups(ctx context.Context, _ *struct{}) (any, error) {
	if err := a.Authorize.Check(ctx, "redshift-serverless:ListWorkgroups", "*", nil); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	list := []workgroupJSON{}
	for _, name := range slices.Sorted(maps.Keys(a.workgroups)) {
		list = append(list, a.describeWorkgroup(*a.workgroups[name]))
	}
	return map[string]any{"workgroups": list}, nil
}
