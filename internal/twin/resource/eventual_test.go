package resource_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
)

// iamWorld is a world whose IAM takes a minute, and whose clock tests move.
type iamWorld struct {
	*world
	*testing.T
	now time.Time
}

func newIAMWorld(t *testing.T) *iamWorld {
	t.Helper()
	w := &iamWorld{newWorld(), t, time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
	w.iam.Delay, w.iam.Now = time.Minute, func() time.Time { return w.now }
	return w
}

// change makes a change of a resource by its provider's method.
func (w *iamWorld) change(typeName, id string, properties, old map[string]any) cloudformation.Request {
	w.Helper()
	r := request(typeName, properties)
	provider := w.types[typeName].Provider
	var err error
	switch r.PhysicalID, r.OldProperties = id, old; {
	case properties == nil:
		r.Properties = old
		err = provider.Delete(context.Background(), r)
	case old == nil:
		var made cloudformation.Resource
		made, err = provider.Create(context.Background(), r)
		r.PhysicalID = made.PhysicalID
	default:
		_, err = provider.Update(context.Background(), r)
	}
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// may reports what a session of the role r may do: get records, list shards.
func (w *iamWorld) may() [2]bool {
	role, ok := w.iam.Caller("arn:aws:sts::000000000000:assumed-role/r/session")
	if !ok {
		w.Fatal("the role isn't known, so that it may do all")
	}
	return [2]bool{role.Allows("kinesis:GetRecords", "arn:s", nil), role.Allows("kinesis:ListShards", "arn:s", nil)}
}

func allowing(action string) map[string]any {
	return map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": action, "Resource": "*"}}}
}

func roleAllowing(actions ...string) map[string]any {
	properties := map[string]any{"RoleName": "r", "AssumeRolePolicyDocument": trust("lambda.amazonaws.com")}
	var policies []any
	for _, action := range actions {
		policies = append(policies, map[string]any{"PolicyName": action, "PolicyDocument": allowing(action)})
	}
	if policies != nil {
		properties["Policies"] = policies
	}
	return properties
}

// TestChangesTakeEffectLate makes changes, and asks what the role may just before and
// at the time when they take effect.
func TestChangesTakeEffectLate(t *testing.T) {
	t.Parallel()
	nothing, records, shards, both := [2]bool{}, [2]bool{true, false}, [2]bool{false, true}, [2]bool{true, true}
	policy := func(action string) map[string]any {
		return map[string]any{"PolicyName": "p", "PolicyDocument": allowing(action), "Roles": []any{"r"}}
	}
	tests := map[string]struct {
		before, change func(w *iamWorld)
		was, is        [2]bool
	}{
		"a role": {func(*iamWorld) {}, func(w *iamWorld) { w.change(roleType, "", roleAllowing("kinesis:GetRecords"), nil) }, nothing, records},
		"its own added": {role("kinesis:GetRecords"), func(w *iamWorld) {
			w.change(roleType, "r", roleAllowing("kinesis:*"), roleAllowing("kinesis:GetRecords"))
		}, records, both},
		"its own taken": {role("kinesis:*"), func(w *iamWorld) {
			w.change(roleType, "r", roleAllowing("kinesis:ListShards"), roleAllowing("kinesis:*"))
		}, both, shards},
		"a policy": {role("kinesis:GetRecords"), func(w *iamWorld) {
			w.change(policyType, "", policy("kinesis:ListShards"), nil)
		}, records, both},
		"a policy changed": {func(w *iamWorld) {
			role()(w)
			w.change(policyType, "p", policy("kinesis:ListShards"), nil)
		}, func(w *iamWorld) {
			w.change(policyType, "p", policy("kinesis:GetRecords"), policy("kinesis:ListShards"))
		}, shards, records},
		"a managed policy": {role("kinesis:GetRecords"), func(w *iamWorld) {
			w.change(managedType, "", map[string]any{"ManagedPolicyName": "m", "PolicyDocument": allowing("kinesis:ListShards"), "Roles": []any{"r"}}, nil)
		}, records, both},
		"deleted": {role("kinesis:GetRecords"), func(w *iamWorld) { w.change(roleType, "r", nil, roleAllowing("kinesis:GetRecords")) }, records, nothing},
		"made anew under its name": {role("kinesis:GetRecords"), func(w *iamWorld) {
			w.change(roleType, "r", nil, roleAllowing("kinesis:GetRecords"))
			w.change(roleType, "", roleAllowing("kinesis:ListShards"), nil)
		}, nothing, shards},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newIAMWorld(t)
			test.before(w)
			w.now = w.now.Add(time.Hour)
			test.change(w)
			w.now = w.now.Add(time.Minute - 1)
			was := w.may()
			w.now = w.now.Add(1)
			if diff := cmp.Diff([2][2]bool{test.was, test.is}, [2][2]bool{was, w.may()}); diff != "" {
				t.Errorf("what it might and may (-want +got):\n%s", diff)
			}
		})
	}
}

const (
	roleType    = "AWS::IAM::Role"
	policyType  = "AWS::IAM::Policy"
	managedType = "AWS::IAM::ManagedPolicy"
)

// role makes the role r with policies of its own.
func role(actions ...string) func(*iamWorld) {
	return func(w *iamWorld) { w.change(roleType, "", roleAllowing(actions...), nil) }
}

// TestTrustTakesEffectLate changes who may assume a role. Other resources of a stack
// see it at once, as CloudFormation waits for it.
func TestTrustTakesEffectLate(t *testing.T) {
	t.Parallel()
	w := newIAMWorld(t)
	role()(w)
	w.now = w.now.Add(time.Hour)
	changed := roleAllowing()
	changed["AssumeRolePolicyDocument"] = trust("redshift.amazonaws.com")
	w.change(roleType, "r", changed, roleAllowing())
	trusts := func() [2]bool {
		now, _ := w.iam.Named("arn:aws:iam::000000000000:role/r")
		return [2]bool{now.Trusts("redshift.amazonaws.com"), w.iam.Roles()[0].Trusts("redshift.amazonaws.com")}
	}
	got := [][2]bool{trusts()}
	w.now = w.now.Add(time.Minute)
	if diff := cmp.Diff([][2]bool{{false, true}, {true, true}}, append(got, trusts())); diff != "" {
		t.Errorf("in effect, and as it was changed (-want +got):\n%s", diff)
	}
}

// TestADeletedRoleMayNothing also holds without a delay.
func TestADeletedRoleMayNothing(t *testing.T) {
	t.Parallel()
	w := newIAMWorld(t)
	w.iam.Delay = 0
	role("kinesis:GetRecords")(w)
	before := w.may()
	w.change(roleType, "r", nil, roleAllowing("kinesis:GetRecords"))
	if diff := cmp.Diff([][2]bool{{true, false}, {false, false}}, [][2]bool{before, w.may()}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
