package cloudformation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// refB contains the properties of a resource A that depends on a resource B.
const refB = `"Name":"a","Other":{"Ref":"B"}`

func TestCreate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		template string
		fail     []string
		events   []string
		things   []string // the resources that exist afterwards
		status   string
	}{
		{
			name:     "in order of dependencies",
			template: document(thing("A", refB), thing("B", `"Name":"b"`)),
			events: []string{
				"s REVIEW_IN_PROGRESS: User Initiated", "s CREATE_IN_PROGRESS: User Initiated",
				"B CREATE_IN_PROGRESS", "B CREATE_IN_PROGRESS: Resource creation Initiated", "B CREATE_COMPLETE",
				"A CREATE_IN_PROGRESS", "A CREATE_IN_PROGRESS: Resource creation Initiated", "A CREATE_COMPLETE",
				"s CREATE_COMPLETE",
			},
			things: []string{"a=<nil>", "b=<nil>"}, status: "CREATE_COMPLETE",
		},
		{
			name:     "a failure rolls back in reverse",
			template: document(thing("A", refB), thing("B", `"Name":"b"`), thing("C", `"Name":"c"`, `"DependsOn":"A"`)),
			fail:     []string{"Create A"},
			events: []string{
				"s REVIEW_IN_PROGRESS: User Initiated", "s CREATE_IN_PROGRESS: User Initiated",
				"B CREATE_IN_PROGRESS", "B CREATE_IN_PROGRESS: Resource creation Initiated", "B CREATE_COMPLETE",
				"A CREATE_IN_PROGRESS", "A CREATE_FAILED: no luck",
				"s ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [A]. Rollback requested by user.",
				"A DELETE_COMPLETE", "B DELETE_IN_PROGRESS", "B DELETE_COMPLETE", "s ROLLBACK_COMPLETE",
			},
			status: "ROLLBACK_COMPLETE",
		},
		{
			name:     "a rollback deletes a resource whose creation failed half-way",
			template: document(thing("A", `"Name":"a"`)),
			fail:     []string{"After A"},
			events: []string{
				"s REVIEW_IN_PROGRESS: User Initiated", "s CREATE_IN_PROGRESS: User Initiated",
				"A CREATE_IN_PROGRESS", "A CREATE_FAILED: broke half-way",
				"s ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [A]. Rollback requested by user.",
				"A DELETE_IN_PROGRESS", "A DELETE_COMPLETE", "s ROLLBACK_COMPLETE",
			},
			status: "ROLLBACK_COMPLETE",
		},
		{
			name: "policies during a rollback",
			template: document(thing("A", `"Name":"a"`, `"DeletionPolicy":"Retain"`),
				thing("B", `"Name":"b"`, `"DeletionPolicy":"RetainExceptOnCreate"`, `"DependsOn":"A"`), thing("C", `"Name":"c"`, `"DependsOn":["B"]`)),
			fail: []string{"Create C"},
			events: []string{
				"s REVIEW_IN_PROGRESS: User Initiated", "s CREATE_IN_PROGRESS: User Initiated",
				"A CREATE_IN_PROGRESS", "A CREATE_IN_PROGRESS: Resource creation Initiated", "A CREATE_COMPLETE",
				"B CREATE_IN_PROGRESS", "B CREATE_IN_PROGRESS: Resource creation Initiated", "B CREATE_COMPLETE",
				"C CREATE_IN_PROGRESS", "C CREATE_FAILED: no luck",
				"s ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [C]. Rollback requested by user.",
				"C DELETE_COMPLETE", "B DELETE_IN_PROGRESS", "B DELETE_COMPLETE", "A DELETE_SKIPPED", "s ROLLBACK_COMPLETE",
			},
			things: []string{"a=<nil>"}, status: "ROLLBACK_COMPLETE",
		},
		{
			name:     "a rollback that fails",
			template: document(thing("A", refB), thing("B", `"Name":"b"`)),
			fail:     []string{"Create A", "Delete b"},
			events: []string{
				"s REVIEW_IN_PROGRESS: User Initiated", "s CREATE_IN_PROGRESS: User Initiated",
				"B CREATE_IN_PROGRESS", "B CREATE_IN_PROGRESS: Resource creation Initiated", "B CREATE_COMPLETE",
				"A CREATE_IN_PROGRESS", "A CREATE_FAILED: no luck",
				"s ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [A]. Rollback requested by user.",
				"A DELETE_COMPLETE", "B DELETE_IN_PROGRESS", "B DELETE_FAILED: no luck",
				"s ROLLBACK_FAILED: The following resource(s) failed to delete: [B].",
			},
			things: []string{"b=<nil>"}, status: "ROLLBACK_FAILED",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newTwin(t)
			w.failSteps(tt.fail...)
			if diff := cmp.Diff(tt.events, w.deploy(t, tt.template)); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.things, w.listThings()); diff != "" {
				t.Errorf("resources (-want +got):\n%s", diff)
			}
			if got := w.status(t); got != tt.status {
				t.Errorf("status %s, want %s", got, tt.status)
			}
		})
	}
}
