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
	// Invoke invokes a function with payload, as an asynchronous invocation of
	// Lambda, and waits until the function has ended, including Lambda's retries. An
	// error means that the last attempt failed, so the function will not send a
	// response any more.
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

// customType is the resource type of custom resources that have no type name of their
// own.
const customType = "AWS::CloudFormation::CustomResource"

// custom reports whether typeName is the type of a custom resource.
func custom(typeName string) bool {
	return strings.HasPrefix(typeName, customPrefix) || typeName == customType
}

// customResources is the Provider of custom resources. It invokes their functions and
// waits for the responses that the functions PUT to their response URLs.
type customResources struct {
	functionCtx context.Context // ends the functions; they continue when a caller stops waiting
	invoker     Invoker
	responseURL string // prefix of the response URLs; ends with a slash
	functions   sync.WaitGroup

	mu      sync.Mutex
	waiting map[string]chan<- []byte // by token, the last path segment of the response URL
}

// newCustomResources returns a Provider whose response URLs begin with responseURL. The
// functions run until they end or functionCtx is done.
func newCustomResources(functionCtx context.Context, invoker Invoker, responseURL string) *customResources {
	return &customResources{
		functionCtx: functionCtx, invoker: invoker, responseURL: responseURL, waiting: map[string]chan<- []byte{},
	}
}

// types returns the resource types for which c is the Provider.
func (c *customResources) types() []Type {
	return []Type{
		{Name: customPrefix, Required: []string{"ServiceToken"}, Provider: c},
		{Name: customType, Required: []string{"ServiceToken"}, Provider: c},
	}
}

// wait waits until all functions have ended.
func (c *customResources) wait() { c.functions.Wait() }

// customEvent is the event that a custom resource's function receives.
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

// customResponse is the response that a custom resource's function sends.
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

// Create sends the function a Create request. If the response contains no physical id,
// Create generates one, because CloudFormation's later Delete request must contain a
// physical id.
func (c *customResources) Create(ctx context.Context, r Request) (Resource, error) {
	made, err := c.invoke(ctx, "Create", r)
	if made.PhysicalID == "" {
		made.PhysicalID = PhysicalName(r, maxPhysicalIDBytes, false)
	}
	return made, err
}

// Update sends the function an Update request.
func (c *customResources) Update(ctx context.Context, r Request) (Resource, error) {
	return c.invoke(ctx, "Update", r)
}

// Delete sends the function a Delete request.
func (c *customResources) Delete(ctx context.Context, r Request) error {
	_, err := c.invoke(ctx, "Delete", r)
	return err
}

// invoke invokes the function and returns the resource that its response describes. It
// returns an error if the function's last attempt failed without a response, if
// ServiceTimeout has elapsed, or if ctx is done.
func (c *customResources) invoke(ctx context.Context, kind string, r Request) (Resource, error) {
	function, err := functionARN(r)
	if err != nil {
		return Resource{}, err
	}
	timeout, err := serviceTimeout(r)
	if err != nil {
		return Resource{}, err
	}
	answers := make(chan []byte, 1)
	url, forget := c.newResponseURL(answers)
	defer forget()
	payload, err := json.Marshal(newEvent(kind, function, url, r))
	if err != nil {
		return Resource{}, fmt.Errorf("encode the event: %w", err)
	}
	failed := make(chan error, 1)
	c.functions.Go(func() {
		if err := c.invoker.Invoke(c.functionCtx, function, payload); err != nil {
			failed <- err
		}
	})
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case body := <-answers:
		return r.parseResponse(body)
	case err := <-failed:
		select {
		case body := <-answers: // the function sent a response before it failed
			return r.parseResponse(body)
		default:
			return Resource{}, fmt.Errorf("the custom resource's function failed without a response: %w (RequestId: %s)", err, r.RequestID)
		}
	case <-timer.C:
		return Resource{}, refusef("CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [%s].", r.RequestID)
	case <-ctx.Done():
		return Resource{}, ctx.Err()
	}
}

// newEvent returns the event of a request. Like CloudFormation, it converts every
// scalar to a string: true to "true" and 5 to "5".
//
// Source: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1037
func newEvent(kind, function, url string, r Request) customEvent {
	e := customEvent{
		RequestType: kind, ServiceToken: function, ResponseURL: url, StackID: r.StackID, RequestID: r.RequestID,
		ResourceType: r.Type, LogicalResourceID: r.LogicalID, PhysicalResourceID: r.PhysicalID,
		ResourceProperties: stringProperties(r.Properties),
	}
	if kind == "Update" {
		e.OldResourceProperties = stringProperties(r.OldProperties)
	}
	return e
}

// stringProperties returns a copy of properties in which every scalar is a string.
func stringProperties(properties map[string]any) map[string]any {
	out := maps.Clone(properties)
	for name, v := range out {
		out[name] = template.Stringify(v)
	}
	return out
}

// functionARN returns the ServiceToken of a custom resource. It returns an error if the
// ServiceToken is not the ARN of a Lambda function.
func functionARN(r Request) (string, error) {
	token, _ := template.Text(r.Properties["ServiceToken"])
	a, err := arn.Parse(token)
	name, isFunction := strings.CutPrefix(a.Resource, "function:")
	if err != nil || a.Service != "lambda" || a.Region == "" || !isFunction || name == "" {
		return "", refusef("Invalid ServiceToken %q: the local twin supports only ARNs of Lambda functions", token)
	}
	return token, nil
}

// serviceTimeout returns the time within which the function must send its response.
func serviceTimeout(r Request) (time.Duration, error) {
	set, ok := r.Properties["ServiceTimeout"]
	if !ok {
		return maxServiceTimeout * time.Second, nil
	}
	text, _ := template.Text(set)
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 1 || seconds > maxServiceTimeout {
		return 0, refusef("Invalid ServiceTimeout %q: needs a whole number of seconds from 1 to %d", text, maxServiceTimeout)
	}
	return time.Duration(seconds) * time.Second, nil
}

// parseResponse returns the resource that a response body describes. If the response
// has the status FAILED, parseResponse returns both the resource and an error.
func (r Request) parseResponse(body []byte) (Resource, error) {
	if len(body) > maxResponseBytes {
		return Resource{}, refusal("Response object is too long.")
	}
	var a customResponse
	if err := json.Unmarshal(body, &a); err != nil {
		return Resource{}, refusef("Invalid response object: %v", err)
	}
	if err := r.checkResponse(a); err != nil {
		return Resource{}, err
	}
	made := Resource{PhysicalID: a.PhysicalResourceID, Attributes: map[string]any{}, NoEcho: a.NoEcho}
	for name, v := range a.Data {
		made.Attributes[name] = template.Stringify(v)
	}
	if a.Status == "FAILED" {
		return made, refusef("Received response status [FAILED] from custom resource. Message returned: %s (RequestId: %s)", a.Reason, r.RequestID)
	}
	return made, nil
}

// checkResponse returns an error if a is not a valid response to r. The error contains
// all problems of the response.
func (r Request) checkResponse(a customResponse) error {
	var wrong []string
	equal := func(name, got, want string) {
		if got != want {
			wrong = append(wrong, fmt.Sprintf("%s %q differs from the request's %q", name, got, want))
		}
	}
	equal("StackId", a.StackID, r.StackID)
	equal("RequestId", a.RequestID, r.RequestID)
	equal("LogicalResourceId", a.LogicalResourceID, r.LogicalID)
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
