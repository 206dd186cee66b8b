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

// NamespaceAPI contains the methods of *redshiftserverless.Client that this package calls.
type NamespaceAPI interface {
	GetNamespace(context.Context, *redshiftserverless.GetNamespaceInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.GetNamespaceOutput, error)
	UpdateNamespace(context.Context, *redshiftserverless.UpdateNamespaceInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateNamespaceOutput, error)
}

// ToNamespace returns an Attacher of the role to a Serverless namespace. sleep waits between
// two calls.
func ToNamespace(api NamespaceAPI, name, roleARN string, sleep func(context.Context, time.Duration) error) *Attacher {
	return &Attacher{namespace{api, name}, roleARN, sleep}
}

// namespace is the roleList of a Serverless namespace. Its API replaces the whole list, so a
// change writes the list that was read before, with or without the one role.
//
// While one client's change is in progress, Redshift refuses other changes with a conflict.
// If another client's change begins and ends between our read and our write, or between our
// write and our next read, one of the two changes is lost. If ours is lost, our next read
// does not return our role. If the other client's change is lost, the response to our write
// contains a role with the status removing that our read did not return. The default role is
// not sent, so it does not change.
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
	return parseRoles(out.Namespace), out.Namespace.Status == types.NamespaceStatusAvailable, nil
}

func (n namespace) add(ctx context.Context, roles map[string]status, arn string) ([]string, error) {
	return n.write(ctx, roles, with(roles, arn))
}

func (n namespace) remove(ctx context.Context, roles map[string]status, arn string) ([]string, error) {
	return n.write(ctx, roles, without(roles, arn))
}

func (n namespace) addCommand(roles map[string]status, arn string) string {
	return n.writeCommand(with(roles, arn))
}

func (n namespace) removeCommand(roles map[string]status, arn string) string {
	return n.writeCommand(without(roles, arn))
}

// writeCommand returns the command of the AWS CLI that does the same as write.
func (n namespace) writeCommand(arns []string) string {
	list := strings.Join(arns, " ")
	if list == "" {
		list = "'[]'" // without arguments, the AWS CLI sends no list
	}
	return "aws redshift-serverless update-namespace --namespace-name " + n.name + " --iam-roles " + list
}

// write replaces the list by arns. It returns the roles that this detaches and that are not
// in known.
func (n namespace) write(ctx context.Context, known map[string]status, arns []string) ([]string, error) {
	out, err := n.api.UpdateNamespace(ctx, &redshiftserverless.UpdateNamespaceInput{NamespaceName: &n.name, IamRoles: arns})
	if err != nil {
		return nil, err
	}
	var overwritten []string
	for arn, status := range parseRoles(out.Namespace) {
		if status == removing && known[arn] == none {
			overwritten = append(overwritten, arn)
		}
	}
	return overwritten, nil
}

// with returns the ARNs of the attached roles, and arn.
func with(roles map[string]status, arn string) []string { return append(attached(roles), arn) }

// without returns the ARNs of the attached roles except arn.
func without(roles map[string]status, arn string) []string {
	return slices.DeleteFunc(attached(roles), func(role string) bool { return role == arn })
}

// attached returns the sorted ARNs of the roles that are not being detached. It never returns
// nil, because the API ignores a nil list but not an empty one.
func attached(roles map[string]status) []string {
	arns := []string{}
	for _, arn := range slices.Sorted(maps.Keys(roles)) {
		if roles[arn] != removing {
			arns = append(arns, arn)
		}
	}
	return arns
}

// parseRoles returns the statuses of a namespace's roles by ARN.
func parseRoles(described *types.Namespace) map[string]status {
	roles := map[string]status{}
	for _, text := range described.IamRoles {
		arn, status := parseRole(text)
		roles[arn] = status
	}
	return roles
}

// parseRole returns the ARN and the status of one element of a namespace's list of roles.
// The service writes an element as IamRole(applyStatus=in-sync, iamRoleArn=arn:…), with the
// two fields in either order. An element that is only an ARN has the status in-sync.
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
