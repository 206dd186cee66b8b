package roles_test

import (
	"context"
	"testing"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/roles"
)

// TestRefusedByIAM checks that the error of a change that IAM refuses contains the command
// for this change, with all roles of a namespace. The error of a refused read does not.
func TestRefusedByIAM(t *testing.T) {
	t.Parallel()
	denied := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not authorized to perform: iam:PassRole on theirs"}
	const why = "api error AccessDeniedException: not authorized to perform: iam:PassRole on theirs"
	const command = "; grant the function this permission, or deploy with --no-rollback, which keeps the role, run "
	const cluster, namespace = "aws redshift modify-cluster-iam-roles --cluster-identifier c", "aws redshift-serverless update-namespace --namespace-name n"
	attach := func(a *roles.Attacher) error { return a.Make(context.Background()) }
	detach := func(a *roles.Attacher) error { return a.Remove(context.Background()) }
	tests := map[string]struct {
		before   []string
		failures []error
		do       func(*roles.Attacher) error
		want     map[string]string
	}{
		"attach": {[]string{theirs}, []error{nil, denied}, attach, map[string]string{
			"cluster":   "attach the role: " + why + command + cluster + " --add-iam-roles " + ours + ", and deploy again: the function does not change a role that is already attached",
			"namespace": "attach the role: " + why + command + namespace + " --iam-roles " + theirs + " " + ours + ", and deploy again: the function does not change a role that is already attached",
		}},
		"detach": {[]string{theirs, ours}, []error{nil, denied}, detach, map[string]string{
			"cluster":   "detach the role: " + why + command + cluster + " --remove-iam-roles " + ours + ", and deploy again: the function does not change a role that is already detached",
			"namespace": "detach the role: " + why + command + namespace + " --iam-roles " + theirs + ", and deploy again: the function does not change a role that is already detached",
		}},
		"detach the last": {[]string{ours}, []error{nil, denied}, detach, map[string]string{
			"cluster":   "detach the role: " + why + command + cluster + " --remove-iam-roles " + ours + ", and deploy again: the function does not change a role that is already detached",
			"namespace": "detach the role: " + why + command + namespace + " --iam-roles '[]', and deploy again: the function does not change a role that is already detached",
		}},
		"read": {nil, []error{denied}, attach, map[string]string{"cluster": "attach the role: " + why, "namespace": "attach the role: " + why}},
	}
	for kind, open := range kinds {
		for name, test := range tests {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				f := newFake(test.before...)
				f.failures = test.failures
				err := test.do(open(f, noSleep()))
				if !dataapi.NotAuthorized(err) {
					t.Fatalf("want an error of IAM, got %v", err)
				}
				if diff := cmp.Diff(test.want[kind], err.Error()); diff != "" {
					t.Errorf("error (-want +got):\n%s", diff)
				}
			})
		}
	}
}
