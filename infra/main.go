// Command infra synthesizes the lab's stack. Its settings are in config.go.
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

// endOnSignal waits for Ctrl-C. Then it ends the process of jsii, which removes its files, and
// exits. A second Ctrl-C ends the command immediately.
func endOnSignal() {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	<-interrupts
	signal.Stop(interrupts)
	quietly(jsii.Close)
	os.Exit(130)
}

// synthesize writes the cloud assembly to the directory that the CDK CLI chose, and returns the
// exit code. It prints an error of jsii, which is a panic, as readable text.
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
