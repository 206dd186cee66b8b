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

// deployed is a stack's function, and the warehouse that its views are in, as the
// function's events name it.
type deployed struct {
	function string
	target   map[string]any
}

// deploy makes a stack, and waits until it is there.
func (w *world) deploy(ctx context.Context, name, body string) (*deployed, error) {
	_, err := w.stacks.CreateStack(ctx, &cloudformation.CreateStackInput{
		StackName: &name, TemplateBody: &body, Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
	})
	if err != nil {
		return nil, err
	}
	if err := w.await(ctx, name, types.StackStatusCreateComplete); err != nil {
		return nil, err
	}
	resources, err := w.stacks.DescribeStackResources(ctx, &cloudformation.DescribeStackResourcesInput{StackName: &name})
	if err != nil {
		return nil, err
	}
	stack := &deployed{}
	for _, r := range resources.StackResources {
		if *r.ResourceType == "AWS::Lambda::Function" {
			stack.function = *r.PhysicalResourceId
		}
	}
	stack.target, err = w.targetOf(ctx, name)
	return stack, err
}

// targetOf returns the outputs that name the warehouse.
func (w *world) targetOf(ctx context.Context, name string) (map[string]any, error) {
	described, err := w.stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
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

// destroy removes a stack. Nothing of it may be left.
func (w *world) destroy(ctx context.Context, name string) error {
	if _, err := w.stacks.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: &name}); err != nil {
		return err
	}
	for len(w.Status().Stacks) > 0 {
		if status := w.Status().Stacks[0].Status; strings.HasSuffix(status, "_FAILED") {
			return fmt.Errorf("stack %s: %s", name, status)
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	if left := w.Status().Resources; len(left) > 0 {
		return fmt.Errorf("left behind: %v", left)
	}
	return nil
}

// await waits for a stack, and says what failed if it comes to another end.
func (w *world) await(ctx context.Context, name string, want types.StackStatus) error {
	for {
		described, err := w.stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
		if err != nil {
			return err
		}
		switch status := described.Stacks[0].StackStatus; {
		case status == want:
			return nil
		case !strings.HasSuffix(string(status), "_IN_PROGRESS"):
			return fmt.Errorf("stack %s: %s: %w", name, status, w.reasons(ctx, name))
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

// reasons returns why resources of a stack failed.
func (w *world) reasons(ctx context.Context, name string) error {
	events, err := w.stacks.DescribeStackEvents(ctx, &cloudformation.DescribeStackEventsInput{StackName: &name})
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

// log returns the last lines that a function wrote.
func (w *world) log(ctx context.Context, function string) (string, error) {
	return twin.Client{URL: w.URL(), Secret: w.Secret()}.Log(ctx, function)
}

// send sends a request as the twin's owner, of a service that the repository has no
// client of.
func (w *world) send(ctx context.Context, method, service, path string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, w.URL()+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:])
	r.Header.Set("X-Amz-Content-Sha256", digest)
	credentials, err := w.Credentials().Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" })
	if err := signer.SignHTTP(ctx, credentials, r, digest, service, twinRegion, time.Now()); err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // it has been read
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, text)
	}
	return text, err
}
