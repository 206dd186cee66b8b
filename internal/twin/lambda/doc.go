// Package lambda runs, for the local twin, AWS Lambda functions as processes:
// a function's zip is unpacked and its bootstrap started, one process an
// execution environment, and fed over the Lambda Runtime API. Warm
// environments are used again and end when idle; invocations that overlap get
// environments of their own; a timeout kills; asynchronous invocations are
// tried again when the function fails.
//
// What differs from Lambda: memory isn't enforced, the file system is the
// host's, and the delays between the tries of an asynchronous invocation are
// [Options.RetryDelays] instead of a minute and two.
//
// A linux/arm64 program that the host cannot run is run under an emulator, if
// [Options.Emulator] names one, or else is built again for the host, once it is
// verified that the source on this machine is the asset's: see program.go.
//
// Sources: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
package lambda
