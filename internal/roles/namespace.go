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

// ToNamespace returns the attacher of a role to a Serverless namespace. sleep waits
// between two calls.
func ToNamespace(api NamespaceAPI, name, roleARN string, sleep func(context.Context, time.Duration) error) *Attacher {
	return &Attacher{namespace{api, name}, roleARN, sleep}
}

// namespace changes its list as a whole: what is written is what was read a moment
// before, but for the one role. While one writer's change is under way, Redshift
// refuses another's with a conflict. Where another's began and ended in between, one
// of the two is lost: if it is ours, the next look at our role tells; if it is theirs,
// the answer to our write does, by a role on its way out which we didn't know. The
// default role isn't sent, and so stays.
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

func (n namespace) addByHand(roles map[string]status, arn string) string {
	return n.writeByHand(with(roles, arn))
}

func (n namespace) removeByHand(roles map[string]status, arn string) string {
	return n.writeByHand(without(roles, arn))
}

func (n namespace) writeByHand(arns []string) string {
	list := strings.Join(arns, " ")
	if list == "" {
		list = "'[]'" // of no arguments the AWS CLI makes no list
	}
	return "aws redshift-serverless update-namespace --namespace-name " + n.name + " --iam-roles " + list
}

// write makes arns the list, and returns the roles that this has taken away although
// they weren't known.
func (n namespace) write(ctx context.Context, known map[string]status, arns []string) ([]string, error) {
	out, err := n.api.UpdateNamespace(ctx, &redshiftserverless.UpdateNamespaceInput{NamespaceName: &n.name, IamRoles: arns})
	if err != nil {
		return nil, err
	}
	var lost []string
	for arn, status := range parseRoles(out.Namespace) {
		if status == removing && known[arn] == none {
			lost = append(lost, arn)
		}
	}
	return lost, nil
}

// with returns the roles that are to stay, and this one.
func with(roles map[string]status, arn string) []string { return append(attached(roles), arn) }

// without returns the roles that are to stay, but for this one.
func without(roles map[string]status, arn string) []string {
	return slices.DeleteFunc(attached(roles), func(role string) bool { return role == arn })
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

// parseRoles returns a namespace's roles by ARN.
func parseRoles(described *types.Namespace) map[string]status {
	roles := map[string]status{}
	if described == nil {
		return roles
	}
	for _, text := range described.IamRoles {
		arn, status := parseRole(text)
		roles[arn] = status
	}
	return roles
}

// parseRole takes apart a role as a namespace lists it: by its ARN, or as
// IamRole(applyStatus=in-sync, iamRoleArn=arn:…), which is how the service writes it,
// the two in either order.
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
