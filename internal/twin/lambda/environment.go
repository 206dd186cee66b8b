package lambda

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// environment is one execution environment: a process that asks the Runtime
// API for one invocation after the other.
type environment struct {
	token    string // names it in the Runtime API's path
	function *function
	stream   string // its log stream's name

	ready chan struct{}      // closed when the process first asks for work
	next  chan *invocation   // handed to the process when it asks
	ended chan struct{}      // closed when the process has ended
	stop  context.CancelFunc // kills the process; more calls do nothing

	mu      sync.Mutex
	current *invocation // given to the process and not answered
	initErr *FunctionError
	exit    error       // why the process ended; set before ended is closed
	expiry  *time.Timer // stops it when idle
	isReady bool
}

// start starts a process for a function. It ends by itself, when idle, or with
// the service.
func (s *Service) start(f *function) (*environment, error) {
	ctx, cancel := context.WithCancel(s.ctx)
	e := &environment{
		token: random(16), function: f,
		stream: time.Now().UTC().Format("2006/01/02") + "/[$LATEST]" + random(16),
		ready:  make(chan struct{}), next: make(chan *invocation), ended: make(chan struct{}), stop: cancel,
	}
	tmp, err := os.MkdirTemp(s.Dir, "tmp-")
	if err != nil {
		cancel()
		return nil, err
	}
	cmd := exec.CommandContext(ctx, f.program.path, f.program.args...) //nolint:gosec // running the function is the purpose
	cmd.Dir = f.dir
	cmd.Env = s.variables(e, tmp)
	cmd.Stdout, cmd.Stderr = f.log, f.log
	cmd.SysProcAttr = processAttributes()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 2 * time.Second

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		cancel()
		return nil, errors.Join(errClosed, os.RemoveAll(tmp))
	}
	if err := s.launch(e, cmd, tmp); err != nil {
		cancel()
		return nil, errors.Join(err, os.RemoveAll(tmp))
	}
	s.environments[e.token] = e
	return e, nil
}

// launch starts the process on a thread that lives as long as the process:
// Linux sends the child its death signal when that thread ends.
func (s *Service) launch(e *environment, cmd *exec.Cmd, tmp string) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		err = cmd.Wait()
		e.stop()
		_ = os.RemoveAll(tmp) // what stays goes with the twin's directory
		e.mu.Lock()
		e.exit = err
		e.mu.Unlock()
		s.forget(e)
		close(e.ended)
	}()
	return <-started
}

// forget takes an environment whose process has ended out of every list.
func (s *Service) forget(e *environment) {
	s.mu.Lock()
	delete(s.environments, e.token)
	s.mu.Unlock()
	f := e.function
	f.mu.Lock()
	defer f.mu.Unlock()
	f.idle = slices.DeleteFunc(f.idle, func(other *environment) bool { return other == e })
	delete(f.running, e)
	f.removeIfUnused()
}

// acquire returns an environment for one invocation: the idle one used last,
// else a new one.
func (s *Service) acquire(f *function) (*environment, error) {
	f.mu.Lock()
	for n := len(f.idle); n > 0; n = len(f.idle) {
		e := f.idle[n-1]
		f.idle = f.idle[:n-1]
		if e.expiry.Stop() { // else it is being ended just now
			f.mu.Unlock()
			return e, nil
		}
	}
	f.mu.Unlock()
	e, err := s.start(f)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-e.ended: // forget has run: don't list it again
	default:
		f.running[e] = struct{}{}
	}
	return e, nil
}

// release makes an environment idle, or ends it if its function is retired.
func (s *Service) release(e *environment) {
	f := e.function
	f.mu.Lock()
	defer f.mu.Unlock()
	_, alive := f.running[e]
	switch {
	case !alive:
	case f.retired:
		e.stop()
	default:
		e.expiry = time.AfterFunc(s.IdleTimeout, e.stop)
		f.idle = append(f.idle, e)
	}
}

// variables are what the process sees: Lambda's own and the function's, and
// nothing of the twin's.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
func (s *Service) variables(e *environment, tmp string) []string {
	f := e.function
	v := map[string]string{
		"PATH":                            "/usr/local/bin:/usr/bin:/bin:/opt/bin",
		"LANG":                            "en_US.UTF-8",
		"TZ":                              ":UTC",
		"HOME":                            tmp,
		"TMPDIR":                          tmp,
		"_HANDLER":                        f.Handler,
		"LAMBDA_TASK_ROOT":                f.dir,
		"LAMBDA_RUNTIME_DIR":              f.dir,
		"AWS_REGION":                      s.Region,
		"AWS_DEFAULT_REGION":              s.Region,
		"AWS_ENDPOINT_URL":                s.Endpoint,
		"AWS_EC2_METADATA_DISABLED":       "true",
		"AWS_LAMBDA_RUNTIME_API":          strings.TrimPrefix(s.Endpoint, "http://") + s.RuntimePath + "/" + e.token,
		"AWS_LAMBDA_FUNCTION_NAME":        f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.MemorySize),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + f.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      e.stream,
	}
	if s.Credentials != nil {
		c := s.Credentials(f.Role, f.Name)
		v["AWS_ACCESS_KEY_ID"], v["AWS_SECRET_ACCESS_KEY"], v["AWS_SESSION_TOKEN"] = c.AccessKeyID, c.SecretAccessKey, c.SessionToken
	}
	maps.Copy(v, f.Environment) // reserved names were refused
	out := make([]string, 0, len(v))
	for _, name := range slices.Sorted(maps.Keys(v)) {
		out = append(out, name+"="+v[name])
	}
	return out
}

// exitText says how the process ended, in the words of Lambda's errors.
func (e *environment) exitText() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.exit == nil {
		return "Runtime exited without providing a reason"
	}
	return fmt.Sprintf("Runtime exited with error: %v", e.exit)
}

// logFile is where a function's log lies in a directory.
func logFile(dir, function string) string { return filepath.Join(dir, function+".log") }
