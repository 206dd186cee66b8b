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

// environment is one execution environment: a process that requests one invocation
// after the other from the Runtime API.
type environment struct {
	token    string // identifies the environment in the path of its Runtime API
	function *function
	stream   string // name of its log stream

	ready chan struct{}      // closed when the process requests its first invocation
	next  chan *invocation   // the next invocation for the process
	ended chan struct{}      // closed when the process has ended
	stop  context.CancelFunc // kills the process; further calls have no effect

	mu      sync.Mutex
	current *invocation    // sent to the process, without a response yet
	initErr *FunctionError // reported by the process when it could not initialize
	exit    error          // the process's exit status; set before ended is closed
	expiry  *time.Timer    // stops the environment when it has been idle for IdleTimeout
	isReady bool           // ready is closed
}

// start starts an execution environment for a function. The environment ends when its
// process exits, when stop is called, and when the service is closed.
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

// launch starts the process from a thread that exists until the process ends, since
// Linux kills the process when the thread that started it ends.
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
		_ = os.RemoveAll(tmp) // it lies in the twin's directory, which the twin removes at its end
		e.mu.Lock()
		e.exit = err
		e.mu.Unlock()
		s.forget(e)
		close(e.ended)
	}()
	return <-started
}

// forget removes an environment whose process has ended from every list.
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

// acquire returns an environment for one invocation: the idle environment that was used
// last, or a new one if none is idle.
func (s *Service) acquire(f *function) (*environment, error) {
	f.mu.Lock()
	for n := len(f.idle); n > 0; n = len(f.idle) {
		e := f.idle[n-1]
		f.idle = f.idle[:n-1]
		if e.expiry.Stop() { // false: its idle time is over, and it is being stopped
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
	case <-e.ended: // forget has run already, and would not remove it from running
	default:
		f.running[e] = struct{}{}
	}
	return e, nil
}

// release makes an environment idle after an invocation. If its function was deleted or
// updated meanwhile, it ends the environment.
func (s *Service) release(e *environment) {
	f := e.function
	f.mu.Lock()
	defer f.mu.Unlock()
	_, running := f.running[e]
	switch {
	case !running:
	case f.retired:
		e.stop()
	default:
		e.expiry = time.AfterFunc(s.IdleTimeout, e.stop)
		f.idle = append(f.idle, e)
	}
}

// variables returns the environment variables of a function's process: those that
// Lambda sets and those of the function's configuration. The process inherits none of
// the twin's variables.
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
	maps.Copy(v, f.Environment) // Config.check has refused reserved names
	out := make([]string, 0, len(v))
	for _, name := range slices.Sorted(maps.Keys(v)) {
		out = append(out, name+"="+v[name])
	}
	return out
}

// exitText returns Lambda's error message for the way in which the process ended.
func (e *environment) exitText() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.exit == nil {
		return "Runtime exited without providing a reason"
	}
	return fmt.Sprintf("Runtime exited with error: %v", e.exit)
}

// logFile returns the path of a function's log in a directory.
func logFile(dir, function string) string { return filepath.Join(dir, function+".log") }
