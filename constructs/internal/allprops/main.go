// Command allprops synthesizes each construct twice: with as few props as possible, and with
// all of its props. So checks of the templates see every IAM statement that the constructs
// can define. The stacks are never deployed: their accounts, keys, streams and clusters don't
// exist.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
)

func main() {
	err := run()
	stderr := os.Stderr
	os.Stderr, _ = os.Open(os.DevNull) // jsii.Close reports a process that has already ended
	jsii.Close()
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "allprops:", err)
		os.Exit(1)
	}
}

func run() (err error) {
	code, err := os.MkdirTemp("", "tributary-allprops-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(code)) }()
	if err := os.WriteFile(code+"/bootstrap", []byte("nothing runs it\n"), 0o600); err != nil {
		return err
	}
	a := &all{
		app: awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)}), dir: code, set: fields{},
	}
	for _, define := range []func(){
		a.clusters, a.serverless, a.importedClusters, a.importedWorkgroups, a.networks, a.streams, a.topics, a.monitoring,
		a.dataGenerators, a.providers, a.twoStacks,
	} {
		define()
	}
	a.app.Synth(nil)
	if missing := a.set.missing(); len(missing) > 0 {
		slices.Sort(missing)
		return fmt.Errorf("no stack sets the props %v; set each of them in a stack", missing)
	}
	return nil
}

// The account and region of the stacks.
const (
	account = "111122223333"
	region  = "eu-west-1"
)

// all defines the stacks in one app.
type all struct {
	app awscdk.App
	dir string // directory of the function's code
	set fields // fields of props that some stack sets
}

// code returns placeholder code for a function, so that nothing is compiled.
func (a *all) code() awslambda.Code { return awslambda.Code_FromAsset(&a.dir, nil) }

// stack defines a stack, and the shared Provider of the stack with placeholder code.
func (a *all) stack(name string) awscdk.Stack {
	stack := awscdk.NewStack(a.app, jsii.String(name), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)},
	})
	ddlprovider.New(stack, jsii.String(ddlprovider.ID), &ddlprovider.Props{Code: a.code()})
	return stack
}
