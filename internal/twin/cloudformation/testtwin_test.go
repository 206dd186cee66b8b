package cloudformation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// fakeProvider is the Provider of the resource type Test::Thing. It keeps the resources
// in memory and requires unique names. Deleting a resource that does not exist succeeds.
type fakeProvider struct {
	mu             sync.Mutex
	things         map[string]string // sizes by physical id
	fail           map[string]bool   // steps that fail: "Create <logical id>", "Update <logical id>", "Delete <physical id>"
	hangStep       string            // a step that waits until its context is done
	updateReplaces bool              // Update creates another thing with the name in Alias
}

// thingType returns the resource type Test::Thing.
func (w *fakeProvider) thingType() Type {
	return Type{
		Name: "Test::Thing", Properties: []string{"Name", "Size", "Alias", "Other"}, Required: []string{"Name"},
		Replaces: []string{"Name"}, Attributes: []string{"Arn", "Size"}, Provider: w,
	}
}

func (w *fakeProvider) Create(ctx context.Context, r Request) (Resource, error) {
	if err := w.step(ctx, "Create "+r.LogicalID); err != nil {
		return Resource{}, err
	}
	return w.make(r, r.Properties["Name"])
}

func (w *fakeProvider) Update(ctx context.Context, r Request) (Resource, error) {
	if err := w.step(ctx, "Update "+r.LogicalID); err != nil {
		return Resource{}, err
	}
	if alias, ok := r.Properties["Alias"]; ok && w.updateReplaces {
		return w.make(r, alias)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.things[r.PhysicalID]; !ok {
		return Resource{}, fmt.Errorf("%s does not exist", r.PhysicalID)
	}
	w.things[r.PhysicalID] = fmt.Sprint(r.Properties["Size"])
	return w.describe(r.PhysicalID), nil
}

func (w *fakeProvider) Delete(ctx context.Context, r Request) error {
	if err := w.step(ctx, "Delete "+r.PhysicalID); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.things, r.PhysicalID)
	return nil
}

func (w *fakeProvider) make(r Request, name any) (Resource, error) {
	id := fmt.Sprint(name)
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, taken := w.things[id]; taken {
		return Resource{}, fmt.Errorf("%s already exists", id)
	}
	w.things[id] = fmt.Sprint(r.Properties["Size"])
	if w.fail["After "+r.LogicalID] {
		return Resource{PhysicalID: id}, errors.New("broke half-way")
	}
	return w.describe(id), nil
}

func (w *fakeProvider) describe(id string) Resource {
	return Resource{PhysicalID: id, Attributes: map[string]any{"Arn": "arn:" + id, "Size": w.things[id]}}
}

func (w *fakeProvider) step(ctx context.Context, name string) error {
	w.mu.Lock()
	fails, hangs := w.fail[name], w.hangStep == name
	w.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if fails {
		return errors.New("no luck")
	}
	return nil
}

// failSteps makes the named steps fail, and no others.
func (w *fakeProvider) failSteps(fail ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fail = map[string]bool{}
	for _, name := range fail {
		w.fail[name] = true
	}
}

// listThings returns the existing things, each as "id=size".
func (w *fakeProvider) listThings() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, id := range slices.Sorted(maps.Keys(w.things)) {
		out = append(out, id+"="+w.things[id])
	}
	return out
}

// testTwin is a Service and its fakeProvider, with a client of the API.
type testTwin struct {
	*Service
	*fakeProvider
	api *cfn.Client
}

// newTwin starts a Service that handles one resource at a time. The functions in change
// can change its options.
func newTwin(t *testing.T, change ...func(*Options)) *testTwin {
	t.Helper()
	w := &fakeProvider{things: map[string]string{}}
	o := Options{
		Region: "us-east-1", Account: "123456789012", Types: []Type{w.thingType()},
		SSMParameter:      func(name string) (string, bool) { return "30", name == "/bootstrap/version" },
		AvailabilityZones: func(region string) []string { return []string{region + "a", region + "b"} },
	}
	for _, f := range change {
		f(&o)
	}
	s := New(o)
	s.parallel = 1
	server := httptest.NewServer(s)
	t.Cleanup(func() { server.Close(); s.Close() })
	return &testTwin{s, w, cfn.New(cfn.Options{
		Region: "us-east-1", BaseEndpoint: &server.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "x", SecretAccessKey: "y"}, nil
		}),
	})}
}

