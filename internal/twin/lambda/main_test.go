package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	runtimeapi "github.com/aws/aws-lambda-go/lambda"
)

// TestMain runs the tests. In a process that the tested service has started, it serves
// the function that the tests invoke.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		runtimeapi.Start(handle)
		return
	}
	os.Exit(m.Run())
}

// event says what the function shall do.
type event struct {
	Do  string // see handle
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
	case "hang":
		<-ctx.Done()
		time.Sleep(time.Hour) // past the deadline
	case "rendezvous": // returns when three processes have made a file in the directory Arg
		return n, rendezvous(ctx, e.Arg, 3)
	case "deadline":
		deadline, _ := ctx.Deadline()
		return time.Until(deadline).Seconds(), nil
	case "fail":
		return nil, errors.New(e.Arg)
	case "exit":
		os.Exit(3)
	case "append": // adds a line to the file Arg; fails until it has three lines
		return nil, appendLine(e.Arg)
	case "large":
		return strings.Repeat("x", 7<<20), nil
	}
	return nil, fmt.Errorf("unknown event %q", e.Do)
}

// rendezvous makes a file in dir, and waits until dir has n files.
func rendezvous(ctx context.Context, dir string, n int) error {
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(os.Getpid())), nil, 0o600); err != nil {
		return err
	}
	for ctx.Err() == nil {
		if files, err := os.ReadDir(dir); err != nil || len(files) >= n {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return ctx.Err()
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
		return errors.New("fewer than three lines")
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
