package cloudformation

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// Invoker runs Lambda functions for custom resources.
type Invoker interface {
	// Invoke runs a function asynchronously invoked with payload to its end,
	// Lambda's retries included. An error means that it failed for good and
	// will answer nothing more.
	Invoke(ctx context.Context, functionARN string, payload []byte) error
}

// Limits of the custom-resource protocol.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
const (
	maxResponseBytes   = 4096
	maxPhysicalIDBytes = 1024
	maxServiceTimeout  = 3600 // seconds; also the default
)

// customType is the type's other name.
const customType = "AWS::CloudFormation::CustomResource"

// custom reports whether resources of the type are made by a function.
func custom(typeName string) bool {
	return strings.HasPrefix(typeName, customPrefix) || typeName == customType
}

// customResources is the Provider of custom resources: it invokes their
// functions and awaits what they PUT to their response URLs.
type customResources struct {
	lifetime    context.Context // of functions: they go on when nobody waits
	invoker     Invoker
	responseURL string // ends in a slash
	functions   sync.WaitGroup

	mu      sync.Mutex
	waiting map[string]chan<- []byte // by the last part of the response URL
}

// newCustomResources returns a Provider whose response URLs begin with
// responseURL.
func newCustomResources(lifetime context.Context, invoker Invoker, responseURL string) *customResources {
	return &customResources{
		lifetime: lifetime, invoker: invoker, responseURL: responseURL, waiting: map[string]chan<- []byte{},
	}
}

// types returns the types that it makes.
func (c *customResources) types() []Type {
	return []Type{
		{Name: customPrefix, Required: []string{"ServiceToken"}, Provider: c},
		{Name: customType, Required: []string{"ServiceToken"}, Provider: c},
	}
}

// wait returns when every function has ended.
func (c *customResources) wait() { c.functions.Wait() }

// customEvent is what a function is told.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
type customEvent struct {
	RequestType           string
	ServiceToken          string
	ResponseURL           string
	StackID               string `json:"StackId"`
	RequestID             string `json:"RequestId"`
	ResourceType          string
	LogicalResourceID     string         `json:"LogicalResourceId"`
	PhysicalResourceID    string         `json:"PhysicalResourceId,omitempty"`
	ResourceProperties    map[string]any `json:",omitempty"`
	OldResourceProperties map[string]any `json:",omitempty"`
}

// customResponse is what a function answers.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
type customResponse struct {
	Status             string
	Reason             string
	PhysicalResourceID string `json:"PhysicalResourceId"`
	StackID            string `json:"StackId"`
	RequestID          string `json:"RequestId"`
	LogicalResourceID  string `json:"LogicalResourceId"`
	NoEcho             bool
	Data               map[string]any
}

// Create asks the function to create. A function that gives no id gets one
// invented, since CloudFormation will ask it to delete under some id.
func (c *customResources) Create(ctx context.Context, r Request) (Resource, error) {
	made, err := c.perform(ctx, "Create", r)
	if made.PhysicalID == "" {
		made.PhysicalID = PhysicalName(r, maxPhysicalIDBytes, false)
	}
	return made, err
}

// Update asks the function to update.
func (c *customResources) Update(ctx context.Context, r Request) (Resource, error) {
	return c.perform(ctx, "Update", r)
}

// Delete asks the function to delete.
func (c *customResources) Delete(ctx context.Context, r Request) error {
	_, err := c.perform(ctx, "Delete", r)
	return err
}

// perform invokes the function and returns its answer. It gives up when the
// function has failed for good, when ServiceTimeout is over, or when ctx ends.
func (c *customResources) perform(ctx context.Context, kind string, r Request) (Resource, error) {
	function, err := functionOf(r)
	if err != nil {
		return Resource{}, err
	}
	timeout, err := timeoutOf(r)
	if err != nil {
		return Resource{}, err
	}
	answers := make(chan []byte, 1)
	url, forget := c.expect(answers)
	defer forget()
	payload, err := json.Marshal(eventOf(kind, function, url, r))
	if err != nil {
		return Resource{}, fmt.Errorf("encode the event: %w", err)
	}
	failed := make(chan error, 1)
	c.functions.Go(func() {
		if err := c.invoker.Invoke(c.lifetime, function, payload); err != nil {
			failed <- err
		}
	})
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case body := <-answers:
		return r.answered(body)
	case err := <-failed:
		select {
		case body := <-answers: // it answered before it failed
			return r.answered(body)
		default:
			return Resource{}, fmt.Errorf("the custom resource's function failed and can't answer any more: %w (RequestId: %s)", err, r.RequestID)
		}
	case <-timer.C:
		return Resource{}, refusef("CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [%s].", r.RequestID)
	case <-ctx.Done():
		return Resource{}, ctx.Err()
	}
}

