package twin_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin"
)

func TestParseStrictness(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text    string
		want    twin.Strictness
		wantErr string
	}{
		"empty text": {"", twin.Strictness{}, ""},
		"all keys": {
			"iam=60s,queue=10s,isolation=snapshot,parameters=untyped,dependents=hidden,list=denied,users=own",
			twin.Strictness{time.Minute, 10 * time.Second, true, true, true, true, true},
			"",
		},
		"all keys with their defaults": {"iam=0s,queue=0s,isolation=serializable,parameters=typed,dependents=shown,list=allowed,users=admin", twin.Strictness{}, ""},
		"two keys, with spaces":        {" list=denied , iam=1m30s ", twin.Strictness{IAMDelay: 90 * time.Second, NoListStatements: true}, ""},
		"several invalid pairs": {
			"iam=soon,queue=-1s,isolation=none,list=denied,list=denied,speed=low,users",
			twin.Strictness{},
			`TRIBUTARY_TWIN_STRICTNESS: iam: got "soon"; write a time from 0s to 1h, such as 60s
TRIBUTARY_TWIN_STRICTNESS: queue: got "-1s"; write a time from 0s to 1h, such as 60s
TRIBUTARY_TWIN_STRICTNESS: isolation: got "none"; write snapshot or serializable
TRIBUTARY_TWIN_STRICTNESS: list: given twice; remove one
TRIBUTARY_TWIN_STRICTNESS: unknown key "speed"; write iam, queue, isolation, parameters, dependents, list, users, with commas between pairs
TRIBUTARY_TWIN_STRICTNESS: users: got ""; write own or admin`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := twin.ParseStrictness(test.text)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if diff := cmp.Diff([]any{test.want, test.wantErr}, []any{got, text}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestStrictnessString checks that String is the inverse of ParseStrictness.
func TestStrictnessString(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "iam=1m0s", "queue=10s,isolation=snapshot", "iam=2s,queue=1s,isolation=snapshot,parameters=untyped,dependents=hidden,list=denied,users=own"} {
		s, err := twin.ParseStrictness(text)
		if err != nil || s.String() != text {
			t.Errorf("got %q, %v, want %q", s.String(), err, text)
		}
	}
}
