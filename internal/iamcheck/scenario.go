package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/templates"
)

// scenario is a stack that is deployed, used and destroyed.
type scenario struct {
	template string
	// before makes what the stack expects to be there, and returns what has to stand
	// in the template in place of what stands in it.
	before func(context.Context, *world) (map[string]string, error)
	// after removes what before has made.
	after func(context.Context, *world) error
	// stream is what the stack reads, and others put records into.
	stream string
}

// scenarios have every role act that the twin has: the function's by a secret, by IAM's
// word and as itself, on clusters and on workgroups, with roles to attach and limits to
// set; the warehouse's with a key and by way of another account's role.
var scenarios = []scenario{
	{template: "lab", stream: lab.StreamName},
	{template: "lab-serverless", stream: lab.StreamName},
	{template: "lab-customer-key", stream: lab.StreamName},
	{
		template: "lab-existing-stream", stream: "theirs",
		before: func(ctx context.Context, w *world) (map[string]string, error) {
			_, err := w.streams.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String("theirs"), ShardCount: aws.Int32(1)})
			return nil, err
		},
		after: func(ctx context.Context, w *world) error {
			_, err := w.streams.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: aws.String("theirs")})
			return err
		},
	},
	{
		template: "lab-existing-cluster", stream: lab.StreamName,
		before: func(ctx context.Context, w *world) (map[string]string, error) {
			_, err := w.clusters.CreateCluster(ctx, &redshift.CreateClusterInput{
				ClusterIdentifier: aws.String(lab.ClusterIdentifier), NodeType: aws.String("ra3.large"), DBName: aws.String("dev"),
				MasterUsername: aws.String("owner"), ManageMasterPassword: aws.Bool(true), IamRoles: []string{theirRole},
			})
			return nil, err
		},
		after: func(ctx context.Context, w *world) error {
			_, err := w.clusters.DeleteCluster(ctx, &redshift.DeleteClusterInput{
				ClusterIdentifier: aws.String(lab.ClusterIdentifier), SkipFinalClusterSnapshot: aws.Bool(true),
			})
			return err
		},
	},
	{template: "lab-existing-workgroup", stream: lab.StreamName, before: makeWorkgroup, after: removeWorkgroup},
}

// theirRole is one that existing warehouses have.
const theirRole = "arn:aws:iam::" + twinAccount + ":role/theirs"

// makeWorkgroup makes the one that the lab's variant names, whose ids the twin makes up.
func makeWorkgroup(ctx context.Context, w *world) (map[string]string, error) {
	space, err := w.workgroups.CreateNamespace(ctx, &redshiftserverless.CreateNamespaceInput{
		NamespaceName: aws.String("space"), DbName: aws.String("dev"), IamRoles: []string{theirRole},
	})
	if err != nil {
		return nil, err
	}
	group, err := w.workgroups.CreateWorkgroup(ctx, &redshiftserverless.CreateWorkgroupInput{
		WorkgroupName: aws.String("group"), NamespaceName: aws.String("space"),
	})
	if err != nil {
		return nil, err
	}
	return map[string]string{
		"11111111-2222-3333-4444-555555555555": *group.Workgroup.WorkgroupId,
		"66666666-7777-8888-9999-000000000000": *space.Namespace.NamespaceId,
	}, nil
}

func removeWorkgroup(ctx context.Context, w *world) error {
	if _, err := w.workgroups.DeleteWorkgroup(ctx, &redshiftserverless.DeleteWorkgroupInput{WorkgroupName: aws.String("group")}); err != nil {
		return err
	}
	_, err := w.workgroups.DeleteNamespace(ctx, &redshiftserverless.DeleteNamespaceInput{NamespaceName: aws.String("space")})
	return err
}

// play deploys the scenario's stack, uses it and destroys it.
func (w *world) play(ctx context.Context, s scenario, t templates.Template) error {
	body, err := publish(ctx, w, t)
	if err != nil {
		return err
	}
	if s.before != nil {
		replace, err := s.before(ctx, w)
		if err != nil {
			return err
		}
		for old, now := range replace {
			if !strings.Contains(body, old) {
				return fmt.Errorf("%s doesn't hold %s", t.File, old)
			}
			body = strings.ReplaceAll(body, old, now)
		}
	}
	stack, err := w.deploy(ctx, t.Name, body)
	if err != nil {
		return err
	}
	if err := w.use(ctx, s, stack); err != nil {
		return err
	}
	if err := w.destroy(ctx, t.Name); err != nil {
		return err
	}
	if s.after != nil {
		return s.after(ctx, w)
	}
	return nil
}

// use puts a record, has the function ask how the views are, as monitoring does, and
// waits until a view has the record, which the warehouse's own refresh brings.
func (w *world) use(ctx context.Context, s scenario, stack *deployed) error {
	_, err := w.streams.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String(s.stream), Records: []types.PutRecordsRequestEntry{
		{PartitionKey: aws.String("k"), Data: []byte(`{"n": 1}`)},
	}})
	if err != nil {
		return err
	}
	event, err := json.Marshal(map[string]any{"tributaryHealth": map[string]any{"target": stack.target, "periodSeconds": 300}})
	if err != nil {
		return err
	}
	for range 100 {
		lines, err := w.ask(ctx, stack.function, event)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, `"ScannedRecords":1`) }) {
			return nil
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("no view has the record of stream %s", s.stream)
}

// ask invokes the function, and returns the lines of its log.
func (w *world) ask(ctx context.Context, function string, event []byte) ([]string, error) {
	answer, err := w.send(ctx, http.MethodPost, "lambda", "/2015-03-31/functions/"+function+"/invocations", event)
	if err != nil {
		return nil, err
	}
	if text := string(answer); strings.Contains(text, "errorMessage") {
		return nil, fmt.Errorf("function %s: %s", function, text)
	}
	log, err := w.log(ctx, function)
	return strings.Split(log, "\n"), err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
