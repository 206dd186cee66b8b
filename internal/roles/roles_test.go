package roles_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	redshifttypes "github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/roles"
)

const (
	ours   = "arn:aws:iam::123456789012:role/ours"
	theirs = "arn:aws:iam::123456789012:role/theirs"
)

// fake is a warehouse in memory, which keeps to Redshift's contract: a change takes
// some looks until it is in sync, and while it does, others are refused.
type fake struct {
	statuses map[string]string
	pending  int          // looks until all is in sync
	slow     int          // how many looks a change takes
	gone     bool         // there is no warehouse
	failures []error      // of the next calls
	written  []([]string) // the lists that were written, of a namespace
	calls    int
}

func newFake(attached ...string) *fake {
	f := &fake{statuses: map[string]string{}, slow: 3}
	for _, arn := range attached {
		f.statuses[arn] = "in-sync"
	}
	return f
}

func (f *fake) fail() error {
	f.calls++
	if len(f.failures) == 0 {
		return nil
	}
	err := f.failures[0]
	f.failures = f.failures[1:]
	return err
}

// look lets a change go on.
func (f *fake) look() {
	if f.pending > 0 {
		f.pending--
	}
	if f.pending > 0 {
		return
	}
	for arn, status := range f.statuses {
		if status == "adding" {
			f.statuses[arn] = "in-sync"
		}
		if status == "removing" {
			delete(f.statuses, arn)
		}
	}
}

func (f *fake) change(add, remove []string) {
	for _, arn := range add {
		if f.statuses[arn] == "" {
			f.statuses[arn] = "adding"
		}
	}
	for _, arn := range remove {
		f.statuses[arn] = "removing"
	}
	f.pending = f.slow
}

// clusterFake is f as a cluster.
type clusterFake struct{ *fake }

func (c clusterFake) DescribeClusters(context.Context, *redshift.DescribeClustersInput, ...func(*redshift.Options)) (*redshift.DescribeClustersOutput, error) {
	if err := c.fail(); err != nil {
		return nil, err
	}
	if c.gone {
		return nil, &redshifttypes.ClusterNotFoundFault{}
	}
	c.look()
	described := redshifttypes.Cluster{ClusterStatus: aws.String("available, resize-cleanup")}
	for _, arn := range slices.Sorted(maps.Keys(c.statuses)) {
		described.IamRoles = append(described.IamRoles, redshifttypes.ClusterIamRole{IamRoleArn: aws.String(arn), ApplyStatus: aws.String(c.statuses[arn])})
	}
	return &redshift.DescribeClustersOutput{Clusters: []redshifttypes.Cluster{described}}, nil
}

func (c clusterFake) ModifyClusterIamRoles(_ context.Context, in *redshift.ModifyClusterIamRolesInput, _ ...func(*redshift.Options)) (*redshift.ModifyClusterIamRolesOutput, error) {
	if err := c.fail(); err != nil {
		return nil, err
	}
	if in.DefaultIamRoleArn != nil {
		return nil, errors.New("the default role was touched")
	}
	if c.pending > 0 {
		return nil, &redshifttypes.InvalidClusterStateFault{}
	}
	c.change(in.AddIamRoles, in.RemoveIamRoles)
	return &redshift.ModifyClusterIamRolesOutput{}, nil
}

// namespaceFake is f as a namespace.
type namespaceFake struct{ *fake }

func (n namespaceFake) GetNamespace(context.Context, *redshiftserverless.GetNamespaceInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.GetNamespaceOutput, error) {
	if err := n.fail(); err != nil {
		return nil, err
	}
	if n.gone {
		return nil, &types.ResourceNotFoundException{}
	}
	n.look()
	return &redshiftserverless.GetNamespaceOutput{Namespace: n.describe()}, nil
}

