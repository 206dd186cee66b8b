package resource

import (
	"cmp"
	"context"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
)

func iamTypes(s Services) map[string]*maker {
	p := policies{s}
	return map[string]*maker{
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

// policies makes roles and their policies.
type policies struct{ Services }

func checkRole(_ cloudformation.Request, p properties) {
	p.refuseAll("AssumeRolePolicyDocument", iam.CheckTrust(p.values["AssumeRolePolicyDocument"]))
	for _, policy := range p.objects("Policies") {
		if policy.text("PolicyName") == "" {
			policy.refuse("PolicyName", "required")
		}
		policy.refuseAll("PolicyDocument", iam.CheckPolicy(policy.values["PolicyDocument"]))
	}
}

// refuseAll adds the problems of a policy's document, which is a property.
func (p properties) refuseAll(name string, problems []iam.Problem) {
	for _, problem := range problems {
		at := name
		if problem.Path != "" {
			at += "." + problem.Path
		}
		p.refuse(at, "%s", problem.Message)
	}
}

func roleARN(r cloudformation.Request) string {
	return accountOf(r).GlobalARN("iam", "role"+pathOf(r)+r.PhysicalID)
}

// pathOf returns the path of a role or a policy within its ARN.
func pathOf(r cloudformation.Request) string {
	return cmp.Or(propertiesOf(r).text("Path"), "/")
}

func (p policies) putRole(_ context.Context, r cloudformation.Request) error {
	return p.IAM.PutRole(r.PhysicalID, roleARN(r), r.Properties["AssumeRolePolicyDocument"], declared(propertiesOf(r)), declared(oldPropertiesOf(r)))
}

// declared returns the policies that a role's own properties give it.
func declared(role properties) iam.Declared {
	d := iam.Declared{Inline: map[string]any{}, Managed: role.texts("ManagedPolicyArns")}
	for _, policy := range role.objects("Policies") {
		d.Inline[policy.text("PolicyName")] = policy.values["PolicyDocument"]
	}
	return d
}

func (p policies) deleteRole(_ context.Context, r cloudformation.Request) error {
	return p.IAM.DeleteRole(r.PhysicalID, declared(propertiesOf(r)))
}

// check checks both kinds of policy resources.
func (p policies) check(_ cloudformation.Request, policy properties) {
	policy.unsupported("Users", "Groups")
	policy.refuseAll("PolicyDocument", iam.CheckPolicy(policy.values["PolicyDocument"]))
	for _, name := range policy.texts("Roles") {
		if !p.IAM.Has(name) {
			policy.refuse("Roles", "The role with name %s cannot be found.", name)
		}
	}
}

// put makes an inline policy part of its roles, and no more of those that it named
// before.
func (p policies) put(_ context.Context, r cloudformation.Request) error {
	if r.OldProperties != nil {
		before := oldPropertiesOf(r)
		p.IAM.DeletePolicy(before.text("PolicyName"), before.texts("Roles"))
	}
	policy := propertiesOf(r)
	p.IAM.PutPolicy(policy.text("PolicyName"), policy.values["PolicyDocument"], policy.texts("Roles"))
	return nil
}

func (p policies) delete(_ context.Context, r cloudformation.Request) error {
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

func (p policies) putManaged(_ context.Context, r cloudformation.Request) error {
	p.IAM.PutManagedPolicy(r.PhysicalID, r.Properties["PolicyDocument"], propertiesOf(r).texts("Roles"), oldPropertiesOf(r).texts("Roles"))
	return nil
}

func (p policies) deleteManaged(_ context.Context, r cloudformation.Request) error {
	p.IAM.DeleteManagedPolicy(r.PhysicalID)
	return nil
}
