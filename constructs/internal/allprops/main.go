// Command allprops defines each construct with as few and with all of its props, in
// stacks of their own, so that checks see every statement of IAM that constructs can
// write. Nobody deploys them: accounts, keys, streams and clusters are nobody's.
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
	os.Stderr, _ = os.Open(os.DevNull) // jsii reports a process that has ended already
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
		return fmt.Errorf("no stack sets %v; set each of them in one", missing)
	}
	return nil
}

// Where the stacks are.
const (
	account = "111122223333"
	region  = "eu-west-1"
)

// all is the app, and which fields of props some stack has set.
type all struct {
	app awscdk.App
	dir string // of the code
	set fields
}

// code returns what no function needs to be compiled for, for one stack.
func (a *all) code() awslambda.Code { return awslambda.Code_FromAsset(&a.dir, nil) }

// stack returns a new one. Its provider is there already, so that none is compiled.
func (a *all) stack(name string) awscdk.Stack {
	stack := awscdk.NewStack(a.app, jsii.String(name), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)},
	})
	ddlprovider.New(stack, jsii.String(ddlprovider.ID), &ddlprovider.Props{Code: a.code()})
	return stack
}
