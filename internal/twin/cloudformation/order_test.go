package cloudformation

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRunInOrderStopsWhenContextIsDone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var ran []string
	runInOrder(ctx, map[string][]string{"a": nil, "b": {"a"}, "c": {"b"}}, 1, func(id string) error {
		ran = append(ran, id)
		if id == "b" {
			cancel()
		}
		return nil
	})
	if diff := cmp.Diff([]string{"a", "b"}, ran); diff != "" {
		t.Errorf("ran (-want +got):\n%s", diff)
	}
}
