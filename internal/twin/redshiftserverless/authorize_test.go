package redshiftserverless_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/attachedroles"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftserverless"
)

// TestAuthorization checks which actions and resources are authorized in each call. As on
// AWS, UpdateNamespace needs iam:PassRole for every role of its list, and actions for usage
// limits have no resource.
func TestAuthorization(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var authorized [][]string
	store, client := newAPI(t, func(_ context.Context, action, resource string, context map[string]string) error {
		mu.Lock()
		defer mu.Unlock()
		authorized = append(authorized, []string{action, resource, context["iam:PassedToService"]})
		return nil
	})
	ctx := t.Context()
	if err := store.CreateNamespace(ctx, redshiftserverless.Namespace{Name: "space", ID: "n", Roles: attachedroles.New([]string{otherRole}, "")}); err != nil {
		t.Fatal(err)
	}
	if err := store.CreateWorkgroup(redshiftserverless.Workgroup{Name: "group", ID: "g", Namespace: "space"}); err != nil {
		t.Fatal(err)
	}
	var limit *string
	const namespace, workgroup = "arn:aws:redshift-serverless:us-east-1:000000000000:namespace/n", "arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/g"
	const service = "redshift-serverless.amazonaws.com"
	steps := []struct {
		name string
		call func() error
		want [][]string
	}{
		{"UpdateNamespace", func() error {
			_, err := client.UpdateNamespace(ctx, &sdk.UpdateNamespaceInput{NamespaceName: aws.String("space"), IamRoles: []string{otherRole, ownRole}})
			return err
		}, [][]string{{"redshift-serverless:UpdateNamespace", namespace, ""}, {"iam:PassRole", otherRole, service}, {"iam:PassRole", ownRole, service}}},
		{"CreateUsageLimit", func() error {
			out, err := client.CreateUsageLimit(ctx, &sdk.CreateUsageLimitInput{
				ResourceArn: aws.String(workgroup), UsageType: types.UsageLimitUsageTypeServerlessCompute, Amount: aws.Int64(1),
			})
			if err == nil {
				limit = out.UsageLimit.UsageLimitId
			}
			return err
		}, [][]string{{"redshift-serverless:CreateUsageLimit", "*", ""}}},
		{"UpdateUsageLimit", func() error {
			_, err := client.UpdateUsageLimit(ctx, &sdk.UpdateUsageLimitInput{UsageLimitId: limit, Amount: aws.Int64(2)})
			return err
		}, [][]string{{"redshift-serverless:UpdateUsageLimit", "*", ""}}},
		{"ListUsageLimits", func() error {
			_, err := client.ListUsageLimits(ctx, &sdk.ListUsageLimitsInput{ResourceArn: aws.String(workgroup)})
			return err
		}, [][]string{{"redshift-serverless:ListUsageLimits", "*", ""}}},
		{"DeleteUsageLimit", func() error {
			_, err := client.DeleteUsageLimit(ctx, &sdk.DeleteUsageLimitInput{UsageLimitId: limit})
			return err
		}, [][]string{{"redshift-serverless:DeleteUsageLimit", "*", ""}}},
		{"ListWorkgroups", func() error {
			_, err := client.ListWorkgroups(ctx, &sdk.ListWorkgroupsInput{})
			return err
		}, [][]string{{"redshift-serverless:ListWorkgroups", "*", ""}}},
		{"DeleteWorkgroup", func() error {
			_, err := client.DeleteWorkgroup(ctx, &sdk.DeleteWorkgroupInput{WorkgroupName: aws.String("group")})
			return err
		}, [][]string{{"redshift-serverless:DeleteWorkgroup", workgroup, ""}}},
	}
	for _, step := range steps {
		authorized = nil
		if err := step.call(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if diff := cmp.Diff(step.want, slices.Clone(authorized)); diff != "" {
			t.Errorf("%s: authorized actions, resources and services (-want +got):\n%s", step.name, diff)
		}
	}
}