// eventOf returns what a function is told. Every scalar becomes text there, as
// CloudFormation does: true "true", 5 "5".
//
// Source: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1037
func eventOf(kind, function, url string, r Request) customEvent {
	e := customEvent{
		RequestType: kind, ServiceToken: function, ResponseURL: url, StackID: r.StackID, RequestID: r.RequestID,
		ResourceType: r.Type, LogicalResourceID: r.LogicalID, PhysicalResourceID: r.PhysicalID,
		ResourceProperties: asTexts(r.Properties),
	}
	if kind == "Update" {
		e.OldResourceProperties = asTexts(r.OldProperties)
	}
	return e
}

// asTexts returns properties with every scalar as text.
func asTexts(properties map[string]any) map[string]any {
	out := maps.Clone(properties)
	for name, v := range out {
		out[name] = template.Texts(v)
	}
	return out
}

// functionOf returns the ARN of the function that makes a resource.
func functionOf(r Request) (string, error) {
	token, _ := template.Text(r.Properties["ServiceToken"])
	a, err := arn.Parse(token)
	name, isFunction := strings.CutPrefix(a.Resource, "function:")
	if err != nil || a.Service != "lambda" || a.Region == "" || !isFunction || name == "" {
		return "", refusef("Invalid ServiceToken %q: the local twin knows only the ARNs of Lambda functions", token)
	}
	return token, nil
}

// timeoutOf returns how long a function may take.
func timeoutOf(r Request) (time.Duration, error) {
	set, ok := r.Properties["ServiceTimeout"]
	if !ok {
		return maxServiceTimeout * time.Second, nil
	}
	text, _ := template.Text(set)
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 1 || seconds > maxServiceTimeout {
		return 0, refusef("Invalid ServiceTimeout %q: a whole number of seconds between 1 and %d is wanted", text, maxServiceTimeout)
	}
	return time.Duration(seconds) * time.Second, nil
}

// answered judges a response body. The resource that it names comes back also
// when it says that the request failed.
func (r Request) answered(body []byte) (Resource, error) {
	if len(body) > maxResponseBytes {
		return Resource{}, refusal("Response object is too long.")
	}
	var a customResponse
	if err := json.Unmarshal(body, &a); err != nil {
		return Resource{}, refusef("Invalid response object: %v", err)
	}
	if err := r.matches(a); err != nil {
		return Resource{}, err
	}
	made := Resource{PhysicalID: a.PhysicalResourceID, Attributes: map[string]any{}, NoEcho: a.NoEcho}
	for name, v := range a.Data {
		made.Attributes[name] = template.Texts(v)
	}
	if a.Status == "FAILED" {
		return made, refusef("Received response status [FAILED] from custom resource. Message returned: %s (RequestId: %s)", a.Reason, r.RequestID)
	}
	return made, nil
}

// matches refuses an answer that isn't one to r, with all that is wrong.
func (r Request) matches(a customResponse) error {
	var wrong []string
	echo := func(name, got, want string) {
		if got != want {
			wrong = append(wrong, fmt.Sprintf("%s %q isn't the request's %q", name, got, want))
		}
	}
	echo("StackId", a.StackID, r.StackID)
	echo("RequestId", a.RequestID, r.RequestID)
	echo("LogicalResourceId", a.LogicalResourceID, r.LogicalID)
	switch {
	case a.Status != "SUCCESS" && a.Status != "FAILED":
		wrong = append(wrong, fmt.Sprintf("Status %q is neither SUCCESS nor FAILED", a.Status))
	case a.Status == "FAILED" && a.Reason == "":
		wrong = append(wrong, "Reason is required when Status is FAILED")
	}
	if len(wrong) > 0 {
		return refusef("Invalid response object: %s", strings.Join(wrong, "; "))
	}
	if a.PhysicalResourceID == "" || len(a.PhysicalResourceID) > maxPhysicalIDBytes {
		return refusal("Invalid PhysicalResourceId")
	}
	return nil
}
