package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMissing checks which fields are missing after some values.
func TestMissing(t *testing.T) {
	t.Parallel()
	type inner struct{ X, Y int }
	type props struct {
		A, B   string
		Inner  inner
		List   []inner
		hidden int
	}
	tests := map[string]struct {
		props []props
		want  []string
	}{
		"no field is set":      {[]props{{hidden: 1}}, []string{"main.inner.X", "main.inner.Y", "main.props.A", "main.props.B", "main.props.Inner", "main.props.List"}},
		"two values set all":   {[]props{{A: "a", Inner: inner{X: 1}}, {B: "b", List: []inner{{Y: 2}}}}, nil},
		"a list sets a struct": {[]props{{A: "a", B: "b", List: []inner{{X: 1, Y: 1}}}}, []string{"main.props.Inner"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := fields{}
			for _, p := range tt.props {
				with(set, &p)
			}
			got := set.missing()
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
		})
	}
}
