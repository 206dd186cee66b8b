package synthtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
)

// Code returns placeholder code for a function: an asset with an executable named bootstrap.
// A test that doesn't check the function's code uses it, so that the function isn't compiled.
func Code(t *testing.T) awslambda.Code {
	t.Helper()
	return awslambda.Code_FromAsset(jsii.String(CodeDir(t)), nil)
}

// CodeDir returns the directory of [Code]. It is removed when the test ends.
func CodeDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bootstrap"), []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // an executable
		t.Fatal(err)
	}
	return dir
}

// NewProvider defines the Provider that the constructs of a stack share, with [Code].
func NewProvider(t *testing.T, stack awscdk.Stack) *ddlprovider.Provider {
	t.Helper()
	return ddlprovider.New(stack, jsii.String(ddlprovider.ID), &ddlprovider.Props{Code: Code(t)})
}
