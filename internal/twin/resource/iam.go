package resource

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Role is an IAM role and what it may do.
type Role struct {
	Name, ARN string
	Trust     any            // the policy that says who may assume it
	Inline    map[string]any // its own policies' documents, by name
	Attached  map[string]any // managed policies' documents, by ARN; nil for AWS's own
}

// IAM keeps roles and managed policies. Its zero value is empty.
type IAM struct {
	// Delay is the time until a change takes effect on what roles may do. That roles
	// and policies exist, other resources know at once: CloudFormation waits for it.
	Delay time.Duration
	// Now is the clock that Delay goes by. Nil means time.Now.
	Now func() time.Time

	mu       sync.Mutex
	roles    map[string]*madeRole // by name
	policies map[string]any       // managed policies' documents, by ARN
	gone     map[string]Role      // by name: those deleted, without their policies
	made     int                  // how many roles were made
	past     []moment             // with a Delay: the states since the one in effect, oldest first
}

// Roles returns the roles, by name.
func (i *IAM) Roles() []Role {
	i.mu.Lock()
	defer i.mu.Unlock()
	out := make([]Role, 0, len(i.roles))
	for _, name := range slices.Sorted(maps.Keys(i.roles)) {
		out = append(out, i.roles[name].clone())
	}
	return out
}

// role finds a role by its ARN, as it was last changed.
func (i *IAM) role(arn string) (Role, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, role := range i.roles {
		if role.ARN == arn {
			return role.clone(), true
		}
	}
	return Role{}, false
}

// asList returns a list, or a list of one.
func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func iamTypes(s Services) map[string]*maker {
	i := s.IAM
	return map[string]*maker{
		"AWS::IAM::Role": {
			name: propertyName("RoleName", 64, false), check: checkRole,
			create: i.putRole, update: i.putRole, remove: i.deleteRole,
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{"Arn": roleARN(r), "RoleId": "AROA" + strings.ToUpper(digest(17, r.PhysicalID))}
			},
		},
		"AWS::IAM::Policy": {
			name:       func(r cloudformation.Request) string { return cloudformation.PhysicalName(r, 128, false) },
			check:      i.checkPolicy,
			create:     i.putPolicy,
			update:     i.putPolicy,
			remove:     i.deletePolicy,
			attributes: idAttribute("Id"),
		},
		"AWS::IAM::ManagedPolicy": {
			name: managedPolicyARN, check: i.checkPolicy,
			create: i.putManagedPolicy, update: i.putManagedPolicy, remove: i.deleteManagedPolicy,
			attributes: managedPolicyAttributes,
		},
	}
}

func checkRole(_ cloudformation.Request, p properties) {
	checkTrust(p, "AssumeRolePolicyDocument")
	for _, policy := range p.objects("Policies") {
		if policy.text("PolicyName") == "" {
			policy.refuse("PolicyName", "required")
		}
		checkPolicyDocument(policy, "PolicyDocument")
	}
}

func roleARN(r cloudformation.Request) string {
	path := propertiesOf(r).text("Path")
	if path == "" {
		path = "/"
	}
	return globalARN(r, "iam", "role"+path+r.PhysicalID)
}

func (i *IAM) putRole(_ context.Context, r cloudformation.Request) error {
	p := propertiesOf(r)
	i.mu.Lock()
	defer i.mu.Unlock()
	role := &madeRole{made: i.made + 1, Role: Role{
		Name: r.PhysicalID, ARN: roleARN(r), Trust: p.values["AssumeRolePolicyDocument"],
		Inline: map[string]any{}, Attached: map[string]any{},
	}}
	before := propertiesOf(cloudformation.Request{Properties: r.OldProperties})
	if old := i.roles[role.Name]; old != nil { // policies of resources of their own stay
		role.made = old.made
		maps.Copy(role.Inline, old.Inline)
		maps.Copy(role.Attached, old.Attached)
		for _, policy := range before.objects("Policies") {
			delete(role.Inline, policy.text("PolicyName"))
		}
		for _, managed := range before.texts("ManagedPolicyArns") {
			delete(role.Attached, managed)
		}
	}
	for _, policy := range p.objects("Policies") {
		role.Inline[policy.text("PolicyName")] = policy.values["PolicyDocument"]
	}
	for _, managed := range p.texts("ManagedPolicyArns") {
		document, ok := i.policies[managed]
		if !ok && !strings.Contains(managed, ":iam::aws:policy/") {
			return &wire.Error{Code: "NotFound", Message: fmt.Sprintf("Policy %s does not exist or is not attachable.", managed)}
		}
		role.Attached[managed] = document
	}
	if i.roles == nil {
		i.roles = map[string]*madeRole{}
	}
	i.roles[role.Name] = role
	i.made = max(i.made, role.made)
	delete(i.gone, role.Name)
	i.changed()
	return nil
}

