package iam_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/iam"
)

// world is an IAM whose changes take a minute, and whose clock tests move.
type world struct {
	*testing.T
	iam.Store
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
	w.Delay, w.Now = time.Minute, func() time.Time { return w.now }
	return w
}

const roleARN = "arn:aws:iam::000000000000:role/r"

// put makes or changes the role r, which Lambda may assume: it declares policies that
// allow the actions, in the place of those that it declared before.
func (w *world) put(actions, before []string) {
	w.Helper()
	if err := w.PutRole("r", roleARN, trust("lambda.amazonaws.com"), declared(actions), declared(before)); err != nil {
		w.Fatal(err)
	}
}

// remove deletes the role r, which declares policies that allow the actions.
func (w *world) remove(actions ...string) {
	w.Helper()
	if err := w.DeleteRole("r", declared(actions)); err != nil {
		w.Fatal(err)
	}
}

// may reports what a session of the role r may do: get records, list shards.
func (w *world) may() [2]bool {
	role, ok := w.Caller("arn:aws:sts::000000000000:assumed-role/r/session")
	if !ok {
		w.Fatal("the role isn't known, so that it may do all")
	}
	return [2]bool{role.Allows("kinesis:GetRecords", "arn:s", nil), role.Allows("kinesis:ListShards", "arn:s", nil)}
}

func trust(service string) map[string]any {
	return map[string]any{"Statement": []any{map[string]any{
		"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": service},
	}}}
}

func allowing(action string) map[string]any {
	return map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": action, "Resource": "*"}}}
}

func declared(actions []string) iam.Declared {
	d := iam.Declared{Inline: map[string]any{}}
	for _, action := range actions {
		d.Inline[action] = allowing(action)
	}
	return d
}

// TestChangesTakeEffectLate makes changes, and asks what the role may just before and
// at the time when they take effect.
func TestChangesTakeEffectLate(t *testing.T) {
	t.Parallel()
	nothing, records, shards, both := [2]bool{}, [2]bool{true, false}, [2]bool{false, true}, [2]bool{true, true}
	getRecords, listShards, all := []string{"kinesis:GetRecords"}, []string{"kinesis:ListShards"}, []string{"kinesis:*"}
	roles := []string{"r"}
	role := func(actions ...string) func(*world) { return func(w *world) { w.put(actions, nil) } }
	tests := map[string]struct {
		before, change func(w *world)
		was, is        [2]bool
	}{
		"a role":        {func(*world) {}, role(getRecords...), nothing, records},
		"its own added": {role(getRecords...), func(w *world) { w.put(all, getRecords) }, records, both},
		"its own taken": {role(all...), func(w *world) { w.put(listShards, all) }, both, shards},
		"a policy":      {role(getRecords...), func(w *world) { w.PutPolicy("p", allowing("kinesis:ListShards"), roles) }, records, both},
		"a policy changed": {func(w *world) {
			role()(w)
			w.PutPolicy("p", allowing("kinesis:ListShards"), roles)
		}, func(w *world) {
			w.DeletePolicy("p", roles)
			w.PutPolicy("p", allowing("kinesis:GetRecords"), roles)
		}, shards, records},
		"a managed policy": {role(getRecords...), func(w *world) {
			w.PutManagedPolicy("arn:m", allowing("kinesis:ListShards"), roles, nil)
		}, records, both},
		"a managed policy taken": {func(w *world) {
			role(getRecords...)(w)
			w.PutManagedPolicy("arn:m", allowing("kinesis:ListShards"), roles, nil)
		}, func(w *world) { w.PutManagedPolicy("arn:m", allowing("kinesis:ListShards"), nil, roles) }, both, records},
		"a managed policy deleted": {func(w *world) {
			role(getRecords...)(w)
			w.PutManagedPolicy("arn:m", allowing("kinesis:ListShards"), roles, nil)
		}, func(w *world) { w.DeleteManagedPolicy("arn:m") }, both, records},
		"deleted": {role(getRecords...), func(w *world) { w.remove(getRecords...) }, records, nothing},
		"made anew under its name": {role(getRecords...), func(w *world) {
			w.remove(getRecords...)
			w.put(listShards, nil)
		}, nothing, shards},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
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

// TestTrustTakesEffectLate changes who may assume a role. Other resources of a stack
// see it at once, as CloudFormation waits for it.
func TestTrustTakesEffectLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(nil, nil)
	w.now = w.now.Add(time.Hour)
	if err := w.PutRole("r", roleARN, trust("redshift.amazonaws.com"), iam.Declared{}, iam.Declared{}); err != nil {
		t.Fatal(err)
	}
	trusts := func() [3]bool {
		now, _ := w.Named(roleARN)
		changed, _ := w.Role(roleARN)
		return [3]bool{now.Trusts("redshift.amazonaws.com"), changed.Trusts("redshift.amazonaws.com"), w.Roles()[0].Trusts("redshift.amazonaws.com")}
	}
	got := [][3]bool{trusts()}
	w.now = w.now.Add(time.Minute)
	if diff := cmp.Diff([][3]bool{{false, true, true}, {true, true, true}}, append(got, trusts())); diff != "" {
		t.Errorf("in effect, and as it was changed (-want +got):\n%s", diff)
	}
}

// TestADeletedRoleMayNothing also holds without a delay.
func TestADeletedRoleMayNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Delay = 0
	w.put([]string{"kinesis:GetRecords"}, nil)
	before := w.may()
	w.remove("kinesis:GetRecords")
	if diff := cmp.Diff([][2]bool{{true, false}, {false, false}}, [][2]bool{before, w.may()}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRefusedChanges holds IAM's own words.
func TestRefusedChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(nil, nil)
	w.PutPolicy("p", allowing("kinesis:*"), []string{"r"})
	for want, change := range map[string]func() error{
		"InvalidRequest: Cannot delete entity, must delete policies first: p": func() error { return w.DeleteRole("r", iam.Declared{}) },
		"NotFound: Policy arn:m does not exist or is not attachable.": func() error {
			return w.PutRole("r", roleARN, trust("lambda.amazonaws.com"), iam.Declared{Managed: []string{"arn:m"}}, iam.Declared{})
		},
		"": func() error {
			return w.PutRole("r", roleARN, trust("lambda.amazonaws.com"), iam.Declared{Managed: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}}, iam.Declared{})
		},
	} {
		got := ""
		if err := change(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("want %q, got %q", want, got)
		}
	}
}
