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

// world is where the tests' resources exist: things by physical id, each with
// its size. It keeps the contract of a Provider: names are unique, and what is
// gone is deleted.
type world struct {
	mu     sync.Mutex
	things map[string]string
	fail   map[string]bool // "Create A", "Update A", "Delete a": by logical id, or physical
	hang   string          // such a step waits until it is cancelled
	reid   bool            // Update makes another thing, under the name in Alias
}

// thing is the world's resource type.
func (w *world) thing() Type {
	return Type{
		Name: "Test::Thing", Properties: []string{"Name", "Size", "Alias", "Other"}, Required: []string{"Name"},
		Replaces: []string{"Name"}, Attributes: []string{"Arn", "Size"}, Provider: w,
	}
}

func (w *world) Create(ctx context.Context, r Request) (Resource, error) {
	if err := w.step(ctx, "Create "+r.LogicalID); err != nil {
		return Resource{}, err
	}
	return w.make(r, r.Properties["Name"])
}

func (w *world) Update(ctx context.Context, r Request) (Resource, error) {
	if err := w.step(ctx, "Update "+r.LogicalID); err != nil {
		return Resource{}, err
	}
	if alias, ok := r.Properties["Alias"]; ok && w.reid {
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

func (w *world) Delete(ctx context.Context, r Request) error {
	if err := w.step(ctx, "Delete "+r.PhysicalID); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.things, r.PhysicalID)
	return nil
}

func (w *world) make(r Request, name any) (Resource, error) {
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

func (w *world) describe(id string) Resource {
	return Resource{PhysicalID: id, Attributes: map[string]any{"Arn": "arn:" + id, "Size": w.things[id]}}
}

func (w *world) step(ctx context.Context, name string) error {
	w.mu.Lock()
	fails, hangs := w.fail[name], w.hang == name
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

// set makes the named steps fail, and only these.
func (w *world) set(fail ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fail = map[string]bool{}
	for _, name := range fail {
		w.fail[name] = true
	}
}

// left returns what exists, as "id=size".
func (w *world) left() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, id := range slices.Sorted(maps.Keys(w.things)) {
		out = append(out, id+"="+w.things[id])
	}
	return out
}

// twin is a Service under test, and a client of it.
type twin struct {
	*Service
	*world
	api *cfn.Client
}

// newTwin starts a Service that makes one resource at a time, unless o says
// otherwise.
func newTwin(t *testing.T, change ...func(*Options)) *twin {
	t.Helper()
	w := &world{things: map[string]string{}}
	o := Options{
		Region: "us-east-1", Account: "123456789012", Types: []Type{w.thing()},
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
	return &twin{s, w, cfn.New(cfn.Options{
		Region: "us-east-1", BaseEndpoint: &server.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "x", SecretAccessKey: "y"}, nil
		}),
	})}
}

// document returns a template of these resources, each "Id: {...}".
func document(resources ...string) string {
	return `{"Resources":{` + strings.Join(resources, ",") + `}}`
}

// thing returns a resource of a template.
func thing(id, properties string, attributes ...string) string {
	more := ""
	for _, a := range attributes {
		more += "," + a
	}
	return fmt.Sprintf(`%q:{"Type":"Test::Thing","Properties":{%s}%s}`, id, properties, more)
}

// deploy makes stack "s" what a template says, through a change set, and waits
// to the end. It returns the stack's events of that, oldest first.
func (w *twin) deploy(t *testing.T, body string, parameters ...types.Parameter) []string {
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
	w.settle(t)
	return w.events(t)[seen:]
}

// remove deletes stack "s" and waits to the end. It returns the events of that.
func (w *twin) remove(t *testing.T, retain ...string) []string {
	t.Helper()
	w.mutex().Lock()
	id := w.find("s").id
	w.mutex().Unlock()
	seen := len(w.eventsOf(t, id))
	if _, err := w.api.DeleteStack(t.Context(), &cfn.DeleteStackInput{StackName: aws.String("s"), RetainResources: retain}); err != nil {
		t.Fatal(err)
	}
	w.settle(t)
	return w.eventsOf(t, id)[seen:]
}

// mutex returns the service's lock.
func (w *twin) mutex() *sync.Mutex { return &w.Service.mu }

// settle waits until nothing is under way in any stack.
func (w *twin) settle(t *testing.T) {
	t.Helper()
	for {
		w.mutex().Lock()
		var done chan struct{}
		for _, st := range w.stacks {
			if st.done != nil && strings.HasSuffix(st.status, "_IN_PROGRESS") {
				done = st.done
			}
		}
		w.mutex().Unlock()
		if done == nil {
			return
		}
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatal("the stack doesn't settle")
		}
	}
}

// events returns the history of stack "s", oldest first.
func (w *twin) events(t *testing.T) []string { return w.eventsOf(t, "s") }

// eventsOf returns a stack's history, oldest first, as "id STATUS: reason".
func (w *twin) eventsOf(t *testing.T, stack string) []string {
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

// status returns the stack's status.
func (w *twin) status(t *testing.T) string {
	t.Helper()
	out, err := w.api.DescribeStacks(t.Context(), &cfn.DescribeStacksInput{StackName: aws.String("s")})
	if err != nil {
		return err.Error()
	}
	return string(out.Stacks[0].StackStatus)
}
