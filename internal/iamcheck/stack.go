package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// deployed describes a deployed stack.
type deployed struct {
	function string         // name of the Lambda function
	target   map[string]any // the warehouse that has the views, in the format of the function's events
}

// deploy creates a stack and waits until its status is CREATE_COMPLETE.
func (env *environment) deploy(ctx context.Context, name, body string) (*deployed, error) {
	_, err := env.stacks.CreateStack(ctx, &cloudformation.CreateStackInput{
		StackName: &name, TemplateBody: &body, Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
	})
	if err != nil {
		return nil, err
	}
	if err := env.await(ctx, name, types.StackStatusCreateComplete); err != nil {
		return nil, err
	}
	resources, err := env.stacks.DescribeStackResources(ctx, &cloudformation.DescribeStackResourcesInput{StackName: &name})
	if err != nil {
		return nil, err
	}
	stack := &deployed{}
	for _, r := range resources.StackResources {
		if *r.ResourceType == "AWS::Lambda::Function" {
			stack.function = *r.PhysicalResourceId
		}
	}
	stack.target, err = env.targetOf(ctx, name)
	return stack, err
}

// targetOf returns the warehouse that the stack's outputs name, in the format of the
// function's events.
func (env *environment) targetOf(ctx context.Context, name string) (map[string]any, error) {
	described, err := env.stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return nil, err
	}
	target := map[string]any{}
	for _, output := range described.Stacks[0].Outputs {
		keys := map[string]string{
			"ClusterIdentifier": "clusterIdentifier", "WorkgroupName": "workgroupName", "DatabaseName": "database",
			"SecretArn": "secretArn", "DatabaseUser": "dbUser",
		}
		if key, ok := keys[*output.OutputKey]; ok {
			target[key] = *output.OutputValue
		}
	}
	return target, nil
}

// destroy deletes a stack. It returns an error if the twin still has resources afterwards.
func (env *environment) destroy(ctx context.Context, name string) error {
	if _, err := env.stacks.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: &name}); err != nil {
		return err
	}
	for len(env.Status().Stacks) > 0 {
		if status := env.Status().Stacks[0].Status; strings.HasSuffix(status, "_FAILED") {
			return fmt.Errorf("stack %q has status %s", name, status)
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	if left := env.Status().Resources; len(left) > 0 {
		return fmt.Errorf("resources remain after the stack was deleted: %v", left)
	}
	return nil
}

// await waits until a stack has the wanted status. If the operation ends with another
// status, the error contains the reasons.
func (env *environment) await(ctx context.Context, name string, want types.StackStatus) error {
	for {
		described, err := env.stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
		if err != nil {
			return err
		}
		switch status := described.Stacks[0].StackStatus; {
		case status == want:
			return nil
		case !strings.HasSuffix(string(status), "_IN_PROGRESS"):
			return fmt.Errorf("stack %q has status %s: %w", name, status, env.reasons(ctx, name))
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

// reasons returns the status reasons of all failed resources of a stack, as one error.
func (env *environment) reasons(ctx context.Context, name string) error {
	events, err := env.stacks.DescribeStackEvents(ctx, &cloudformation.DescribeStackEventsInput{StackName: &name})
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range events.StackEvents {
		if strings.HasSuffix(string(e.ResourceStatus), "_FAILED") && e.ResourceStatusReason != nil {
			errs = append(errs, fmt.Errorf("%s: %s", *e.LogicalResourceId, *e.ResourceStatusReason))
		}
	}
	return errors.Join(errs...)
}

// log returns the last lines of a function's log.
func (env *environment) log(ctx context.Context, function string) (string, error) {
	return twin.Client{URL: env.URL(), Secret: env.Secret()}.Log(ctx, function)
}

// send sends a request with the credentials of the twin's owner. It is for services for
// which the repository does not use an SDK client.
func (env *environment) send(ctx context.Context, method, service, path string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, env.URL()+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:])
	r.Header.Set("X-Amz-Content-Sha256", digest)
	credentials, err := env.Credentials().Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" })
	if err := signer.SignHTTP(ctx, credentials, r, digest, service, twinRegion, time.Now()); err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // the body has been read
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s %s: %s: %s", method, path, response.Status, text)
	}
	return text, err
}
