package roles_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

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

// kinds are the two kinds of warehouse.
var kinds = map[string]func(*fake, func(context.Context, time.Duration) error) *roles.Attacher{
	"cluster": func(f *fake, sleep func(context.Context, time.Duration) error) *roles.Attacher {
		return roles.ToCluster(clusterFake{f}, "c", ours, sleep)
	},
	"namespace": func(f *fake, sleep func(context.Context, time.Duration) error) *roles.Attacher {
		return roles.ToNamespace(namespaceFake{f}, "n", ours, sleep)
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

// TestContract holds for both kinds of warehouse what ddlhandler.API asks.
func TestContract(t *testing.T) {
	t.Parallel()
	attach := func(a *roles.Attacher) error { return a.Make(context.Background()) }
	detach := func(a *roles.Attacher) error { return a.Remove(context.Background()) }
	tests := map[string]struct {
		before []string
		change func(*fake)
		do     func(*roles.Attacher) error
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
	if err := roles.ToNamespace(api, "n", ours, atOnce()).Make(t.Context()); err != nil {
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
	for name, do := range map[string]func(*roles.Attacher) error{
		"attach": func(a *roles.Attacher) error { return a.Make(context.Background()) },
		"detach": func(a *roles.Attacher) error { return a.Remove(context.Background()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, want := newFake(), map[string]string{theirs: "in-sync"}
			if name == "attach" {
				want[ours] = "in-sync"
			} else {
				f.statuses[ours] = "in-sync"
			}
			if err := do(roles.ToNamespace(&meddled{namespaceFake: namespaceFake{f}}, "n", ours, atOnce())); err != nil {
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

func TestExists(t *testing.T) {
	t.Parallel()
	for kind, open := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			got := map[string]bool{}
			for _, status := range []string{"in-sync", "adding", "removing", ""} {
				f := newFake(theirs)
				if status != "" {
					f.statuses[ours] = status
				}
				f.pending = 1 << 20
				attached, err := open(f, atOnce()).Exists(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				got[status] = attached
			}
			if diff := cmp.Diff(map[string]bool{"in-sync": true, "adding": true, "removing": false, "": false}, got); diff != "" {
				t.Errorf("by the role's status (-want +got):\n%s", diff)
			}
		})
	}
}
