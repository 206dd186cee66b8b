// Command emptyapp synthesizes an empty stack: what every CDK app in Go pays
// before it defines anything.
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
	os.Stderr, _ = os.Open(os.DevNull) // Close reports a process that has ended already
	jsii.Close()
}
