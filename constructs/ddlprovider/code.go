package ddlprovider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/lambda/build"
)

// compiled returns the function, compiled from this module's own directory,
// wherever the app's go.mod finds it, so that the app needs none of the
// function's dependencies. Its hash is that of its bytes, which are the same on
// every machine. done removes it, and is called once the function is defined,
// when CDK has copied it. Where compiling fails, the code is an empty file, which
// the error keeps from ever being deployed.
func compiled() (code awslambda.Code, done func(), err error) {
	out, err := os.MkdirTemp("", "tributary-")
	if err != nil {
		panic(err) // no asset can be made here at all, of this or of CDK's
	}
	done = func() { _ = os.RemoveAll(out) }
	bootstrap := filepath.Join(out, "bootstrap")
	if err = compile(context.Background(), bootstrap); err != nil {
		err = errors.Join(explained(err), os.WriteFile(bootstrap, nil, 0o600))
	}
	return awslambda.Code_FromAsset(jsii.String(out), nil), done, err
}

func compile(ctx context.Context, bootstrap string) error {
	dir, err := build.Dir(ctx, ".", build.Module)
	if err != nil {
		return err
	}
	return build.Build(ctx, dir, build.Package, "linux", "arm64", bootstrap)
}

func explained(err error) error {
	return fmt.Errorf("the function can't be compiled: %w; run the app in its module's directory, with Tributary's source on this machine (go mod download), "+
		"or set ddlprovider.Props.Code to a compiled one", err)
}
