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

// function is a Lambda function under test: it answers each event as reply
// says, by PUT to the response URL.
type function struct {
	handler http.Handler
	reply   func(event customEvent, put func(body string) int) error

	mu     sync.Mutex
	events []customEvent
}

func (f *function) Invoke(_ context.Context, _ string, payload []byte) error {
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

// answer returns a response to e, with more fields.
func answer(e customEvent, status, id, more string) string {
	return fmt.Sprintf(`{"Status":%q,"PhysicalResourceId":%q,"StackId":%q,"RequestId":%q,"LogicalResourceId":%q%s}`,
		status, id, e.StackID, e.RequestID, e.LogicalResourceID, more)
}

// customRequest returns a request for a custom resource with these properties.
func customRequest(properties map[string]any) Request {
	properties["ServiceToken"] = "arn:aws:lambda:us-east-1:123456789012:function:f"
	return Request{
		StackName: "s", StackID: "arn:stack", Region: "us-east-1", Account: "123456789012", Type: "Custom::View", LogicalID: "View",
		RequestID: "r-1", Properties: properties,
	}
}

// newCustom returns a Provider whose function answers as reply says.
func newCustom(t *testing.T, reply func(customEvent, func(string) int) error) (*customResources, *function) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	f := &function{reply: reply}
	c := newCustomResources(ctx, f, "http://twin"+ResponsePath)
	f.handler = c
	t.Cleanup(func() { cancel(); c.wait() })
	return c, f
}

func TestCustomEvents(t *testing.T) {
	t.Parallel()
	c, f := newCustom(t, func(e customEvent, put func(string) int) error {
		put(answer(e, "SUCCESS", "view-1", `,"Data":{"Name":"v","Rows":5}`))
		return nil
	})
	properties := map[string]any{"ServiceTimeout": 930.0, "On": true, "Columns": []any{map[string]any{"Size": 7.0}, "x"}}
	made, err := c.Create(t.Context(), customRequest(properties))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Resource{PhysicalID: "view-1", Attributes: map[string]any{"Name": "v", "Rows": "5"}}, made); diff != "" {
		t.Errorf("made (-want +got):\n%s", diff)
	}
	update := customRequest(map[string]any{"On": false})
	update.PhysicalID, update.OldProperties = "view-1", properties
	if _, err := c.Update(t.Context(), update); err != nil {
		t.Fatal(err)
	}
	gone := customRequest(map[string]any{})
	gone.PhysicalID = "view-1"
	if err := c.Delete(t.Context(), gone); err != nil {
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
			t.Errorf("response URL %q", f.events[i].ResponseURL)
		}
		f.events[i].ResponseURL = ""
	}
	if diff := cmp.Diff(want, f.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestCustomAnswers(t *testing.T) {
	t.Parallel()
	invented := PhysicalName(customRequest(map[string]any{}), maxPhysicalIDBytes, false)
	tests := map[string]struct {
		body func(e customEvent) string
		id   string
		want string // error
	}{
		"failed, and what it half made": {
			func(e customEvent) string { return answer(e, "FAILED", "half", `,"Reason":"no such function nope()"`) }, "half",
			"Received response status [FAILED] from custom resource. Message returned: no such function nope() (RequestId: r-1)",
		},
		"without an id": {func(e customEvent) string { return answer(e, "SUCCESS", "", "") }, invented, "Invalid PhysicalResourceId"},
		"a long id":     {func(e customEvent) string { return answer(e, "SUCCESS", strings.Repeat("x", 1025), "") }, invented, "Invalid PhysicalResourceId"},
		"too long": {func(e customEvent) string {
			return answer(e, "SUCCESS", "x", `,"Reason":"`+strings.Repeat("x", 4096)+`"`)
		}, invented, "Response object is too long."},
		"no JSON":           {func(customEvent) string { return "OK" }, invented, "Invalid response object: invalid character 'O' looking for beginning of value"},
		"FAILED, no reason": {func(e customEvent) string { return answer(e, "FAILED", "x", "") }, invented, "Invalid response object: Reason is required when Status is FAILED"},
		"of another request": {func(customEvent) string {
			return `{"Status":"DONE","PhysicalResourceId":"x","StackId":"a","RequestId":"b"}`
		}, invented, `Invalid response object: StackId "a" isn't the request's "arn:stack"; RequestId "b" isn't the request's "r-1"; LogicalResourceId "" isn't the request's "View"; Status "DONE" is neither SUCCESS nor FAILED`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newCustom(t, func(e customEvent, put func(string) int) error { put(tt.body(e)); return nil })
			made, err := c.Create(t.Context(), customRequest(map[string]any{}))
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			if made.PhysicalID != tt.id {
				t.Errorf("physical id %q, want %q", made.PhysicalID, tt.id)
			}
		})
	}
}

