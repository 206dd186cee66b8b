package cloudformation

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/google/go-cmp/cmp"
)

func TestDelete(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	w.deploy(t, document(thing("A", refB), thing("B", `"Name":"b","Other":{"Ref":"C"}`), thing("C", `"Name":"c"`),
		thing("D", `"Name":"d"`, `"DeletionPolicy":"Retain"`)))
	w.failSteps("Delete b")
	want := []string{
		"s DELETE_IN_PROGRESS: User Initiated", "A DELETE_IN_PROGRESS", "A DELETE_COMPLETE", "D DELETE_SKIPPED",
		"B DELETE_IN_PROGRESS", "B DELETE_FAILED: no luck", "s DELETE_FAILED: The following resource(s) failed to delete: [B].",
	}
	if diff := cmp.Diff(want, w.remove(t)); diff != "" {
		t.Errorf("failed deletion (-want +got):\n%s", diff)
	}
	want = []string{
		"s DELETE_IN_PROGRESS: User Initiated", "B DELETE_SKIPPED", "C DELETE_IN_PROGRESS", "C DELETE_COMPLETE", "s DELETE_COMPLETE",
	}
	if diff := cmp.Diff(want, w.remove(t, "B")); diff != "" {
		t.Errorf("deletion that retains the failed resource (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"b=<nil>", "d=<nil>"}, w.listThings()); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
}

func TestFailureCancelsOthers(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	w.parallel = 8
	w.hangStep = "Create A"
	w.failSteps("Create B")
	got := w.deploy(t, document(thing("A", `"Name":"a"`), thing("B", `"Name":"b"`)))
	for _, want := range []string{
		"A CREATE_FAILED: Resource creation cancelled", "B CREATE_FAILED: no luck",
		"s ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [A, B]. Rollback requested by user.",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no event %q in %q", want, got)
		}
	}
}

func TestDeleteWhileCreating(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	w.hangStep = "Create B"
	body := document(thing("A", `"Name":"a"`), thing("B", `"Name":"b"`, `"DependsOn":"A"`))
	if _, err := w.api.CreateStack(t.Context(), &cfn.CreateStackInput{StackName: aws.String("s"), TemplateBody: &body}); err != nil {
		t.Fatal(err)
	}
	for !slices.Contains(w.events(t), "B CREATE_IN_PROGRESS") {
		time.Sleep(time.Millisecond)
	}
	got := w.remove(t)
	if !slices.Contains(got, "s DELETE_COMPLETE") || len(w.listThings()) > 0 {
		t.Errorf("events %q, resources %q; want the stack and all resources deleted", got, w.listThings())
	}
}

func TestCloseCancelsOperations(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	w.hangStep = "Create A"
	body := document(thing("A", `"Name":"a"`))
	if _, err := w.api.CreateStack(t.Context(), &cfn.CreateStackInput{StackName: aws.String("s"), TemplateBody: &body}); err != nil {
		t.Fatal(err)
	}
	w.Close() // hangs if the operation does not end
	if got := w.status(t); got != "CREATE_IN_PROGRESS" {
		t.Errorf("status %s, want CREATE_IN_PROGRESS", got)
	}
}
