package roles

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless/types"
)

// NamespaceAPI is the part of *redshiftserverless.Client used here.
type NamespaceAPI interface {
	GetNamespace(context.Context, *redshiftserverless.GetNamespaceInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.GetNamespaceOutput, error)
	UpdateNamespace(context.Context, *redshiftserverless.UpdateNamespaceInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateNamespaceOutput, error)
}

// OfNamespace returns a Serverless namespace's roles. sleep waits between two looks.
func OfNamespace(api NamespaceAPI, name string, sleep func(context.Context, time.Duration) error) *Warehouse {
	return &Warehouse{namespace{api, name}, sleep}
}

// namespace changes its list as a whole: what is written is what was read a moment
// before, but for the one role. While one writer's change is under way, Redshift
// refuses another's with a conflict; what a writer lost in between it sees when it
// looks whether its role is in sync, and writes again. The default role isn't sent,
// and so stays.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_UpdateNamespace.html
type namespace struct {
	api  NamespaceAPI
	name string
}

func (n namespace) read(ctx context.Context) (map[string]status, bool, error) {
	out, err := n.api.GetNamespace(ctx, &redshiftserverless.GetNamespaceInput{NamespaceName: &n.name})
	if err != nil {
		return nil, false, err
	}
	roles := map[string]status{}
	for _, text := range out.Namespace.IamRoles {
		arn, status := parseRole(text)
		roles[arn] = status
	}
	return roles, out.Namespace.Status == types.NamespaceStatusAvailable, nil
}

func (n namespace) add(ctx context.Context, roles map[string]status, arn string) error {
	return n.write(ctx, append(attached(roles), arn))
}

func (n namespace) remove(ctx context.Context, roles map[string]status, arn string) error {
	return n.write(ctx, slices.DeleteFunc(attached(roles), func(role string) bool { return role == arn }))
}

func (n namespace) write(ctx context.Context, arns []string) error {
	_, err := n.api.UpdateNamespace(ctx, &redshiftserverless.UpdateNamespaceInput{NamespaceName: &n.name, IamRoles: arns})
	return err
}

// attached returns the roles that are to stay, in order. It is never nil: an empty
// list is one to write.
func attached(roles map[string]status) []string {
	arns := []string{}
	for _, arn := range slices.Sorted(maps.Keys(roles)) {
		if roles[arn] != removing {
			arns = append(arns, arn)
		}
	}
	return arns
}

// parseRole takes apart a role as a namespace lists it: by its ARN, or as
// IamRole(applyStatus=in-sync, iamRoleArn=arn:…), which is how the service writes it.
func parseRole(text string) (arn string, s status) {
	inner, ok := strings.CutPrefix(text, "IamRole(")
	if !ok {
		return text, inSync
	}
	for _, field := range strings.Split(strings.TrimSuffix(inner, ")"), ", ") {
		switch key, value, _ := strings.Cut(field, "="); key {
		case "applyStatus":
			s = status(value)
		case "iamRoleArn":
			arn = value
		}
	}
	return arn, s
}