func TestCustomAnswersOnce(t *testing.T) {
	t.Parallel()
	codes := make(chan []int, 1)
	c, _ := newCustom(t, func(e customEvent, put func(string) int) error {
		codes <- []int{put(answer(e, "SUCCESS", "first", "")), put(answer(e, "SUCCESS", "second", ""))}
		return errors.New("crashed after its answer")
	})
	made, err := c.Create(t.Context(), customRequest(map[string]any{}))
	if err != nil || made.PhysicalID != "first" {
		t.Errorf("made %q, %v; want the first answer", made.PhysicalID, err)
	}
	if diff := cmp.Diff([]int{200, 403}, <-codes); diff != "" {
		t.Errorf("status codes (-want +got):\n%s", diff)
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://twin"+ResponsePath+"x", &bytes.Buffer{}))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d", w.Code)
	}
}

func TestCustomWithoutAnswer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		properties map[string]any
		reply      error
		after      time.Duration
		want       string
	}{
		"default timeout":  {map[string]any{}, nil, time.Hour, "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [r-1]."},
		"its own timeout":  {map[string]any{"ServiceTimeout": "90"}, nil, 90 * time.Second, "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [r-1]."},
		"function failed":  {map[string]any{}, errors.New("exit status 2"), 0, "the custom resource's function failed and can't answer any more: exit status 2 (RequestId: r-1)"},
		"no such timeout":  {map[string]any{"ServiceTimeout": 3601.0}, nil, 0, `Invalid ServiceTimeout "3601": a whole number of seconds between 1 and 3600 is wanted`},
		"text for timeout": {map[string]any{"ServiceTimeout": "soon"}, nil, 0, `Invalid ServiceTimeout "soon": a whole number of seconds between 1 and 3600 is wanted`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, _ := newCustom(t, func(customEvent, func(string) int) error { return tt.reply })
				began := time.Now()
				made, err := c.Create(t.Context(), customRequest(tt.properties))
				if err == nil || err.Error() != tt.want {
					t.Errorf("error %v, want %s", err, tt.want)
				}
				if got := time.Since(began); got != tt.after {
					t.Errorf("gave up after %v, want %v", got, tt.after)
				}
				if !strings.HasPrefix(made.PhysicalID, "s-View-") {
					t.Errorf("physical id %q, want one invented", made.PhysicalID)
				}
			})
		})
	}
}

func TestCustomServiceToken(t *testing.T) {
	t.Parallel()
	c, _ := newCustom(t, func(customEvent, func(string) int) error { return nil })
	r := customRequest(map[string]any{})
	r.Properties["ServiceToken"] = "arn:aws:sns:us-east-1:123456789012:topic"
	_, err := c.Create(t.Context(), r)
	want := `Invalid ServiceToken "arn:aws:sns:us-east-1:123456789012:topic": the local twin knows only the ARNs of Lambda functions`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestCustomInStack follows a custom resource through a stack: a failed Create
// is followed by a Delete of what it named.
func TestCustomInStack(t *testing.T) {
	t.Parallel()
	f := &function{reply: func(e customEvent, put func(string) int) error {
		if e.RequestType == "Create" {
			put(answer(e, "FAILED", "half", `,"Reason":"sorry"`))
			return nil
		}
		put(answer(e, "SUCCESS", e.PhysicalResourceID, ""))
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
		t.Errorf("status %s", got)
	}
}
