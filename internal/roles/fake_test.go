package roles_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	redshifttypes "github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless/types"
)

// fake is a warehouse in memory, which keeps to Redshift's contract: a change takes
// some looks until it is in sync, and while it does, others are refused.
type fake struct {
	statuses map[string]string
	pending  int          // looks until all is in sync
	slow     int          // how many looks a change takes
	gone     bool         // there is no warehouse
	failures []error      // of the next calls
	written  []([]string) // the lists that were written, of a namespace
	calls    int
}

func newFake(attached ...string) *fake {
	f := &fake{statuses: map[string]string{}, slow: 3}
	for _, arn := range attached {
		f.statuses[arn] = "in-sync"
	}
	return f
}

func (f *fake) fail() error {
	f.calls++
	if len(f.failures) == 0 {
		return nil
	}
	err := f.failures[0]
	f.failures = f.failures[1:]
	return err
}

// look lets a change go on.
func (f *fake) look() {
	if f.pending > 0 {
		f.pending--
	}
	if f.pending > 0 {
		return
	}
	for arn, status := range f.statuses {
		if status == "adding" {
			f.statuses[arn] = "in-sync"
		}
		if status == "removing" {
			delete(f.statuses, arn)
		}
	}
}

func (f *fake) change(add, remove []string) {
	for _, arn := range add {
		if f.statuses[arn] == "" {
			f.statuses[arn] = "adding"
		}
	}
	for _, arn := range remove {
		f.statuses[arn] = "removing"
	}
	f.pending = f.slow
}

// clusterFake is f as a cluster.
type clusterFake struct{ *fake }

func (c clusterFake) DescribeClusters(context.Context, *redshift.DescribeClustersInput, ...func(*redshift.Options)) (*redshift.DescribeClustersOutput, error) {
	if err := c.fail(); err != nil {
		return nil, err
	}
	if c.gone {
		return nil, &redshifttypes.ClusterNotFoundFault{}
	}
	c.look()
	described := redshifttypes.Cluster{ClusterStatus: aws.String("available, resize-cleanup")}
	for _, arn := range slices.Sorted(maps.Keys(c.statuses)) {
		described.IamRoles = append(described.IamRoles, redshifttypes.ClusterIamRole{IamRoleArn: aws.String(arn), ApplyStatus: aws.String(c.statuses[arn])})
	}
	return &redshift.DescribeClustersOutput{Clusters: []redshifttypes.Cluster{described}}, nil
}

func (c clusterFake) ModifyClusterIamRoles(_ context.Context, in *redshift.ModifyClusterIamRolesInput, _ ...func(*redshift.Options)) (*redshift.ModifyClusterIamRolesOutput, error) {
	if err := c.fail(); err != nil {
		return nil, err
	}
	if in.DefaultIamRoleArn != nil {
		return nil, errors.New("the default role was touched")
	}
	if c.pending > 0 {
		return nil, &redshifttypes.InvalidClusterStateFault{}
	}
	c.change(in.AddIamRoles, in.RemoveIamRoles)
	return &redshift.ModifyClusterIamRolesOutput{}, nil
}

// namespaceFake is f as a namespace.
type namespaceFake struct{ *fake }

func (n namespaceFake) GetNamespace(context.Context, *redshiftserverless.GetNamespaceInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.GetNamespaceOutput, error) {
	if err := n.fail(); err != nil {
		return nil, err
	}
	if n.gone {
		return nil, &types.ResourceNotFoundException{}
	}
	n.look()
	return &redshiftserverless.GetNamespaceOutput{Namespace: n.describe()}, nil
}

func (n namespaceFake) describe() *types.Namespace {
	described := &types.Namespace{Status: types.NamespaceStatusAvailable}
	if n.pending > 0 {
		described.Status = types.NamespaceStatusModifying
	}
	for i, arn := range slices.Sorted(maps.Keys(n.statuses)) {
		text := fmt.Sprintf("IamRole(applyStatus=%s, iamRoleArn=%s)", n.statuses[arn], arn)
		if i%2 == 1 { // the order has been seen to change
			text = fmt.Sprintf("IamRole(iamRoleArn=%s, applyStatus=%s)", arn, n.statuses[arn])
		}
		described.IamRoles = append(described.IamRoles, text)
	}
	return described
}

func (n namespaceFake) UpdateNamespace(_ context.Context, in *redshiftserverless.UpdateNamespaceInput, _ ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateNamespaceOutput, error) {
	if err := n.fail(); err != nil {
		return nil, err
	}
	if in.DefaultIamRoleArn != nil || in.IamRoles == nil {
		return nil, errors.New("the default role was touched, or no list was sent")
	}
	if n.pending > 0 {
		return nil, &types.ConflictException{}
	}
	n.written = append(n.written, in.IamRoles)
	var removed []string
	for arn := range n.statuses {
		if !slices.Contains(in.IamRoles, arn) {
			removed = append(removed, arn)
		}
	}
	n.change(in.IamRoles, removed)
	return &redshiftserverless.UpdateNamespaceOutput{Namespace: n.describe()}, nil
}
