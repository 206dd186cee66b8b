package iam_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/iam"
)

// testStore is a Store whose changes take effect after one minute. Its clock is the field
// now, which tests set.
type testStore struct {
	*testing.T
	iam.Store
	now time.Time
}

func newTestStore(t *testing.T) *testStore {
	t.Helper()
	w := &testStore{T: t, now: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
	w.Delay, w.Now = time.Minute, func() time.Time { return w.now }
	return w
}

const roleARN = "arn:aws:iam::000000000000:role/r"

// put creates or updates the role r, which Lambda may assume. For each of actions, the
// role declares a policy that allows it. before are the actions until now.
func (w *testStore) put(actions, before []string) {
	w.Helper()
	if err := w.PutRole("r", roleARN, trust("lambda.amazonaws.com"), declared(actions), declared(before)); err != nil {
		w.Fatal(err)
	}
}

// remove deletes the role r, which declares policies for the actions.
func (w *testStore) remove(actions ...string) {
	w.Helper()
	if err := w.DeleteRole("r", declared(actions)); err != nil {
		w.Fatal(err)
	}
}

// allowed reports whether a session of the role r may call GetRecords and ListShards.
func (w *testStore) allowed() [2]bool {
	role, ok := w.Caller("arn:aws:sts::000000000000:assumed-role/r/session")
	if !ok {
		w.Fatal("Caller does not find the role r")
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

// TestChangesTakeEffectLate checks the permissions of the role just before a change takes
// effect, and at the time when it does.
func TestChangesTakeEffectLate(t *testing.T) {
	t.Parallel()
	nothing, records, shards, both := [2]bool{}, [2]bool{true, false}, [2]bool{false, true}, [2]bool{true, true}
	getRecords, listShards, all := []string{"kinesis:GetRecords"}, []string{"kinesis:ListShards"}, []string{"kinesis:*"}
	roles := []string{"r"}
	role := func(actions ...string) func(*testStore) { return func(w *testStore) { w.put(actions, nil) } }
	tests := map[string]struct {
		setup, change    func(w *testStore)
		wantOld, wantNew [2]bool
	}{
		"role created":            {func(*testStore) {}, role(getRecords...), nothing, records},
		"declared policy added":   {role(getRecords...), func(w *testStore) { w.put(all, getRecords) }, records, both},
		"declared policy removed": {role(all...), func(w *testStore) { w.put(listShards, all) }, both, shards},
		"policy added":            {role(getRecords...), func(w *testStore) { w.PutPolicy("p", allowing("kinesis:ListShards"), roles) }, records, both},
		"policy changed": {func(w *testStore) {
			role()(w)
			w.PutPolicy("p", allowing("kinesis:ListShards"), roles)
		}, func(w *testStore) {
			w.DeletePolicy("p", roles)
			w.PutPolicy("p", allowing("kinesis:GetRecords"), roles)
		}, shards, records},
		"managed policy attached": {role(getRecords...), func(w *testStore) {
			w.PutManagedPolicy("arn:m", allowing("kinesis:ListShards"), roles, nil)
		}, records, both},
		"managed policy detached": {func(w *testStore) {
			role(getRecords...)(w)
			w.PutManagedPolicy("arn:m", allowing("kinesis:ListShards"), roles, nil)
		}, func(w *testStore) { w.PutManagedPolicy("arn:m", allowing("kinesis:ListShards"), nil, roles) }, both, records},
		"managed policy deleted": {func(w *testStore) {
			role(getRecords...)(w)
			w.PutManagedPolicy("arn:m", allowing("kinesis:ListShards"), roles, nil)
		}, func(w *testStore) { w.DeleteManagedPolicy("arn:m") }, both, records},
		"role deleted": {role(getRecords...), func(w *testStore) { w.remove(getRecords...) }, records, nothing},
		"role deleted and created again": {role(getRecords...), func(w *testStore) {
			w.remove(getRecords...)
			w.put(listShards, nil)
		}, nothing, shards},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTestStore(t)
			test.setup(w)
			w.now = w.now.Add(time.Hour)
			test.change(w)
			w.now = w.now.Add(time.Minute - 1)
			old := w.allowed()
			w.now = w.now.Add(1)
			if diff := cmp.Diff([2][2]bool{test.wantOld, test.wantNew}, [2][2]bool{old, w.allowed()}); diff != "" {
				t.Errorf("permissions before and after the change takes effect (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTrustTakesEffectLate changes a trust policy. EffectiveRole returns the change after
// the delay. Role and Roles, which resources of a stack use, return it at once.
func TestTrustTakesEffectLate(t *testing.T) {
	t.Parallel()
	w := newTestStore(t)
	w.put(nil, nil)
	w.now = w.now.Add(time.Hour)
	if err := w.PutRole("r", roleARN, trust("redshift.amazonaws.com"), iam.Declared{}, iam.Declared{}); err != nil {
		t.Fatal(err)
	}
	trusts := func() [3]bool {
		effective, _ := w.EffectiveRole(roleARN)
		latest, _ := w.Role(roleARN)
		return [3]bool{effective.Trusts("redshift.amazonaws.com"), latest.Trusts("redshift.amazonaws.com"), w.Roles()[0].Trusts("redshift.amazonaws.com")}
	}
	got := [][3]bool{trusts()}
	w.now = w.now.Add(time.Minute)
	if diff := cmp.Diff([][3]bool{{false, true, true}, {true, true, true}}, append(got, trusts())); diff != "" {
		t.Errorf("EffectiveRole, Role and Roles, before and after the delay (-want +got):\n%s", diff)
	}
}

// TestDeletedRole checks, without a delay, that a deleted role has no permissions.
func TestDeletedRole(t *testing.T) {
	t.Parallel()
	w := newTestStore(t)
	w.Delay = 0
	w.put([]string{"kinesis:GetRecords"}, nil)
	before := w.allowed()
	w.remove("kinesis:GetRecords")
	if diff := cmp.Diff([][2]bool{{true, false}, {false, false}}, [][2]bool{before, w.allowed()}); diff != "" {
		t.Errorf("permissions before and after DeleteRole (-want +got):\n%s", diff)
	}
}

// TestRefusedChanges checks that error messages are worded as IAM words them.
func TestRefusedChanges(t *testing.T) {
	t.Parallel()
	w := newTestStore(t)
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
