package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/tributary-cdk/tributary/lambda/build"
)

// stack measures the synthesis of the lab's stack, and the start of its Lambda function.
func stack(ctx context.Context, runs int) ([]row, error) {
	dir, err := os.MkdirTemp("", "tributary-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	code := filepath.Join(dir, "function")
	began := time.Now()
	if err := build.Build(ctx, ".", build.Package, "linux", "arm64", filepath.Join(code, "bootstrap")); err != nil {
		return nil, err
	}
	built := []row{{name: "lambda build, warm", figure: time.Since(began).Seconds(), unit: "s"}}
	off, err := synths(ctx, runs, dir, code, "synth, validation off", false, 1.6)
	if err != nil {
		return nil, err
	}
	on, err := synths(ctx, (runs+2)/3, dir, code, "synth, validation on", true, 1.15)
	if err != nil {
		return nil, err
	}
	starts, err := starts(ctx, 2*runs, dir)
	if err != nil {
		return nil, err
	}
	return append(append(append(built, off...), on...), starts...), nil
}

// synths compares the synthesis of the lab's stack with the synthesis of an empty stack.
// The directory code contains the compiled function, so synthesis doesn't compile it.
func synths(ctx context.Context, runs int, dir, code, name string, validated bool, goal float64) ([]row, error) {
	apps := map[string]string{"build/infra": `{"tributary:functionCode": "` + code + `"}`, "build/emptyapp": "{}"}
	seconds := map[string][]float64{}
	for i := 0; i <= runs; i++ {
		for app, appContext := range apps {
			cmd := exec.CommandContext(ctx, app) //nolint:gosec // the command is one of the two above
			cmd.Env = append(os.Environ(), "CDK_OUTDIR="+filepath.Join(dir, "out"), "CDK_CONTEXT_JSON="+appContext,
				fmt.Sprintf("CDK_VALIDATION=%v", validated))
			began := time.Now()
			if output, err := cmd.CombinedOutput(); err != nil {
				return nil, fmt.Errorf("%s: %w: %s", app, err, output)
			}
			if i > 0 { // the first run fills caches
				seconds[app] = append(seconds[app], time.Since(began).Seconds())
			}
		}
	}
	ours, empty := median(seconds["build/infra"]), median(seconds["build/emptyapp"])
	return []row{
		{name: name, figure: ours, unit: "s", against: "an empty Go CDK app", ratio: ours / empty, goal: goal, goalText: fmt.Sprintf("≤%g", goal)},
		{name: name + ", empty app", figure: empty, unit: "s"},
	}, nil
}

// starts compares the function, compiled for this machine, with a Node.js process that
// loads the Redshift Data client. It compares the time from the start of the process to
// the request of the first event, and the peak memory up to then.
func starts(ctx context.Context, runs int, dir string) ([]row, error) {
	function := filepath.Join(dir, "host", "bootstrap")
	if err := build.Build(ctx, ".", build.Package, runtime.GOOS, runtime.GOARCH, function); err != nil {
		return nil, err
	}
	sides := map[string][]string{"go": {function}, "node": {"node", "bench/node/ready.mjs"}}
	seconds, megabytes := map[string][]float64{}, map[string][]float64{}
	for i := 0; i <= runs; i++ {
		for side, command := range sides {
			s, mb, err := start(ctx, command)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", side, err)
			}
			if i > 0 {
				seconds[side], megabytes[side] = append(seconds[side], s), append(megabytes[side], mb)
			}
		}
	}
	const against = "Node.js with @aws-sdk/client-redshift-data"
	goTime, nodeTime := median(seconds["go"]), median(seconds["node"])
	goMemory, nodeMemory := median(megabytes["go"]), median(megabytes["node"])
	return []row{
		{name: "lambda start to ready", figure: 1000 * goTime, unit: "ms", against: against, ratio: goTime / nodeTime, goal: 1.0 / 7, goalText: "≤1/7"},
		{name: "lambda start to ready, Node.js", figure: 1000 * nodeTime, unit: "ms"},
		{name: "lambda peak memory", figure: goMemory, unit: "MB", against: against, ratio: goMemory / nodeMemory, goal: 1.0 / 5, goalText: "≤1/5"},
		{name: "lambda peak memory, Node.js", figure: nodeMemory, unit: "MB"},
	}, nil
}

// start runs command until it requests an event from the Lambda runtime API. It returns
// how many seconds that took, and the peak memory in megabytes.
func start(ctx context.Context, command []string) (seconds, megabytes float64, err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, 0, err
	}
	ready := make(chan time.Time, 1)
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case ready <- time.Now():
		default:
		}
		<-r.Context().Done() // the server never responds with an event
	})}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()

	cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // the command is one of the two sides
	cmd.Env = append(os.Environ(), "AWS_LAMBDA_RUNTIME_API="+listener.Addr().String(), "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x", "AWS_LAMBDA_FUNCTION_NAME=ddl", "_LAMBDA_SERVER_PORT=")
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	select {
	case at := <-ready:
		seconds = at.Sub(began).Seconds()
		megabytes, err = peakMemory(cmd.Process.Pid)
	case <-time.After(20 * time.Second):
		err = fmt.Errorf("%v was not ready within 20 s", command)
	}
	_ = cmd.Process.Kill() // it waits for an event
	_ = cmd.Wait()
	return seconds, megabytes, err
}
