package uuid_test

import (
	"regexp"
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin/uuid"
)

func TestUUIDs(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	made := map[string]bool{}
	for _, id := range []string{uuid.New(), uuid.New(), uuid.Of("a", "b"), uuid.Of("a", "b"), uuid.Of("ab")} {
		if !form.MatchString(id) {
			t.Errorf("%q is no UUID of version 4", id)
		}
		made[id] = true
	}
	if len(made) != 4 {
		t.Errorf("want 4 different ones, the two of equal parts being equal, got %v", made)
	}
}
