package roles_test

import (
	"context"
	"errors"
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

// kinds contains a constructor of an Attacher for each kind of warehouse.
var kinds = map[string]func(*fake, func(context.Context, time.Duration) error) *roles.Attacher{
	"cluster": func(f *fake, sleep func(context.Context, time.Duration) error) *roles.Attacher {
		return roles.ToCluster(clusterFake{f}, "c", ours, sleep)
	},
	"namespace": func(f *fake, sleep func(context.Context, time.Duration) error) *roles.Attacher {
		return roles.ToNamespace(namespaceFake{f}, "n", ours, sleep)
	},
}

// noSleep returns a function that does not wait. From its 101st call on, it returns
// context.DeadlineExceeded.
func noSleep() func(context.Context, time.Duration) error {
	left := 100
	return func(context.Context, time.Duration) error {
		if left--; left < 0 {
			return context.DeadlineExceeded
		}
		return nil
	}
}

// TestContract checks the contract of ddlhandler.API for both kinds of warehouse.
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
		"attach":                      {[]string{theirs}, nil, attach, map[string]string{theirs: "in-sync", ours: "in-sync"}, ""},
		"attach the first":            {nil, nil, attach, map[string]string{ours: "in-sync"}, ""},
		"attach an attached role":     {[]string{ours}, nil, attach, map[string]string{ours: "in-sync"}, ""},
		"attach a role being removed": {[]string{ours}, func(f *fake) { f.change(nil, []string{ours}) }, attach, map[string]string{ours: "in-sync"}, ""},
		"detach":                      {[]string{theirs, ours}, nil, detach, map[string]string{theirs: "in-sync"}, ""},
		"detach the last":             {[]string{ours}, nil, detach, map[string]string{}, ""},
		"detach a role not attached":  {[]string{theirs}, nil, detach, map[string]string{theirs: "in-sync"}, ""},
		"detach without a warehouse":  {nil, func(f *fake) { f.missing = true }, detach, map[string]string{}, ""},
		"another change in progress": {
			[]string{theirs},
			func(f *fake) { f.change([]string{"another"}, nil) }, attach,
			map[string]string{theirs: "in-sync", "another": "in-sync", ours: "in-sync"},
			"",
		},
		"busy": {nil, func(f *fake) {
			f.failures = []error{&redshifttypes.InvalidClusterStateFault{}, &types.ConflictException{}, &types.InternalServerException{}}
		}, attach, map[string]string{ours: "in-sync"}, ""},
		"attach without a warehouse": {nil, func(f *fake) { f.missing = true }, attach, map[string]string{}, "attach the role: "},
		"never in sync":              {nil, func(f *fake) { f.slow = 1 << 20 }, attach, map[string]string{ours: "adding"}, `attach the role: context deadline exceeded: the role's status is "adding"`},
		"not allowed":                {nil, func(f *fake) { f.failures = []error{errors.New("access denied")} }, attach, map[string]string{}, "attach the role: access denied"},
	}
	for kind, open := range kinds {
		for name, test := range tests {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				f := newFake(test.before...)
				if test.change != nil {
					test.change(f)
				}
				err := test.do(open(f, noSleep()))
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

// TestOverwrittenChange checks that the list is written again if another client's write has
// removed the role.
func TestOverwrittenChange(t *testing.T) {
	t.Parallel()
	f := newFake(theirs)
	f.slow = 1
	overwritten := false
	api := overwriting{namespaceFake{f}, &overwritten}
	if err := roles.ToNamespace(api, "n", ours, noSleep()).Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{theirs: "in-sync", ours: "in-sync"}, f.statuses); diff != "" || !overwritten {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	want := [][]string{{theirs, ours}, {theirs, ours}}
	if diff := cmp.Diff(want, f.written); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
}

// overwriting is a namespace in which another client removes our role right after our first
// write.
type overwriting struct {
	namespaceFake
	done *bool
}

func (o overwriting) UpdateNamespace(ctx context.Context, in *redshiftserverless.UpdateNamespaceInput, options ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateNamespaceOutput, error) {
	out, err := o.namespaceFake.UpdateNamespace(ctx, in, options...)
	if err == nil && !*o.done {
		*o.done = true
		delete(o.statuses, ours)
	}
	return out, err
}

// TestRolesOfOthersAreKept checks that a role is attached in the end if another client
// attaches it between our read of the list and our write.
func TestRolesOfOthersAreKept(t *testing.T) {
	t.Parallel()
	attach := func(a *roles.Attacher) error { return a.Make(context.Background()) }
	detach := func(a *roles.Attacher) error { return a.Remove(context.Background()) }
	const another = "arn:aws:iam::123456789012:role/another"
	for name, test := range map[string]struct {
		before []string
		others []string // the roles that another client attaches before each of our writes
		do     func(*roles.Attacher) error
		want   map[string]string
	}{
		"attach":                    {nil, []string{theirs}, attach, map[string]string{ours: "in-sync", theirs: "in-sync"}},
		"detach":                    {[]string{ours}, []string{theirs}, detach, map[string]string{theirs: "in-sync"}},
		"attach, before two writes": {nil, []string{theirs, another}, attach, map[string]string{ours: "in-sync", theirs: "in-sync", another: "in-sync"}},
		"detach, before two writes": {[]string{ours}, []string{theirs, another}, detach, map[string]string{theirs: "in-sync", another: "in-sync"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(test.before...)
			if err := test.do(roles.ToNamespace(&concurrent{namespaceFake{f}, test.others, nil}, "n", ours, noSleep())); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, f.statuses); diff != "" {
				t.Errorf("roles (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRoleOfOthersIsLost checks the error if a role that our change has detached cannot be
// attached again.
func TestRoleOfOthersIsLost(t *testing.T) {
	t.Parallel()
	api := &concurrent{namespaceFake{newFake()}, []string{theirs}, errors.New("access denied")}
	err := roles.ToNamespace(api, "n", ours, noSleep()).Make(t.Context())
	if want := "attach " + theirs + " again, which this change has detached: access denied"; err == nil || err.Error() != want {
		t.Errorf("error\nwant %s\ngot  %v", want, err)
	}
}

// concurrent is a namespace to which another client attaches roles.
type concurrent struct {
	namespaceFake
	others []string // the other client attaches one of these before each of our writes
	last   error    // the error of our writes once others is empty; nil means success
}

func (c *concurrent) UpdateNamespace(ctx context.Context, in *redshiftserverless.UpdateNamespaceInput, o ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateNamespaceOutput, error) {
	if len(c.others) == 0 && c.last != nil {
		return nil, c.last
	}
	if len(c.others) > 0 {
		c.statuses[c.others[0]], c.others = "in-sync", c.others[1:]
	}
	return c.namespaceFake.UpdateNamespace(ctx, in, o...)
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
				attached, err := open(f, noSleep()).Exists(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				got[status] = attached
			}
			f := newFake()
			f.missing = true
			if _, err := open(f, noSleep()).Exists(t.Context()); err == nil {
				t.Error("want an error without a warehouse")
			}
			if diff := cmp.Diff(map[string]bool{"in-sync": true, "adding": true, "removing": false, "": false}, got); diff != "" {
				t.Errorf("by the role's status (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRolesListedByARN checks a namespace that lists its roles by their ARNs only.
func TestRolesListedByARN(t *testing.T) {
	t.Parallel()
	f := newFake(theirs)
	f.plain = true
	attacher := roles.ToNamespace(namespaceFake{f}, "n", ours, noSleep())
	if err := attacher.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{theirs: "in-sync", ours: "in-sync"}, f.statuses); diff != "" {
		t.Errorf("roles after the attachment (-want +got):\n%s", diff)
	}
	if err := attacher.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{theirs: "in-sync"}, f.statuses); diff != "" {
		t.Errorf("roles after the detachment (-want +got):\n%s", diff)
	}
}

// TestPendingChange checks the error of a change that does not complete in time.
func TestPendingChange(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"cluster":   `attach the role: context deadline exceeded: the role's status is "adding", and the warehouse is available`,
		"namespace": `attach the role: context deadline exceeded: the role's status is "adding", and the warehouse is not available`,
	}
	for kind, open := range kinds {
		f := newFake()
		f.slow = 1 << 20
		if err := open(f, noSleep()).Make(t.Context()); err == nil || err.Error() != want[kind] {
			t.Errorf("%s: error\nwant %s\ngot  %v", kind, want[kind], err)
		}
	}
}
