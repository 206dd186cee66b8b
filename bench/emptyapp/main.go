// Command emptyapp synthesizes an empty stack. The time that it takes is the minimum for
// every CDK app in Go.
package main

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	app := awscdk.NewApp(nil)
	awscdk.NewStack(app, jsii.String("Empty"), nil)
	app.Synth(nil)
	os.Stderr, _ = os.Open(os.DevNull) // hides the error that Close prints because the process has already ended
	jsii.Close()
}
