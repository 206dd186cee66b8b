package roles

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
)

// ClusterAPI contains the methods of *redshift.Client that this package calls.
type ClusterAPI interface {
	DescribeClusters(context.Context, *redshift.DescribeClustersInput, ...func(*redshift.Options)) (*redshift.DescribeClustersOutput, error)
	ModifyClusterIamRoles(context.Context, *redshift.ModifyClusterIamRolesInput, ...func(*redshift.Options)) (*redshift.ModifyClusterIamRolesOutput, error)
}

// ToCluster returns an Attacher of the role to a provisioned cluster. sleep waits between two
// calls.
func ToCluster(api ClusterAPI, identifier, roleARN string, sleep func(context.Context, time.Duration) error) *Attacher {
	return &Attacher{cluster{api, identifier}, roleARN, sleep}
}

// cluster is the roleList of a provisioned cluster, whose API attaches and detaches single
// roles.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_ModifyClusterIamRoles.html
type cluster struct {
	api        ClusterAPI
	identifier string
}

func (c cluster) read(ctx context.Context) (map[string]status, bool, error) {
	out, err := c.api.DescribeClusters(ctx, &redshift.DescribeClustersInput{ClusterIdentifier: &c.identifier})
	if err != nil {
		return nil, false, err
	}
	roles, ready := map[string]status{}, false
	for _, described := range out.Clusters {
		ready = strings.HasPrefix(aws.ToString(described.ClusterStatus), "available") // another such status is "available, resize-cleanup"
		for _, role := range described.IamRoles {
			roles[aws.ToString(role.IamRoleArn)] = status(aws.ToString(role.ApplyStatus))
		}
	}
	return roles, ready, nil
}

func (c cluster) add(ctx context.Context, _ map[string]status, arn string) ([]string, error) {
	_, err := c.api.ModifyClusterIamRoles(ctx, &redshift.ModifyClusterIamRolesInput{ClusterIdentifier: &c.identifier, AddIamRoles: []string{arn}})
	return nil, err
}

func (c cluster) remove(ctx context.Context, _ map[string]status, arn string) ([]string, error) {
	_, err := c.api.ModifyClusterIamRoles(ctx, &redshift.ModifyClusterIamRolesInput{ClusterIdentifier: &c.identifier, RemoveIamRoles: []string{arn}})
	return nil, err
}

func (c cluster) addCommand(_ map[string]status, arn string) string {
	return "aws redshift modify-cluster-iam-roles --cluster-identifier " + c.identifier + " --add-iam-roles " + arn
}

func (c cluster) removeCommand(_ map[string]status, arn string) string {
	return "aws redshift modify-cluster-iam-roles --cluster-identifier " + c.identifier + " --remove-iam-roles " + arn
}
