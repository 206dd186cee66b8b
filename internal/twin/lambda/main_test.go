package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	runtimeapi "github.com/aws/aws-lambda-go/lambda"
)

// TestMain is both the tests and, where it finds itself started by the Runtime
// API, the function that they run.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		runtimeapi.Start(handle)
		return
	}
	os.Exit(m.Run())
}

// event tells the function what to do.
type event struct {
	Do  string
	Arg string
}

// calls counts the invocations of one environment.
var calls atomic.Int64

func handle(ctx context.Context, e event) (any, error) {
	n := calls.Add(1)
	switch e.Do {
	case "count":
		return n, nil
	case "environment":
		return os.Environ(), nil
	case "print":
		_, err := fmt.Fprintln(os.Stdout, e.Arg)
		return nil, err
	case "sleep":
		d, err := time.ParseDuration(e.Arg)
		if err != nil {
			return nil, err
		}
		time.Sleep(d)
		return n, nil
	case "deadline":
		deadline, _ := ctx.Deadline()
		return time.Until(deadline).Round(time.Second).String(), nil
	case "fail":
		return nil, errors.New(e.Arg)
	case "exit":
		os.Exit(3)
	case "append": // a line a try, to a file; fails until there are three
		return nil, appendLine(e.Arg)
	case "large":
		return strings.Repeat("x", 7<<20), nil
	}
	return nil, fmt.Errorf("cannot do %q", e.Do)
}

func appendLine(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if _, err := f.WriteString("try\n"); err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Size() < int64(len("try\n")*3) {
		return errors.New("not yet")
	}
	return err
}

func encode(t *testing.T, e event) []byte {
	t.Helper()
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