func (n namespaceFake) describe() *types.Namespace {
	described := &types.Namespace{Status: types.NamespaceStatusAvailable}
	if n.pending > 0 {
		described.Status = types.NamespaceStatusModifying
	}
	for i, arn := range slices.Sorted(maps.Keys(n.statuses)) {
		text := fmt.Sprintf("IamRole(applyStatus=%s, iamRoleArn=%s)", n.statuses[arn], arn)
		if i%2 == 1 { // the order has been seen to change
			text = fmt.Sprintf("IamRole(iamRoleArn=%s, applyStatus=%s)", arn, n.statuses[arn])
		}
		described.IamRoles = append(described.IamRoles, text)
	}
	return described
}

func (n namespaceFake) UpdateNamespace(_ context.Context, in *redshiftserverless.UpdateNamespaceInput, _ ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateNamespaceOutput, error) {
	if err := n.fail(); err != nil {
		return nil, err
	}
	if in.DefaultIamRoleArn != nil || in.IamRoles == nil {
		return nil, errors.New("the default role was touched, or no list was sent")
	}
	if n.pending > 0 {
		return nil, &types.ConflictException{}
	}
	n.written = append(n.written, in.IamRoles)
	var removed []string
	for arn := range n.statuses {
		if !slices.Contains(in.IamRoles, arn) {
			removed = append(removed, arn)
		}
	}
	n.change(in.IamRoles, removed)
	return &redshiftserverless.UpdateNamespaceOutput{Namespace: n.describe()}, nil
}

// kinds are the two kinds of warehouse.
var kinds = map[string]func(*fake, func(context.Context, time.Duration) error) *roles.Warehouse{
	"cluster": func(f *fake, sleep func(context.Context, time.Duration) error) *roles.Warehouse {
		return roles.OfCluster(clusterFake{f}, "c", sleep)
	},
	"namespace": func(f *fake, sleep func(context.Context, time.Duration) error) *roles.Warehouse {
		return roles.OfNamespace(namespaceFake{f}, "n", sleep)
	},
}

// atOnce waits for nothing, a hundred times; then the time is over.
func atOnce() func(context.Context, time.Duration) error {
	left := 100
	return func(context.Context, time.Duration) error {
		if left--; left < 0 {
			return context.DeadlineExceeded
		}
		return nil
	}
}

// TestContract holds for both kinds of warehouse what ddlhandler.Roles asks.
func TestContract(t *testing.T) {
	t.Parallel()
	attach := func(w *roles.Warehouse) error { return w.Attach(context.Background(), ours) }
	detach := func(w *roles.Warehouse) error { return w.Detach(context.Background(), ours) }
	tests := map[string]struct {
		before []string
		change func(*fake)
		do     func(*roles.Warehouse) error
		want   map[string]string
		err    string
	}{
		"attach":                       {[]string{theirs}, nil, attach, map[string]string{theirs: "in-sync", ours: "in-sync"}, ""},
		"attach the first":             {nil, nil, attach, map[string]string{ours: "in-sync"}, ""},
		"attach what is attached":      {[]string{ours}, nil, attach, map[string]string{ours: "in-sync"}, ""},
		"attach what is being removed": {[]string{ours}, func(f *fake) { f.change(nil, []string{ours}) }, attach, map[string]string{ours: "in-sync"}, ""},
		"detach":                       {[]string{theirs, ours}, nil, detach, map[string]string{theirs: "in-sync"}, ""},
		"detach the last":              {[]string{ours}, nil, detach, map[string]string{}, ""},
		"detach what isn't attached":   {[]string{theirs}, nil, detach, map[string]string{theirs: "in-sync"}, ""},
		"detach from what is gone":     {nil, func(f *fake) { f.gone = true }, detach, map[string]string{}, ""},
		"somebody else is at it": {
			[]string{theirs},
			func(f *fake) { f.change([]string{"another"}, nil) }, attach,
			map[string]string{theirs: "in-sync", "another": "in-sync", ours: "in-sync"},
			"",
		},
		"throttled": {nil, func(f *fake) {
			f.failures = []error{&redshifttypes.InvalidClusterStateFault{}, &types.ConflictException{}, &types.InternalServerException{}}
		}, attach, map[string]string{ours: "in-sync"}, ""},
		"attach to what is gone": {nil, func(f *fake) { f.gone = true }, attach, map[string]string{}, "attach the role: "},
		"never in sync":          {nil, func(f *fake) { f.slow = 1 << 20 }, attach, map[string]string{ours: "adding"}, `attach the role: context deadline exceeded: the role's status is "adding"`},
		"not allowed":            {nil, func(f *fake) { f.failures = []error{errors.New("access denied")} }, attach, map[string]string{}, "attach the role: access denied"},
	}
	for kind, open := range kinds {
		for name, test := range tests {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				f := newFake(test.before...)
				if test.change != nil {
					test.change(f)
				}
				err := test.do(open(f, atOnce()))
				if diff := cmp.Diff(test.want, f.statuses); diff != "" {
					t.Errorf("roles (-want +got):\n%s", diff)
				}
				if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.HasPrefix(err.Error(), test.err)) {
					t.Errorf("want the error %q, got %v", test.err, err)
				}
			})
		}
	}
}

