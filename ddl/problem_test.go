package ddl_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
)

func TestProblemsUnder(t *testing.T) {
	t.Parallel()
	problems := ddl.Problems{{Path: "name", Message: "a"}, {Path: "[2].type", Message: "b"}, {Message: "c"}}
	tests := map[string]struct {
		path string
		want ddl.Problems
	}{
		"path":    {"views[0]", ddl.Problems{{Path: "views[0].name", Message: "a"}, {Path: "views[0][2].type", Message: "b"}, {Path: "views[0]", Message: "c"}}},
		"no path": {"", problems},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, problems.Under(test.path)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
