// Command infra synthesizes the lab's stack. See config.go for its settings.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	os.Exit(synthesize())
}

// synthesize writes the cloud assembly to where the CDK CLI wants it, and
// returns the exit code. What jsii reports as a panic, people read as a line.
func synthesize() (code int) {
	defer quietly(jsii.Close)
	defer func() {
		if problem := recover(); problem != nil {
			fmt.Fprintln(os.Stderr, readable(problem))
			code = 1
		}
	}()
	app := awscdk.NewApp(nil)
	NewStack(app, jsii.String("Tributary"))
	app.Synth(nil)
	return 0
}