// TestWriteThatIsLost holds that a role which somebody else's write of the whole list
// took away is written again.
func TestWriteThatIsLost(t *testing.T) {
	t.Parallel()
	f := newFake(theirs)
	f.slow = 1
	lost := false
	api := losing{namespaceFake{f}, &lost}
	if err := roles.OfNamespace(api, "n", atOnce()).Attach(t.Context(), ours); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{theirs: "in-sync", ours: "in-sync"}, f.statuses); diff != "" || !lost {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	want := [][]string{{theirs, ours}, {theirs, ours}}
	for _, list := range f.written {
		slices.Sort(list)
	}
	slices.Sort(want[0])
	slices.Sort(want[1])
	if diff := cmp.Diff(want, f.written); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
}

// losing loses the first role that is written before anybody looks.
type losing struct {
	namespaceFake
	lost *bool
}

func (l losing) UpdateNamespace(ctx context.Context, in *redshiftserverless.UpdateNamespaceInput, o ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateNamespaceOutput, error) {
	out, err := l.namespaceFake.UpdateNamespace(ctx, in, o...)
	if err == nil && !*l.lost {
		*l.lost = true
		delete(l.statuses, ours)
	}
	return out, err
}

// TestRoleOfOthersIsKept holds that a role which somebody attaches between our look at
// the list and our write of it is attached in the end.
func TestRoleOfOthersIsKept(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(*roles.Warehouse, string) error{
		"attach": func(w *roles.Warehouse, arn string) error { return w.Attach(context.Background(), arn) },
		"detach": func(w *roles.Warehouse, arn string) error { return w.Detach(context.Background(), arn) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, want := newFake(), map[string]string{theirs: "in-sync"}
			if name == "attach" {
				want[ours] = "in-sync"
			} else {
				f.statuses[ours] = "in-sync"
			}
			if err := do(roles.OfNamespace(&meddled{namespaceFake: namespaceFake{f}}, "n", atOnce()), ours); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, f.statuses); diff != "" {
				t.Errorf("roles (-want +got):\n%s", diff)
			}
		})
	}
}

// meddled is a namespace to which somebody attaches a role before our first write.
type meddled struct {
	namespaceFake
	done bool
}

func (m *meddled) UpdateNamespace(ctx context.Context, in *redshiftserverless.UpdateNamespaceInput, o ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateNamespaceOutput, error) {
	if !m.done {
		m.done, m.statuses[theirs] = true, "in-sync"
	}
	return m.namespaceFake.UpdateNamespace(ctx, in, o...)
}

func TestAttached(t *testing.T) {
	t.Parallel()
	for kind, open := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			f := newFake(theirs, ours)
			f.statuses[ours] = "removing"
			f.pending = 1 << 20
			got := map[string]bool{}
			for _, arn := range []string{ours, theirs, "nobody's"} {
				attached, err := open(f, atOnce()).Attached(t.Context(), arn)
				if err != nil {
					t.Fatal(err)
				}
				got[arn] = attached
			}
			if diff := cmp.Diff(map[string]bool{ours: false, theirs: true, "nobody's": false}, got); diff != "" {
				t.Errorf("attached (-want +got):\n%s", diff)
			}
		})
	}
}
