package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/twin"
)

// assembly is the cloud assembly of the consumer's app.
type assembly struct {
	dir                              string
	ingestions, functions, resources int    // how many of each the template has
	hash                             string // hash of the function's asset
}

// synthesize compiles the app in dir and synthesizes it with the CDK CLI.
func (e *embedding) synthesize(ctx context.Context, dir string, environment []string) (*assembly, error) {
	e.step("compiling the app")
	// The same settings as for the repository's own programs, so that the build cache is shared.
	if _, err := e.command(ctx, dir, append(environment, "CGO_ENABLED=0"), "go", "build", "-trimpath", "-o", "app", "."); err != nil {
		return nil, err
	}
	e.step("synthesizing the app, which also compiles the function")
	a := &assembly{dir: filepath.Join(dir, "cdk.out")}
	cli := filepath.Join(e.root, "node_modules", ".bin", "cdk")
	if _, err := e.command(ctx, dir, environment, cli, "synth", "--quiet", "--no-notices", "--app", "./app"); err != nil {
		return nil, err
	}
	return a, a.read()
}

// read counts the resources in the template and reads the hash of the function's asset. It
// returns an error unless the template has one function and two ingestions.
func (a *assembly) read() error {
	text, err := os.ReadFile(filepath.Join(a.dir, "Shop.template.json"))
	if err != nil {
		return err
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				Code struct{ S3Key string }
			}
		}
	}
	if err := json.Unmarshal(text, &template); err != nil {
		return err
	}
	a.resources = len(template.Resources)
	for _, r := range template.Resources {
		switch r.Type {
		case "AWS::Lambda::Function":
			a.functions++
			a.hash = strings.TrimSuffix(r.Properties.Code.S3Key, ".zip")
		case contract.ExternalSchemaType:
			a.ingestions++
		}
	}
	if a.functions != 1 || a.ingestions != 2 {
		return fmt.Errorf("the template has %d functions and %d ingestions; want 1 and 2", a.functions, a.ingestions)
	}
	return nil
}

// deploy deploys the assembly on a twin, checks that a record arrives in each view, and
// destroys the stack. It returns an error if resources remain.
func (e *embedding) deploy(ctx context.Context, a *assembly) (err error) {
	e.step("starting a twin")
	server, err := twin.Start(ctx, twin.Options{WorkDir: e.root})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	var environment []string
	for _, v := range server.Status().Environment(server.Secret(), filepath.Join(e.temp, "cdkhome")) {
		environment = append(environment, v.Name+"="+v.Value) // an empty value has the effect of an unset variable
	}
	cli := filepath.Join(e.root, "node_modules", ".bin", "cdk")
	e.step("cdk deploy")
	if _, err := e.command(ctx, e.root, environment, cli, "deploy", "--no-notices", "--app", a.dir, "--require-approval", "never"); err != nil {
		return err
	}
	e.step("putting a record into each stream and reading each view")
	if err := checkRecords(ctx, server); err != nil {
		return err
	}
	e.step("cdk destroy")
	if _, err := e.command(ctx, e.root, environment, cli, "destroy", "--no-notices", "--app", a.dir, "--force"); err != nil {
		return err
	}
	if left := server.Status().Resources; len(left) > 0 {
		return fmt.Errorf("resources remain after the stack was destroyed: %v", left)
	}
	return nil
}

// checkRecords puts a record into each stream, and waits until the view with the stream's
// name contains it.
func checkRecords(ctx context.Context, server *twin.Server) error {
	url := server.URL()
	config := aws.Config{
		Region: twin.DefaultRegion, BaseEndpoint: &url, Credentials: server.Credentials(),
	}
	streams := kinesis.NewFromConfig(config)
	target := contract.Target{ClusterIdentifier: server.Status().Clusters[0].ID, Database: "dev"}
	runner := &dataapi.Runner{API: redshiftdata.NewFromConfig(config), Target: target}
	for _, name := range []string{"clicks", "orders"} {
		_, err := streams.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: aws.String("k"), Data: []byte(`{"id": "7"}`)})
		if err != nil {
			return err
		}
		for seen := false; !seen; {
			rows, _, err := runner.Rows(ctx, dataapi.Statement{SQL: "SELECT id FROM " + name}, 0)
			if err != nil {
				return err
			}
			if seen = len(rows) == 1 && rows[0][0] == "7"; !seen {
				if err := dataapi.Sleep(ctx, 100*time.Millisecond); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
