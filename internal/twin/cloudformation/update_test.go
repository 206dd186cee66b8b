package cloudformation

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/google/go-cmp/cmp"
)

func TestUpdate(t *testing.T) {
	t.Parallel()
	before := document(thing("A", `"Name":"a","Other":{"Fn::GetAtt":["B","Size"]}`), thing("B", `"Name":"b","Size":1`))
	tests := []struct {
		name           string
		before         string // default: the variable before
		after          string
		fail           []string
		updateReplaces bool
		events         []string
		things         []string // the resources that exist afterwards
		status         string
	}{
		{
			name:  "in place; a resource that uses its attribute is updated after it",
			after: document(thing("A", `"Name":"a","Other":{"Fn::GetAtt":["B","Size"]}`), thing("B", `"Name":"b","Size":2`)),
			events: []string{
				"s UPDATE_IN_PROGRESS: User Initiated", "B UPDATE_IN_PROGRESS", "B UPDATE_COMPLETE",
				"A UPDATE_IN_PROGRESS", "A UPDATE_COMPLETE", "s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "s UPDATE_COMPLETE",
			},
			things: []string{"a=<nil>", "b=2"}, status: "UPDATE_COMPLETE",
		},
		{
			name:  "replacement; the old resource is deleted last; the attribute is the same, so A is not updated",
			after: document(thing("A", `"Name":"a","Other":{"Fn::GetAtt":["B","Size"]}`), thing("B", `"Name":"b2","Size":1`)),
			events: []string{
				"s UPDATE_IN_PROGRESS: User Initiated",
				"B UPDATE_IN_PROGRESS: Requested update requires the creation of a new physical resource; hence creating one.",
				"B UPDATE_IN_PROGRESS: Resource creation Initiated", "B UPDATE_COMPLETE",
				"s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "B DELETE_IN_PROGRESS", "B DELETE_COMPLETE", "s UPDATE_COMPLETE",
			},
			things: []string{"a=<nil>", "b2=1"}, status: "UPDATE_COMPLETE",
		},
		{
			name:   "replacement with the old one retained",
			before: document(thing("B", `"Name":"b"`)),
			after:  document(thing("B", `"Name":"b2"`, `"UpdateReplacePolicy":"Retain"`)),
			events: []string{
				"s UPDATE_IN_PROGRESS: User Initiated",
				"B UPDATE_IN_PROGRESS: Requested update requires the creation of a new physical resource; hence creating one.",
				"B UPDATE_IN_PROGRESS: Resource creation Initiated", "B UPDATE_COMPLETE",
				"s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "B DELETE_SKIPPED", "s UPDATE_COMPLETE",
			},
			things: []string{"b=<nil>", "b2=<nil>"}, status: "UPDATE_COMPLETE",
		},
		{
			name:   "added and removed; a failure to delete B is ignored",
			before: document(thing("A", `"Name":"a"`), thing("B", `"Name":"b"`), thing("C", `"Name":"c"`, `"DeletionPolicy":"Retain"`)),
			after:  document(thing("D", `"Name":"d"`)),
			fail:   []string{"Delete b"},
			events: []string{
				"s UPDATE_IN_PROGRESS: User Initiated",
				"D CREATE_IN_PROGRESS", "D CREATE_IN_PROGRESS: Resource creation Initiated", "D CREATE_COMPLETE",
				"s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "A DELETE_IN_PROGRESS", "A DELETE_COMPLETE",
				"B DELETE_IN_PROGRESS", "B DELETE_FAILED: no luck", "C DELETE_SKIPPED", "s UPDATE_COMPLETE",
			},
			things: []string{"b=<nil>", "c=<nil>", "d=<nil>"}, status: "UPDATE_COMPLETE",
		},
		{
			name:           "the provider's Update creates another resource",
			before:         document(thing("B", `"Name":"b"`)),
			after:          document(thing("B", `"Name":"b","Alias":"x"`)),
			updateReplaces: true,
			events: []string{
				"s UPDATE_IN_PROGRESS: User Initiated", "B UPDATE_IN_PROGRESS",
				"B UPDATE_IN_PROGRESS: Requested update required the provider to create a new physical resource", "B UPDATE_COMPLETE",
				"s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "B DELETE_IN_PROGRESS", "B DELETE_COMPLETE", "s UPDATE_COMPLETE",
			},
			things: []string{"x=<nil>"}, status: "UPDATE_COMPLETE",
		},
		{
			name: "rollback of an update in place, a replacement and a creation",
			before: document(thing("A", `"Name":"a","Size":1`), thing("B", `"Name":"b"`, `"DependsOn":"A"`),
				thing("C", `"Name":"c","Size":1`, `"DependsOn":"B"`), thing("Z", `"Name":"z"`)),
			after: document(thing("A", `"Name":"a","Size":2`), thing("B", `"Name":"b2"`, `"DependsOn":"A"`),
				thing("C", `"Name":"c","Size":2`, `"DependsOn":"B"`), thing("D", `"Name":"d"`, `"DependsOn":"C"`),
				thing("E", `"Name":"e"`, `"DependsOn":"D"`)),
			fail: []string{"Create E"},
			events: []string{
				"s UPDATE_IN_PROGRESS: User Initiated", "A UPDATE_IN_PROGRESS", "A UPDATE_COMPLETE",
				"B UPDATE_IN_PROGRESS: Requested update requires the creation of a new physical resource; hence creating one.",
				"B UPDATE_IN_PROGRESS: Resource creation Initiated", "B UPDATE_COMPLETE",
				"C UPDATE_IN_PROGRESS", "C UPDATE_COMPLETE",
				"D CREATE_IN_PROGRESS", "D CREATE_IN_PROGRESS: Resource creation Initiated", "D CREATE_COMPLETE",
				"E CREATE_IN_PROGRESS", "E CREATE_FAILED: no luck",
				"s UPDATE_ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [E].",
				"A UPDATE_IN_PROGRESS", "A UPDATE_COMPLETE", "B UPDATE_COMPLETE", "C UPDATE_IN_PROGRESS", "C UPDATE_COMPLETE",
				"s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "E DELETE_COMPLETE",
				"D DELETE_IN_PROGRESS", "D DELETE_COMPLETE", "B DELETE_IN_PROGRESS", "B DELETE_COMPLETE", "s UPDATE_ROLLBACK_COMPLETE",
			},
			things: []string{"a=1", "b=<nil>", "c=1", "z=<nil>"}, status: "UPDATE_ROLLBACK_COMPLETE",
		},
		{
			name:           "rollback after Update created another resource, which is deleted",
			before:         document(thing("B", `"Name":"b"`)),
			after:          document(thing("B", `"Name":"b","Alias":"x"`), thing("C", `"Name":"c"`, `"DependsOn":"B"`)),
			updateReplaces: true,
			fail:           []string{"Create C"},
			events: []string{
				"s UPDATE_IN_PROGRESS: User Initiated", "B UPDATE_IN_PROGRESS",
				"B UPDATE_IN_PROGRESS: Requested update required the provider to create a new physical resource", "B UPDATE_COMPLETE",
				"C CREATE_IN_PROGRESS", "C CREATE_FAILED: no luck",
				"s UPDATE_ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [C].", "B UPDATE_COMPLETE",
				"s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "C DELETE_COMPLETE", "B DELETE_IN_PROGRESS", "B DELETE_COMPLETE",
				"s UPDATE_ROLLBACK_COMPLETE",
			},
			things: []string{"b=<nil>"}, status: "UPDATE_ROLLBACK_COMPLETE",
		},
		{
			name:   "a rollback that fails",
			before: document(thing("B", `"Name":"b","Size":1`)),
			after:  document(thing("B", `"Name":"b","Size":2`)),
			fail:   []string{"Update B"},
			events: []string{
				"s UPDATE_IN_PROGRESS: User Initiated", "B UPDATE_IN_PROGRESS", "B UPDATE_FAILED: no luck",
				"s UPDATE_ROLLBACK_IN_PROGRESS: The following resource(s) failed to update: [B].",
				"B UPDATE_IN_PROGRESS", "B UPDATE_FAILED: no luck",
				"s UPDATE_ROLLBACK_FAILED: The following resource(s) failed to update: [B].",
			},
			things: []string{"b=1"}, status: "UPDATE_ROLLBACK_FAILED",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newTwin(t)
			w.updateReplaces = tt.updateReplaces
			if tt.before == "" {
				tt.before = before
			}
			w.deploy(t, tt.before)
			w.failSteps(tt.fail...)
			if diff := cmp.Diff(tt.events, w.deploy(t, tt.after)); diff != "" {
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

func TestContinueUpdateRollback(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		skip   []string
		events []string
		things []string // the resources that exist afterwards
	}{
		{"all resources", nil, []string{
			"s UPDATE_ROLLBACK_IN_PROGRESS: User Initiated", "B UPDATE_IN_PROGRESS", "B UPDATE_COMPLETE",
			"s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "A DELETE_IN_PROGRESS", "A DELETE_COMPLETE", "s UPDATE_ROLLBACK_COMPLETE",
		}, []string{"a=<nil>", "b=1"}},
		{"skipping the resource that failed", []string{"B"}, []string{
			"s UPDATE_ROLLBACK_IN_PROGRESS: User Initiated", "B UPDATE_COMPLETE: Resource skipped during UpdateRollback",
			"s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "A DELETE_IN_PROGRESS", "A DELETE_COMPLETE", "s UPDATE_ROLLBACK_COMPLETE",
		}, []string{"a=<nil>", "b=1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newTwin(t)
			w.deploy(t, document(thing("A", `"Name":"a"`), thing("B", `"Name":"b","Size":1`, `"DependsOn":"A"`)))
			w.failSteps("Update B")
			w.deploy(t, document(thing("A", `"Name":"a2"`), thing("B", `"Name":"b","Size":2`, `"DependsOn":"A"`)))
			w.failSteps()
			seen := len(w.events(t))
			if _, err := w.api.ContinueUpdateRollback(t.Context(), &cfn.ContinueUpdateRollbackInput{
				StackName: aws.String("s"), ResourcesToSkip: tt.skip,
			}); err != nil {
				t.Fatal(err)
			}
			w.waitUntilIdle(t)
			if diff := cmp.Diff(tt.events, w.events(t)[seen:]); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.things, w.listThings()); diff != "" {
				t.Errorf("resources (-want +got):\n%s", diff)
			}
		})
	}
}
