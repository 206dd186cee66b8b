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

// scenario is a stack to deploy, use and destroy on the twin.
type scenario struct {
	template string // name of the stack's template
	// before creates the resources that the stack expects to exist. It returns texts to
	// replace in the template: the keys are the old texts, the values are the new ones.
	// It may be nil.
	before func(context.Context, *environment) (map[string]string, error)
	// after deletes the resources that before created. It may be nil.
	after func(context.Context, *environment) error
	// stream is the name of the stream that the stack reads.
	stream string
}

// scenarios cover every role that makes calls on the twin. The function's role connects to
// clusters and workgroups with a secret, with temporary credentials for a database user and
// with its own IAM identity; it attaches roles and sets usage limits. The warehouse's role
// reads with a KMS key and by assuming a role in another account.
var scenarios = []scenario{
	{template: "lab", stream: lab.StreamName},
	{template: "lab-serverless", stream: lab.StreamName},
	{template: "lab-customer-key", stream: lab.StreamName},
	{
		template: "lab-existing-stream", stream: "theirs",
		before: func(ctx context.Context, env *environment) (map[string]string, error) {
			_, err := env.streams.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String("theirs"), ShardCount: aws.Int32(1)})
			return nil, err
		},
		after: func(ctx context.Context, env *environment) error {
			_, err := env.streams.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: aws.String("theirs")})
			return err
		},
	},
	{
		template: "lab-existing-cluster", stream: lab.StreamName,
		before: func(ctx context.Context, env *environment) (map[string]string, error) {
			_, err := env.clusters.CreateCluster(ctx, &redshift.CreateClusterInput{
				ClusterIdentifier: aws.String(lab.ClusterIdentifier), NodeType: aws.String("ra3.large"), DBName: aws.String("dev"),
				MasterUsername: aws.String("owner"), ManageMasterPassword: aws.Bool(true), IamRoles: []string{existingRole},
			})
			return nil, err
		},
		after: func(ctx context.Context, env *environment) error {
			_, err := env.clusters.DeleteCluster(ctx, &redshift.DeleteClusterInput{
				ClusterIdentifier: aws.String(lab.ClusterIdentifier), SkipFinalClusterSnapshot: aws.Bool(true),
			})
			return err
		},
	},
	{template: "lab-existing-workgroup", stream: lab.StreamName, before: makeWorkgroup, after: removeWorkgroup},
}

// existingRole is the IAM role that existing warehouses have before the stack is deployed.
const existingRole = "arn:aws:iam::" + twinAccount + ":role/theirs"

// makeWorkgroup creates the workgroup and namespace that the template lab-existing-workgroup
// names. The twin generates their IDs, so the IDs in the template must be replaced.
func makeWorkgroup(ctx context.Context, env *environment) (map[string]string, error) {
	space, err := env.workgroups.CreateNamespace(ctx, &redshiftserverless.CreateNamespaceInput{
		NamespaceName: aws.String("space"), DbName: aws.String("dev"), IamRoles: []string{existingRole},
	})
	if err != nil {
		return nil, err
	}
	group, err := env.workgroups.CreateWorkgroup(ctx, &redshiftserverless.CreateWorkgroupInput{
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

// removeWorkgroup deletes the workgroup and namespace that makeWorkgroup created.
func removeWorkgroup(ctx context.Context, env *environment) error {
	if _, err := env.workgroups.DeleteWorkgroup(ctx, &redshiftserverless.DeleteWorkgroupInput{WorkgroupName: aws.String("group")}); err != nil {
		return err
	}
	_, err := env.workgroups.DeleteNamespace(ctx, &redshiftserverless.DeleteNamespaceInput{NamespaceName: aws.String("space")})
	return err
}

// runScenario deploys the scenario's stack, uses it and destroys it.
func (env *environment) runScenario(ctx context.Context, s scenario, t templates.Template) error {
	body, err := publish(ctx, env, t)
	if err != nil {
		return err
	}
	if s.before != nil {
		replace, err := s.before(ctx, env)
		if err != nil {
			return err
		}
		for oldText, newText := range replace {
			if !strings.Contains(body, oldText) {
				return fmt.Errorf("%s does not contain %q", t.File, oldText)
			}
			body = strings.ReplaceAll(body, oldText, newText)
		}
	}
	stack, err := env.deploy(ctx, t.Name, body)
	if err != nil {
		return err
	}
	if err := env.use(ctx, s, stack); err != nil {
		return err
	}
	if err := env.destroy(ctx, t.Name); err != nil {
		return err
	}
	if s.after != nil {
		return s.after(ctx, env)
	}
	return nil
}

// use puts a record into the stream. Then it invokes the function repeatedly with a health
// event, as the monitoring schedule does, until the function reports that a refresh of a
// view has scanned the record.
func (env *environment) use(ctx context.Context, s scenario, stack *deployed) error {
	_, err := env.streams.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String(s.stream), Records: []types.PutRecordsRequestEntry{
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
		lines, err := env.invoke(ctx, stack.function, event)
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
	return fmt.Errorf("no view has read the record of stream %q", s.stream)
}

// invoke invokes the function and returns the last lines of its log.
func (env *environment) invoke(ctx context.Context, function string, event []byte) ([]string, error) {
	response, err := env.send(ctx, http.MethodPost, "lambda", "/2015-03-31/functions/"+function+"/invocations", event)
	if err != nil {
		return nil, err
	}
	if text := string(response); strings.Contains(text, "errorMessage") {
		return nil, fmt.Errorf("function %q: %s", function, text)
	}
	log, err := env.log(ctx, function)
	return strings.Split(log, "\n"), err
}

// pause waits for d. It returns early with an error when ctx is done.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
