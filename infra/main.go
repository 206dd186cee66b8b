// Command infra synthesizes the lab's stack. See config.go for its settings.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	os.Exit(synthesize())
}

// endOnSignal ends jsii's process, and removes its files, when people press
// Ctrl-C. A second one ends this process at once.
func endOnSignal() {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	<-interrupts
	signal.Stop(interrupts)
	quietly(jsii.Close)
	os.Exit(130)
}

// synthesize writes the cloud assembly to where the CDK CLI wants it, and
// returns the exit code. What jsii reports as a panic, people read as a line.
func synthesize() (code int) {
	defer quietly(jsii.Close)
	go endOnSignal()
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
