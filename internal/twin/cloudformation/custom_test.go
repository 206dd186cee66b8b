package cloudformation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fakeFunction is an Invoker. For each event it calls reply, which can send responses to
// the response URL with put. put returns the status code.
type fakeFunction struct {
	handler http.Handler
	reply   func(event customEvent, put func(body string) int) error

	mu     sync.Mutex
	events []customEvent
}

func (f *fakeFunction) Invoke(_ context.Context, _ string, payload []byte) error {
	var e customEvent
	if err := json.Unmarshal(payload, &e); err != nil {
		return err
	}
	f.mu.Lock()
	f.events = append(f.events, e)
	f.mu.Unlock()
	return f.reply(e, func(body string) int {
		w := httptest.NewRecorder()
		f.handler.ServeHTTP(w, httptest.NewRequest(http.MethodPut, e.ResponseURL, strings.NewReader(body)))
		return w.Code
	})
}

// responseTo returns the body of a response to e. id is the physical id. fields is
// appended to the JSON object; it is empty or begins with a comma.
func responseTo(e customEvent, status, id, fields string) string {
	return fmt.Sprintf(`{"Status":%q,"PhysicalResourceId":%q,"StackId":%q,"RequestId":%q,"LogicalResourceId":%q%s}`,
		status, id, e.StackID, e.RequestID, e.LogicalResourceID, fields)
}

// customRequest returns a request for a custom resource with the given properties. It adds
// a ServiceToken to properties.
func customRequest(properties map[string]any) Request {
	properties["ServiceToken"] = "arn:aws:lambda:us-east-1:123456789012:function:f"
	return Request{
		StackName: "s", StackID: "arn:stack", Region: "us-east-1", Account: "123456789012", Type: "Custom::View", LogicalID: "View",
		RequestID: "r-1", Properties: properties,
	}
}

// newCustomProvider returns a Provider whose function is a fakeFunction with reply.
func newCustomProvider(t *testing.T, reply func(customEvent, func(string) int) error) (*customResources, *fakeFunction) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	f := &fakeFunction{reply: reply}
	c := newCustomResources(ctx, f, "http://twin"+ResponsePath)
	f.handler = c
	t.Cleanup(func() { cancel(); c.wait() })
	return c, f
}

func TestCustomEvents(t *testing.T) {
	t.Parallel()
	c, f := newCustomProvider(t, func(e customEvent, put func(string) int) error {
		put(responseTo(e, "SUCCESS", "view-1", `,"Data":{"Name":"v","Rows":5}`))
		return nil
	})
	properties := map[string]any{"ServiceTimeout": 930.0, "On": true, "Columns": []any{map[string]any{"Size": 7.0}, "x"}}
	created, err := c.Create(t.Context(), customRequest(properties))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Resource{PhysicalID: "view-1", Attributes: map[string]any{"Name": "v", "Rows": "5"}}, created); diff != "" {
		t.Errorf("Create (-want +got):\n%s", diff)
	}
	update := customRequest(map[string]any{"On": false})
	update.PhysicalID, update.OldProperties = "view-1", properties
	if _, err := c.Update(t.Context(), update); err != nil {
		t.Fatal(err)
	}
	deletion := customRequest(map[string]any{})
	deletion.PhysicalID = "view-1"
	if err := c.Delete(t.Context(), deletion); err != nil {
		t.Fatal(err)
	}
	token := "arn:aws:lambda:us-east-1:123456789012:function:f"
	old := map[string]any{
		"ServiceToken": token, "ServiceTimeout": "930", "On": "true", "Columns": []any{map[string]any{"Size": "7"}, "x"},
	}
	event := func(kind, id string, properties, old map[string]any) customEvent {
		properties["ServiceToken"] = token
		return customEvent{
			RequestType: kind, ServiceToken: token, StackID: "arn:stack", RequestID: "r-1", ResourceType: "Custom::View",
			LogicalResourceID: "View", PhysicalResourceID: id, ResourceProperties: properties, OldResourceProperties: old,
		}
	}
	want := []customEvent{
		event("Create", "", old, nil), event("Update", "view-1", map[string]any{"On": "false"}, old), event("Delete", "view-1", map[string]any{}, nil),
	}
	for i := range f.events {
		if !strings.HasPrefix(f.events[i].ResponseURL, "http://twin"+ResponsePath) {
			t.Errorf("response URL %q, want the prefix http://twin%s", f.events[i].ResponseURL, ResponsePath)
		}
		f.events[i].ResponseURL = ""
	}
	if diff := cmp.Diff(want, f.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestCustomAnswers(t *testing.T) {
	t.Parallel()
	generated := PhysicalName(customRequest(map[string]any{}), maxPhysicalIDBytes, false)
	tests := map[string]struct {
		body func(e customEvent) string
		id   string
		want string // the error
	}{
		"FAILED with a physical id": {
			func(e customEvent) string {
				return responseTo(e, "FAILED", "half", `,"Reason":"no such function nope()"`)
			}, "half",
			"Received response status [FAILED] from custom resource. Message returned: no such function nope() (RequestId: r-1)",
		},
		"SUCCESS without a physical id": {func(e customEvent) string { return responseTo(e, "SUCCESS", "", "") }, generated, "Invalid PhysicalResourceId"},
		"physical id too long":          {func(e customEvent) string { return responseTo(e, "SUCCESS", strings.Repeat("x", 1025), "") }, generated, "Invalid PhysicalResourceId"},
		"response too long": {func(e customEvent) string {
			return responseTo(e, "SUCCESS", "x", `,"Reason":"`+strings.Repeat("x", 4096)+`"`)
		}, generated, "Response object is too long."},
		"not JSON":                {func(customEvent) string { return "OK" }, generated, "Invalid response object: invalid character 'O' looking for beginning of value"},
		"FAILED without a reason": {func(e customEvent) string { return responseTo(e, "FAILED", "x", "") }, generated, "Invalid response object: Reason is required when Status is FAILED"},
		"response to another request": {func(customEvent) string {
			return `{"Status":"DONE","PhysicalResourceId":"x","StackId":"a","RequestId":"b"}`
		}, generated, `Invalid response object: StackId "a" differs from the request's "arn:stack"; RequestId "b" differs from the request's "r-1"; LogicalResourceId "" differs from the request's "View"; Status "DONE" is neither SUCCESS nor FAILED`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newCustomProvider(t, func(e customEvent, put func(string) int) error { put(tt.body(e)); return nil })
			created, err := c.Create(t.Context(), customRequest(map[string]any{}))
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			if created.PhysicalID != tt.id {
				t.Errorf("physical id %q, want %q", created.PhysicalID, tt.id)
			}
		})
	}
}

