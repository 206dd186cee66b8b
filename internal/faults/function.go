package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// function runs the binary as Lambda runs a function. Each process handles one event at a
// time, which it gets from the Runtime API, and is killed when the timeout has passed.
type function struct {
	binary, url string
	timeout     time.Duration

	mu        sync.Mutex
	idle      []*process          // processes without an event
	processes map[string]*process // keyed by token
	started   int                 // number of processes started so far
}

// process is one Lambda execution environment.
type process struct {
	token string             // part of the URLs that the process calls
	kill  context.CancelFunc // ends the process
	next  chan *invocation   // passes the next event to the process
	ended chan struct{}      // closed when the process has ended

	mu      sync.Mutex
	current *invocation // nil while the process is idle
}

// invocation is one run of one event.
type invocation struct {
	request  *request
	deadline time.Time
	outcome  chan error // receives the result; has a buffer of one
}

func newFunction(binary, url string, timeout time.Duration) *function {
	return &function{binary: binary, url: url, timeout: timeout, processes: map[string]*process{}}
}

// routes serves the Runtime API.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
func (f *function) routes(mux *http.ServeMux) {
	const base = "/runtime/{process}/2018-06-01/runtime/invocation"
	mux.HandleFunc("GET "+base+"/next", func(w http.ResponseWriter, r *http.Request) {
		p := f.find(r.PathValue("process"))
		if p == nil {
			http.Error(w, "no such process", http.StatusForbidden)
			return
		}
		select {
		case inv := <-p.next:
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", inv.request.id)
			w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
			w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:"+region+":"+accountID+":function:ddl")
			_, _ = w.Write(inv.request.event) // if the process has ended, await notices it
		case <-p.ended:
		case <-r.Context().Done():
		}
	})
	answer := func(w http.ResponseWriter, r *http.Request, failed bool) {
		body, err := io.ReadAll(r.Body)
		if p := f.find(r.PathValue("process")); p != nil {
			if failed {
				err = fmt.Errorf("the function failed: %s", body)
			}
			p.end(err)
		}
		w.WriteHeader(http.StatusAccepted)
	}
	mux.HandleFunc("POST "+base+"/{id}/response", func(w http.ResponseWriter, r *http.Request) { answer(w, r, false) })
	mux.HandleFunc("POST "+base+"/{id}/error", func(w http.ResponseWriter, r *http.Request) { answer(w, r, true) })
}

// find returns the process of a token, or nil if it has ended.
func (f *function) find(token string) *process {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.processes[token]
}

// end ends the current invocation of the process with a result. A nil err means success.
func (p *process) end(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current != nil {
		p.current.outcome <- err
		p.current = nil
	}
}

// request returns the request that the process is handling, or nil if it is idle.
func (p *process) request() *request {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil {
		return nil
	}
	return p.current.request
}

// start starts a process.
func (f *function) start() (*process, error) {
	ctx, kill := context.WithCancel(context.Background())
	f.mu.Lock()
	f.started++
	p := &process{token: fmt.Sprintf("p%d", f.started), kill: kill, next: make(chan *invocation), ended: make(chan struct{})}
	f.processes[p.token] = p
	f.mu.Unlock()
	cmd := exec.CommandContext(ctx, f.binary) //nolint:gosec // running the function is the purpose
	cmd.Env = []string{
		"AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=TEST", "AWS_SECRET_ACCESS_KEY=test", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ENDPOINT_URL=" + f.url + "/data/" + p.token,
		"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(f.url, "http://") + "/runtime/" + p.token,
	}
	cmd.Stdout, cmd.Stderr = &lockedWriter{p: p}, &lockedWriter{p: p}
	if err := cmd.Start(); err != nil {
		kill()
		return nil, err
	}
	go func() {
		_ = cmd.Wait() // the error is expected, since most processes are killed
		kill()
		f.mu.Lock()
		delete(f.processes, p.token)
		f.mu.Unlock()
		close(p.ended)
	}()
	return p, nil
}

// lockedWriter writes the output of a process to the log of the current request.
type lockedWriter struct{ p *process }

// Write adds b to the log of the current request, or drops b if there is none.
func (w *lockedWriter) Write(b []byte) (int, error) {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	if w.p.current != nil {
		w.p.current.request.logf("function: %s", strings.TrimSpace(string(b)))
	}
	return len(b), nil
}

// invoke runs a request as an asynchronous invocation: up to three times, until a run
// succeeds. It returns the error of the last run.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
func (f *function) invoke(ctx context.Context, q *request) error {
	for attempt := 0; ; attempt++ {
		err := f.run(ctx, q)
		if err == nil || attempt == 2 || ctx.Err() != nil {
			return err
		}
		q.logf("run %d: %v", attempt+1, err)
		select {
		case <-time.After(time.Duration(attempt+1) * f.timeout / 15): // Lambda waits one minute, then two; one minute is 1/15 of the deployed timeout
		case <-ctx.Done():
		}
	}
}

// run invokes the function once, in an idle process or in a new one.
func (f *function) run(ctx context.Context, q *request) error {
	for {
		p, err := f.acquire()
		if err != nil {
			return err
		}
		inv := &invocation{request: q, deadline: time.Now().Add(f.timeout), outcome: make(chan error, 1)}
		p.mu.Lock()
		p.current = inv
		p.mu.Unlock()
		select {
		case p.next <- inv:
			return f.await(ctx, p, inv)
		case <-p.ended: // the process died while idle: try another one
		case <-ctx.Done():
			p.kill()
			return ctx.Err()
		}
	}
}

// await waits until the invocation returns, times out, or its process dies.
func (f *function) await(ctx context.Context, p *process, inv *invocation) error {
	limit := time.NewTimer(time.Until(inv.deadline))
	defer limit.Stop()
	select {
	case err := <-inv.outcome:
		f.mu.Lock()
		f.idle = append(f.idle, p)
		f.mu.Unlock()
		return err
	case <-p.ended:
		return errors.New("the process died")
	case <-limit.C:
		p.kill()
		return errors.New("timed out")
	case <-ctx.Done():
		p.kill()
		return ctx.Err()
	}
}

// acquire returns an idle process, or starts one.
func (f *function) acquire() (*process, error) {
	f.mu.Lock()
	if n := len(f.idle); n > 0 {
		p := f.idle[n-1]
		f.idle = f.idle[:n-1]
		f.mu.Unlock()
		return p, nil
	}
	f.mu.Unlock()
	return f.start()
}

// close kills all processes and waits until they have ended.
func (f *function) close() {
	f.mu.Lock()
	var all []*process
	for _, p := range f.processes {
		all = append(all, p)
	}
	f.mu.Unlock()
	for _, p := range all {
		p.kill()
		<-p.ended
	}
}