func (i *IAM) deleteRole(_ context.Context, r cloudformation.Request) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	role := i.roles[r.PhysicalID]
	if role == nil {
		return nil
	}
	own := map[string]bool{}
	for _, policy := range propertiesOf(r).objects("Policies") {
		own[policy.text("PolicyName")] = true
	}
	for name := range role.Inline {
		if !own[name] {
			return &wire.Error{Code: "InvalidRequest", Message: fmt.Sprintf("Cannot delete entity, must delete policies first: %s", name)}
		}
	}
	delete(i.roles, r.PhysicalID)
	if i.gone == nil {
		i.gone = map[string]Role{}
	}
	i.gone[role.Name] = Role{Name: role.Name, ARN: role.ARN}
	i.changed()
	return nil
}

// checkPolicy checks both kinds of policy resources.
func (i *IAM) checkPolicy(_ cloudformation.Request, p properties) {
	p.unsupported("Users", "Groups")
	checkPolicyDocument(p, "PolicyDocument")
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, name := range p.texts("Roles") {
		if i.roles[name] == nil {
			p.refuse("Roles", "The role with name %s cannot be found.", name)
		}
	}
}

// putPolicy makes an inline policy part of its roles, and no more of those
// that it named before.
func (i *IAM) putPolicy(ctx context.Context, r cloudformation.Request) error {
	if r.OldProperties != nil {
		before := r
		before.Properties = r.OldProperties
		if err := i.deletePolicy(ctx, before); err != nil {
			return err
		}
	}
	p := propertiesOf(r)
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, name := range p.texts("Roles") {
		if role := i.roles[name]; role != nil {
			role.Inline[p.text("PolicyName")] = p.values["PolicyDocument"]
		}
	}
	i.changed()
	return nil
}

func (i *IAM) deletePolicy(_ context.Context, r cloudformation.Request) error {
	p := propertiesOf(r)
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, name := range p.texts("Roles") {
		if role := i.roles[name]; role != nil {
			delete(role.Inline, p.text("PolicyName"))
		}
	}
	i.changed()
	return nil
}

func managedPolicyARN(r cloudformation.Request) string {
	path := propertiesOf(r).text("Path")
	if path == "" {
		path = "/"
	}
	return globalARN(r, "iam", "policy"+path+propertyName("ManagedPolicyName", 128, false)(r))
}

func managedPolicyAttributes(r cloudformation.Request) map[string]any {
	return map[string]any{"PolicyArn": r.PhysicalID, "PolicyId": "ANPA" + strings.ToUpper(digest(17, r.PhysicalID))}
}

// putManagedPolicy gives every role that has the policy its document, takes it
// from the roles that it no longer names, and attaches it to those it names.
func (i *IAM) putManagedPolicy(_ context.Context, r cloudformation.Request) error {
	document := r.Properties["PolicyDocument"]
	now := propertiesOf(r).texts("Roles")
	before := propertiesOf(cloudformation.Request{Properties: r.OldProperties}).texts("Roles")
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.policies == nil {
		i.policies = map[string]any{}
	}
	i.policies[r.PhysicalID] = document
	for _, role := range i.roles {
		_, attached := role.Attached[r.PhysicalID]
		switch {
		case slices.Contains(now, role.Name), attached && !slices.Contains(before, role.Name):
			role.Attached[r.PhysicalID] = document
		default:
			delete(role.Attached, r.PhysicalID)
		}
	}
	i.changed()
	return nil
}

func (i *IAM) deleteManagedPolicy(_ context.Context, r cloudformation.Request) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.policies, r.PhysicalID)
	for _, role := range i.roles {
		delete(role.Attached, r.PhysicalID)
	}
	i.changed()
	return nil
}
