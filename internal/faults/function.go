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

// function runs the binary as Lambda runs a function: a process for each event
// at a time, over the Runtime API, killed when it takes too long.
type function struct {
	binary, url string
	timeout     time.Duration

	mu        sync.Mutex
	idle      []*process
	processes map[string]*process // by token
	started   int
}

// process is one execution environment.
type process struct {
	token string
	kill  context.CancelFunc
	next  chan *invocation
	ended chan struct{} // closed when it has ended

	mu      sync.Mutex
	current *invocation
}

// invocation is one run of one event.
type invocation struct {
	request  *request
	deadline time.Time
	outcome  chan error // holds one
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
			_, _ = w.Write(inv.request.event) // a process that has gone is noticed by its end
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

func (f *function) find(token string) *process {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.processes[token]
}

// end ends the process's present invocation.
func (p *process) end(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current != nil {
		p.current.outcome <- err
		p.current = nil
	}
}

// request returns what the process works on, or nil.
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
		_ = cmd.Wait() // most are killed
		kill()
		f.mu.Lock()
		delete(f.processes, p.token)
		f.mu.Unlock()
		close(p.ended)
	}()
	return p, nil
}

// lockedWriter collects what a process says.
type lockedWriter struct{ p *process }

// Write keeps b.
func (w *lockedWriter) Write(b []byte) (int, error) {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	if w.p.current != nil {
		w.p.current.request.note("function: %s", strings.TrimSpace(string(b)))
	}
	return len(b), nil
}

// invoke runs a request as an asynchronous invocation: at most three times. It
// returns the last run's error.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
func (f *function) invoke(ctx context.Context, q *request) error {
	for attempt := 0; ; attempt++ {
		err := f.run(ctx, q)
		if err == nil || attempt == 2 || ctx.Err() != nil {
			return err
		}
		q.note("run %d: %v", attempt+1, err)
		select {
		case <-time.After(time.Duration(attempt+1) * f.timeout / 15): // one minute, then two
		case <-ctx.Done():
		}
	}
}

// run runs a request once.
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
		case <-p.ended: // it died idle
		case <-ctx.Done():
			p.kill()
			return ctx.Err()
		}
	}
}

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

// close kills every process.
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
