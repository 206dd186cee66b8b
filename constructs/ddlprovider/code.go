package ddlprovider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/lambda/build"
)

// compiledCode returns the function as an asset, compiled from the directory in which
// the app's go.mod finds this module, so that the app needs none of the function's
// dependencies. The asset's hash is that of the compiled bytes, which are the same on
// every machine. The caller calls done once the function is defined, when CDK has
// copied the asset; done removes the files. If compiling fails, the asset is an empty
// file, and err keeps the app from being synthesized and so from being deployed.
func compiledCode() (code awslambda.Code, done func(), err error) {
	dir, err := os.MkdirTemp("", "tributary-")
	if err != nil {
		panic(err) // CDK can't make assets on this machine either
	}
	done = func() { _ = os.RemoveAll(dir) }
	executable, err := compiled.get(context.Background())
	if err != nil {
		err = explained(err)
	}
	if writeErr := os.WriteFile(filepath.Join(dir, "bootstrap"), executable, 0o755); writeErr != nil { //nolint:gosec // Lambda executes it
		err = errors.Join(err, writeErr)
	}
	return awslambda.Code_FromAsset(jsii.String(dir), nil), done, err
}

// compiled is the function's executable. All stacks of an app share it, because each
// compilation takes a second or more.
var compiled executable

// executable is a function that is compiled on the first call of get.
type executable struct {
	mutex sync.Mutex
	bytes []byte // nil until a compilation succeeds
}

func (e *executable) get(ctx context.Context) ([]byte, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.bytes != nil {
		return e.bytes, nil
	}
	bytes, err := compile(ctx)
	if err != nil {
		return nil, err
	}
	e.bytes = bytes
	return bytes, nil
}

func compile(ctx context.Context) (bytes []byte, err error) {
	moduleDir, err := build.Dir(ctx, ".", build.Module)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tributary-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "bootstrap")
	if err := build.Build(ctx, moduleDir, build.Package, "linux", "arm64", file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// explained wraps an error of the compilation with what the user can do about it.
func explained(err error) error {
	return fmt.Errorf("the function can't be compiled: %w; run the app in the directory of its module, after go mod download, "+
		"or set ddlprovider.Props.Code to a compiled function", err)
}
