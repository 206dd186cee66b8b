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

// fake is a fake warehouse that keeps Redshift's contract: it takes several reads until a
// change is complete, and until then the warehouse refuses other changes.
type fake struct {
	statuses map[string]string // the roles' statuses, by ARN
	pending  int               // the number of reads until the present change is complete
	slow     int               // the number of reads until a new change is complete
	plain    bool              // whether a namespace lists a role that is in sync by its ARN only
	missing  bool              // whether the warehouse does not exist
	failures []error           // the errors of the next calls; nil means that a call succeeds
	written  [][]string        // the lists that were written to a namespace
}

func newFake(attached ...string) *fake {
	f := &fake{statuses: map[string]string{}, slow: 3}
	for _, arn := range attached {
		f.statuses[arn] = "in-sync"
	}
	return f
}

// fail returns the error of the present call.
func (f *fake) fail() error {
	if len(f.failures) == 0 {
		return nil
	}
	err := f.failures[0]
	f.failures = f.failures[1:]
	return err
}

// advance lets the present change proceed by one read.
func (f *fake) advance() {
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

// change starts a change.
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

// clusterFake is a fake provisioned cluster.
type clusterFake struct{ *fake }

func (c clusterFake) DescribeClusters(context.Context, *redshift.DescribeClustersInput, ...func(*redshift.Options)) (*redshift.DescribeClustersOutput, error) {
	if err := c.fail(); err != nil {
		return nil, err
	}
	if c.missing {
		return nil, &redshifttypes.ClusterNotFoundFault{}
	}
	c.advance()
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
		return nil, errors.New("the request contains a default role")
	}
	if c.pending > 0 {
		return nil, &redshifttypes.InvalidClusterStateFault{}
	}
	c.change(in.AddIamRoles, in.RemoveIamRoles)
	return &redshift.ModifyClusterIamRolesOutput{}, nil
}

// namespaceFake is a fake Serverless namespace.
type namespaceFake struct{ *fake }

func (n namespaceFake) GetNamespace(context.Context, *redshiftserverless.GetNamespaceInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.GetNamespaceOutput, error) {
	if err := n.fail(); err != nil {
		return nil, err
	}
	if n.missing {
		return nil, &types.ResourceNotFoundException{}
	}
	n.advance()
	return &redshiftserverless.GetNamespaceOutput{Namespace: n.describe()}, nil
}

func (n namespaceFake) describe() *types.Namespace {
	described := &types.Namespace{Status: types.NamespaceStatusAvailable}
	if n.pending > 0 {
		described.Status = types.NamespaceStatusModifying
	}
	for i, arn := range slices.Sorted(maps.Keys(n.statuses)) {
		text := fmt.Sprintf("IamRole(applyStatus=%s, iamRoleArn=%s)", n.statuses[arn], arn)
		if n.plain && n.statuses[arn] == "in-sync" {
			text = arn
		} else if i%2 == 1 { // the service returns the fields in either order
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
		return nil, errors.New("the request contains a default role, or no list")
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
