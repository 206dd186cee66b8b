package uuid_test

import (
	"regexp"
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin/uuid"
)

func TestUUIDs(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	ids := map[string]bool{}
	for _, id := range []string{uuid.New(), uuid.New(), uuid.FromParts("a", "b"), uuid.FromParts("a", "b"), uuid.FromParts("ab")} {
		if !form.MatchString(id) {
			t.Errorf("%q is not a UUID of version 4", id)
		}
		ids[id] = true
	}
	if len(ids) != 4 {
		t.Errorf("got %d different UUIDs, want 4, since two have equal parts: %v", len(ids), ids)
	}
}
