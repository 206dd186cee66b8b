// Command go uses a running twin through the AWS SDK for Go, and compares whole
// values. The environment says where the twin is and what to sign with, as for
// every client of AWS. It prints a line for each check, and ends with status 1 at
// the first difference.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

const name = "go-client"

// patience is how long the waiters wait.
const patience = time.Minute

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "go: %v\n", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be cancelled
	}
}

func run(ctx context.Context) error {
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	for _, service := range []func(context.Context, aws.Config) error{identity, streams, objects, warehouse, stacks} {
		if err := service(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// check prints a check that holds, and returns an error for one that doesn't.
func check(what string, got, want any) error {
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("%s: got %v, want %v", what, got, want)
	}
	_, err := fmt.Fprintln(os.Stdout, "go: "+what)
	return err
}

// refused returns the code of the error that a call is refused with.
func refused(err error) string {
	if refusal := smithy.APIError(nil); errors.As(err, &refusal) {
		return refusal.ErrorCode()
	}
	return ""
}

func identity(ctx context.Context, c aws.Config) error {
	me, err := sts.NewFromConfig(c).GetCallerIdentity(ctx, nil)
	if err != nil {
		return err
	}
	return check("sts says who I am", *me.Arn, "arn:aws:iam::"+*me.Account+":root")
}