// document returns a template with the given resources, each in the form "Id": {...}.
func document(resources ...string) string {
	return `{"Resources":{` + strings.Join(resources, ",") + `}}`
}

// thing returns a resource for document. attributes are resource attributes, such as
// DeletionPolicy.
func thing(id, properties string, attributes ...string) string {
	more := ""
	for _, a := range attributes {
		more += "," + a
	}
	return fmt.Sprintf(`%q:{"Type":"Test::Thing","Properties":{%s}%s}`, id, properties, more)
}

// deploy creates or updates the stack "s" with a change set and waits until the operation
// has ended. It returns the new events, oldest first.
func (w *testTwin) deploy(t *testing.T, body string, parameters ...types.Parameter) []string {
	t.Helper()
	kind := types.ChangeSetTypeUpdate
	if _, err := w.api.DescribeStacks(t.Context(), &cfn.DescribeStacksInput{StackName: aws.String("s")}); err != nil {
		kind = types.ChangeSetTypeCreate
	}
	seen := len(w.events(t))
	name := aws.String("change")
	if _, err := w.api.CreateChangeSet(t.Context(), &cfn.CreateChangeSetInput{
		StackName: aws.String("s"), ChangeSetName: name, ChangeSetType: kind, TemplateBody: &body, Parameters: parameters,
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.api.ExecuteChangeSet(t.Context(), &cfn.ExecuteChangeSetInput{StackName: aws.String("s"), ChangeSetName: name}); err != nil {
		t.Fatal(err)
	}
	w.waitUntilIdle(t)
	return w.events(t)[seen:]
}

// remove deletes the stack "s" and waits until the operation has ended. It retains the
// resources in retain. It returns the new events, oldest first.
func (w *testTwin) remove(t *testing.T, retain ...string) []string {
	t.Helper()
	w.serviceLock().Lock()
	id := w.findStack("s").id
	w.serviceLock().Unlock()
	seen := len(w.eventsOf(t, id))
	if _, err := w.api.DeleteStack(t.Context(), &cfn.DeleteStackInput{StackName: aws.String("s"), RetainResources: retain}); err != nil {
		t.Fatal(err)
	}
	w.waitUntilIdle(t)
	return w.eventsOf(t, id)[seen:]
}

// serviceLock returns the service's lock.
func (w *testTwin) serviceLock() *sync.Mutex { return &w.Service.mu }

// waitUntilIdle waits until no stack has an operation in progress.
func (w *testTwin) waitUntilIdle(t *testing.T) {
	t.Helper()
	for {
		w.serviceLock().Lock()
		var done chan struct{}
		for _, st := range w.stacks {
			if st.done != nil && strings.HasSuffix(st.status, "_IN_PROGRESS") {
				done = st.done
			}
		}
		w.serviceLock().Unlock()
		if done == nil {
			return
		}
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatal("a stack still has an operation in progress after 10 s")
		}
	}
}

// events returns the events of the stack "s", oldest first.
func (w *testTwin) events(t *testing.T) []string { return w.eventsOf(t, "s") }

// eventsOf returns the events of a stack, oldest first, each as "id STATUS: reason". The
// list is empty if the stack does not exist.
func (w *testTwin) eventsOf(t *testing.T, stack string) []string {
	t.Helper()
	var out []string
	pages := cfn.NewDescribeStackEventsPaginator(w.api, &cfn.DescribeStackEventsInput{StackName: &stack})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			if strings.Contains(err.Error(), "does not exist") {
				return nil
			}
			t.Fatal(err)
		}
		for _, e := range page.StackEvents {
			text := aws.ToString(e.LogicalResourceId) + " " + string(e.ResourceStatus)
			if e.ResourceStatusReason != nil {
				text += ": " + strings.TrimSpace(*e.ResourceStatusReason)
			}
			out = append(out, text)
		}
	}
	slices.Reverse(out)
	return out
}

// status returns the status of the stack "s", or the error message if it does not exist.
func (w *testTwin) status(t *testing.T) string {
	t.Helper()
	out, err := w.api.DescribeStacks(t.Context(), &cfn.DescribeStacksInput{StackName: aws.String("s")})
	if err != nil {
		return err.Error()
	}
	return string(out.Stacks[0].StackStatus)
}
