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
		"nothing": {"", twin.Strictness{}, ""},
		"all": {
			"iam=60s,queue=10s,isolation=snapshot,parameters=untyped,dependents=hidden,list=denied,users=own",
			twin.Strictness{time.Minute, 10 * time.Second, true, true, true, true, true},
			"",
		},
		"all off":          {"iam=0s,queue=0s,isolation=serializable,parameters=typed,dependents=shown,list=allowed,users=admin", twin.Strictness{}, ""},
		"blanks, and some": {" list=denied , iam=1m30s ", twin.Strictness{IAMDelay: 90 * time.Second, NoListStatements: true}, ""},
		"all that is wrong": {
			"iam=soon,queue=-1s,isolation=none,list=denied,list=denied,speed=low,users",
			twin.Strictness{},
			`TRIBUTARY_TWIN_STRICTNESS: iam: a time from 0s to 1h, such as 60s is needed, got "soon"
TRIBUTARY_TWIN_STRICTNESS: queue: a time from 0s to 1h, such as 60s is needed, got "-1s"
TRIBUTARY_TWIN_STRICTNESS: isolation: snapshot or serializable is needed, got "none"
TRIBUTARY_TWIN_STRICTNESS: list: given twice; remove one
TRIBUTARY_TWIN_STRICTNESS: no key "speed"; use iam, queue, isolation, parameters, dependents, list, users
TRIBUTARY_TWIN_STRICTNESS: users: own or admin is needed, got ""`,
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
