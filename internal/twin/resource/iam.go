package resource

import (
	"cmp"
	"context"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
)

func iamTypes(s Services) map[string]*provider {
	p := iamProvider{s}
	return map[string]*provider{
		"AWS::IAM::Role": {
			name: propertyName("RoleName", 64, false), check: checkRole,
			create: p.putRole, update: p.putRole, remove: p.deleteRole,
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{"Arn": roleARN(r), "RoleId": iam.RoleID(r.PhysicalID)}
			},
		},
		"AWS::IAM::Policy": {
			name:       func(r cloudformation.Request) string { return cloudformation.PhysicalName(r, 128, false) },
			check:      p.check,
			create:     p.put,
			update:     p.put,
			remove:     p.delete,
			attributes: idAttribute("Id"),
		},
		"AWS::IAM::ManagedPolicy": {
			name: managedPolicyARN, check: p.check,
			create: p.putManaged, update: p.putManaged, remove: p.deleteManaged,
			attributes: managedPolicyAttributes,
		},
	}
}

// iamProvider creates roles and policies.
type iamProvider struct{ Services }

func checkRole(_ cloudformation.Request, p properties) {
	p.addPolicyProblems("AssumeRolePolicyDocument", iam.CheckTrust(p.values["AssumeRolePolicyDocument"]))
	for _, policy := range p.objects("Policies") {
		if policy.text("PolicyName") == "" {
			policy.addProblem("PolicyName", "required; set it")
		}
		policy.addPolicyProblems("PolicyDocument", iam.CheckPolicy(policy.values["PolicyDocument"]))
	}
}

// addPolicyProblems adds the problems of a policy document. name is the property that
// contains the document.
func (p properties) addPolicyProblems(name string, problems []iam.Problem) {
	for _, problem := range problems {
		path := name
		if problem.Path != "" {
			path += "." + problem.Path
		}
		p.addProblem(path, "%s", problem.Message)
	}
}

func roleARN(r cloudformation.Request) string {
	return accountOf(r).GlobalARN("iam", "role"+pathOf(r)+r.PhysicalID)
}

// pathOf returns the path of a role or a policy, which is part of its ARN.
func pathOf(r cloudformation.Request) string {
	return cmp.Or(propertiesOf(r).text("Path"), "/")
}

func (p iamProvider) putRole(_ context.Context, r cloudformation.Request) error {
	return p.IAM.PutRole(r.PhysicalID, roleARN(r), r.Properties["AssumeRolePolicyDocument"], declaredPolicies(propertiesOf(r)), declaredPolicies(oldPropertiesOf(r)))
}

// declaredPolicies returns the policies that the properties of a role declare.
func declaredPolicies(role properties) iam.Declared {
	d := iam.Declared{Inline: map[string]any{}, Managed: role.texts("ManagedPolicyArns")}
	for _, policy := range role.objects("Policies") {
		d.Inline[policy.text("PolicyName")] = policy.values["PolicyDocument"]
	}
	return d
}

func (p iamProvider) deleteRole(_ context.Context, r cloudformation.Request) error {
	return p.IAM.DeleteRole(r.PhysicalID, declaredPolicies(propertiesOf(r)))
}

// check checks the properties of a policy or a managed policy.
func (p iamProvider) check(_ cloudformation.Request, policy properties) {
	policy.unsupported("Users", "Groups")
	policy.addPolicyProblems("PolicyDocument", iam.CheckPolicy(policy.values["PolicyDocument"]))
	for _, name := range policy.texts("Roles") {
		if !p.IAM.Has(name) {
			policy.addProblem("Roles", "The role with name %s cannot be found.", name)
		}
	}
}

// put adds an inline policy to its roles. In an update, it first removes the old policy
// from the old roles.
func (p iamProvider) put(_ context.Context, r cloudformation.Request) error {
	if r.OldProperties != nil {
		before := oldPropertiesOf(r)
		p.IAM.DeletePolicy(before.text("PolicyName"), before.texts("Roles"))
	}
	policy := propertiesOf(r)
	p.IAM.PutPolicy(policy.text("PolicyName"), policy.values["PolicyDocument"], policy.texts("Roles"))
	return nil
}

func (p iamProvider) delete(_ context.Context, r cloudformation.Request) error {
	policy := propertiesOf(r)
	p.IAM.DeletePolicy(policy.text("PolicyName"), policy.texts("Roles"))
	return nil
}

func managedPolicyARN(r cloudformation.Request) string {
	return accountOf(r).GlobalARN("iam", "policy"+pathOf(r)+propertyName("ManagedPolicyName", 128, false)(r))
}

func managedPolicyAttributes(r cloudformation.Request) map[string]any {
	return map[string]any{"PolicyArn": r.PhysicalID, "PolicyId": "ANPA" + strings.ToUpper(digest(17, r.PhysicalID))}
}

func (p iamProvider) putManaged(_ context.Context, r cloudformation.Request) error {
	p.IAM.PutManagedPolicy(r.PhysicalID, r.Properties["PolicyDocument"], propertiesOf(r).texts("Roles"), oldPropertiesOf(r).texts("Roles"))
	return nil
}

func (p iamProvider) deleteManaged(_ context.Context, r cloudformation.Request) error {
	p.IAM.DeleteManagedPolicy(r.PhysicalID)
	return nil
}