func TestResponseURLAcceptsOneResponse(t *testing.T) {
	t.Parallel()
	codes := make(chan []int, 1)
	c, _ := newCustomProvider(t, func(e customEvent, put func(string) int) error {
		codes <- []int{put(responseTo(e, "SUCCESS", "first", "")), put(responseTo(e, "SUCCESS", "second", ""))}
		return errors.New("crashed after its response")
	})
	created, err := c.Create(t.Context(), customRequest(map[string]any{}))
	if err != nil || created.PhysicalID != "first" {
		t.Errorf("physical id %q, error %v; want the id of the first response", created.PhysicalID, err)
	}
	if diff := cmp.Diff([]int{200, 403}, <-codes); diff != "" {
		t.Errorf("status codes (-want +got):\n%s", diff)
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://twin"+ResponsePath+"x", &bytes.Buffer{}))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d, want 405", w.Code)
	}
}

func TestCustomWithoutResponse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		properties map[string]any
		reply      error
		after      time.Duration
		want       string
	}{
		"default timeout":  {map[string]any{}, nil, time.Hour, "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [r-1]."},
		"ServiceTimeout":   {map[string]any{"ServiceTimeout": "90"}, nil, 90 * time.Second, "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [r-1]."},
		"function failed":  {map[string]any{}, errors.New("exit status 2"), 0, "the custom resource's function failed without a response: exit status 2 (RequestId: r-1)"},
		"timeout too long": {map[string]any{"ServiceTimeout": 3601.0}, nil, 0, `Invalid ServiceTimeout "3601": needs a whole number of seconds from 1 to 3600`},
		"not a number":     {map[string]any{"ServiceTimeout": "soon"}, nil, 0, `Invalid ServiceTimeout "soon": needs a whole number of seconds from 1 to 3600`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, _ := newCustomProvider(t, func(customEvent, func(string) int) error { return tt.reply })
				began := time.Now()
				created, err := c.Create(t.Context(), customRequest(tt.properties))
				if err == nil || err.Error() != tt.want {
					t.Errorf("error %v, want %s", err, tt.want)
				}
				if got := time.Since(began); got != tt.after {
					t.Errorf("Create returned after %v, want %v", got, tt.after)
				}
				if !strings.HasPrefix(created.PhysicalID, "s-View-") {
					t.Errorf("physical id %q, want a generated one: s-View-…", created.PhysicalID)
				}
			})
		})
	}
}

func TestCustomServiceToken(t *testing.T) {
	t.Parallel()
	c, _ := newCustomProvider(t, func(customEvent, func(string) int) error { return nil })
	r := customRequest(map[string]any{})
	r.Properties["ServiceToken"] = "arn:aws:sns:us-east-1:123456789012:topic"
	_, err := c.Create(t.Context(), r)
	want := `Invalid ServiceToken "arn:aws:sns:us-east-1:123456789012:topic": the local twin supports only ARNs of Lambda functions`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestCustomInStack checks that a failed Create of a custom resource is followed by a
// Delete with the physical id of the failed response.
func TestCustomInStack(t *testing.T) {
	t.Parallel()
	f := &fakeFunction{reply: func(e customEvent, put func(string) int) error {
		if e.RequestType == "Create" {
			put(responseTo(e, "FAILED", "half", `,"Reason":"sorry"`))
			return nil
		}
		put(responseTo(e, "SUCCESS", e.PhysicalResourceID, ""))
		return nil
	}}
	w := newTwin(t, func(o *Options) { o.Invoker, o.BaseURL = f, "http://twin" })
	f.handler = w.ResponseHandler()
	w.deploy(t, `{"Resources":{"V":{"Type":"Custom::View","Properties":{"ServiceToken":"arn:aws:lambda:us-east-1:123456789012:function:f"}}}}`)
	var got []string
	for _, e := range f.events {
		got = append(got, e.RequestType+" "+e.PhysicalResourceID)
	}
	if diff := cmp.Diff([]string{"Create ", "Delete half"}, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if got := w.status(t); got != "ROLLBACK_COMPLETE" {
		t.Errorf("status %s, want ROLLBACK_COMPLETE", got)
	}
}
