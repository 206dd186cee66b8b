// Package lambda is the local twin's AWS Lambda. It unpacks a function's zip and runs
// the bootstrap in it. Each execution environment is a process, which receives events
// through the Lambda Runtime API. Later invocations reuse a warm environment, and an
// idle environment ends after a time. Concurrent invocations have an environment each.
// A function that exceeds its timeout is killed. An asynchronous invocation is retried
// when the function fails.
//
// Differences from Lambda: the memory size is not enforced, functions see the file
// system of the host, and the delays before retries of an asynchronous invocation are
// [Options.RetryDelays] instead of one and two minutes.
//
// A linux/arm64 program that the host cannot run is run by [Options.Emulator]. Without
// an emulator, the service compiles the program's source for the host, after it has
// verified that the source on this machine is that of the program: see program.go.
//
// Sources: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
package lambda
