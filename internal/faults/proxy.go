package faults

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// proxy stands between the function and the twin's Data API, and injects the
// fault of the request that the calling process works on.
type proxy struct {
	*site
	mu         sync.Mutex
	statements map[string]*fabricated // by id
	byToken    map[string]string      // ids of fabricated statements by client token
}

// fabricated is a statement of which the proxy, not the Data API, tells how it
// ends.
type fabricated struct {
	name, status, reason string
	created              time.Time
	until                time.Time // not zero: it is the Data API's, but said to run until then
}

// call is one call of the function's.
type call struct {
	http.ResponseWriter
	r       *http.Request
	process *process
	request *request
	body    []byte
	in      struct{ Sql, StatementName, ClientToken, Id, Status string } //nolint:staticcheck // as on the wire
}

// serve answers one call of the Data API.
func (p *proxy) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	c := &call{ResponseWriter: w, r: r, process: p.function.find(r.PathValue("process")), body: body}
	if c.process != nil {
		c.request = c.process.request()
	}
	if err != nil || c.request == nil || json.Unmarshal(body, &c.in) != nil {
		hangUp(w)
		return
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if operation == "ExecuteStatement" {
		p.execute(c)
		return
	}
	switch fake := p.find(c.in.Id); {
	case c.request.fault.refuses():
		c.refuse()
	case operation == "DescribeStatement" && fake != nil:
		p.describe(c, fake)
	case operation == "CancelStatement" && fake != nil && fake.until.IsZero():
		p.cancel(c, fake)
	case operation == "ListStatements":
		p.list(c)
	default:
		p.forward(c).replay(w)
	}
}

// execute submits a statement, or lets the fault happen.
func (p *proxy) execute(c *call) {
	f := c.request.fault
	if f.refuses() {
		c.refuse()
		return
	}
	step := c.in.StatementName[strings.LastIndex(c.in.StatementName, "/")+1:]
	met := f.meets(step)
	if met {
		c.request.note("%s  <- %s", step, f.kind)
	} else {
		c.request.note("%s", step)
		if id := p.fabricatedBefore(c.in.ClientToken); id != "" {
			c.accept(id)
			return
		}
		p.forward(c).replay(c)
		return
	}
	switch f.kind {
	case killBefore, killEachTime:
		c.process.kill()
		<-c.process.ended
		hangUp(c)
	case killAfter:
		p.forward(c)
		c.process.kill()
		<-c.process.ended
		hangUp(c)
	case loseReply:
		p.forward(c)
		hangUp(c)
	case failed:
		p.fabricate(c, &fabricated{status: "FAILED", reason: "ERROR: injected"})
	case aborted:
		p.fabricate(c, &fabricated{status: "ABORTED", reason: "Query cancelled on user's request"})
	case hangs:
		p.fabricate(c, &fabricated{status: "STARTED"})
	case takesLong:
		p.prolong(c)
	case paused:
		_ = p.engine.SetPaused(p.cluster, true) // the cluster is there
		time.AfterFunc(p.timeout/10, func() { _ = p.engine.SetPaused(p.cluster, false) })
		p.forward(c).replay(c)
	case overtaken:
		p.overtake(c, f)
	case stranger, droppedThen:
		f.mu.Lock()
		f.fired = f.act()
		f.mu.Unlock()
		p.forward(c).replay(c)
	default: // throttled, modifying, unreachable
		c.refuse()
	}
}

// overtake submits the statement, and lets its reply wait until CloudFormation's
// next request has come as far as it is to.
func (p *proxy) overtake(c *call, f *fault) {
	reply := p.forward(c)
	close(f.overtaken)
	select {
	case <-f.release:
		reply.replay(c)
	case <-c.process.ended:
	}
}

// prolong submits the statement and says that it runs for longer than one run.
func (p *proxy) prolong(c *call) {
	reply := p.forward(c)
	var out struct{ Id string } //nolint:staticcheck // as on the wire
	if json.Unmarshal(reply.body.Bytes(), &out) == nil && out.Id != "" {
		p.mu.Lock()
		p.statements[out.Id] = &fabricated{until: time.Now().Add(p.timeout * 3 / 2)}
		p.mu.Unlock()
	}
	reply.replay(c)
}

// fabricate accepts a statement that the Data API never hears of.
func (p *proxy) fabricate(c *call, s *fabricated) {
	id := "fabricated-" + c.request.id + "-" + strings.ReplaceAll(c.in.StatementName, "/", "-")
	s.name, s.created = c.in.StatementName, time.Now()
	p.mu.Lock()
	p.statements[id] = s
	p.byToken[c.in.ClientToken] = id
	p.mu.Unlock()
	c.accept(id)
}

func (p *proxy) fabricatedBefore(token string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.byToken[token]
}

func (p *proxy) find(id string) *fabricated {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.statements[id]
}

// describe tells how a statement stands, as the proxy will have it.
func (p *proxy) describe(c *call, s *fabricated) {
	if s.until.IsZero() {
		p.mu.Lock()
		defer p.mu.Unlock()
		c.say(map[string]any{"Id": c.in.Id, "Status": s.status, "Error": s.reason, "CreatedAt": float64(s.created.UnixMilli()) / 1000})
		return
	}
	reply := p.forward(c)
	if time.Now().After(s.until) {
		reply.replay(c)
		return
	}
	var out map[string]any
	_ = json.Unmarshal(reply.body.Bytes(), &out) // else it is nil
	c.say(map[string]any{"Id": c.in.Id, "Status": "STARTED", "CreatedAt": out["CreatedAt"]})
}

// cancel aborts a statement that hangs.
func (p *proxy) cancel(c *call, s *fabricated) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.status == "STARTED" {
		s.status, s.reason = "ABORTED", "Query cancelled on user's request"
	}
	c.say(map[string]any{"Status": true})
}

// list adds the statements that hang to those of the Data API.
func (p *proxy) list(c *call) {
	var out struct {
		Statements []map[string]any
		NextToken  string `json:",omitempty"`
	}
	reply := p.forward(c)
	if json.Unmarshal(reply.body.Bytes(), &out) != nil {
		reply.replay(c)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(p.statements)) {
		if s := p.statements[id]; s.status == c.in.Status && strings.HasPrefix(s.name, c.in.StatementName) {
			out.Statements = append(out.Statements, map[string]any{"Id": id, "StatementName": s.name, "Status": s.status})
		}
	}
	c.say(out)
}

// forward lets the Data API answer the call.
func (p *proxy) forward(c *call) *recorder {
	r := c.r.Clone(c.r.Context())
	r.URL.Path = "/"
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	reply := &recorder{header: http.Header{}}
	p.data.ServeHTTP(reply, r)
	return reply
}

// refuse answers as the fault has it.
func (c *call) refuse() {
	switch c.request.fault.kind {
	case throttled:
		c.deny("ThrottlingException", "Rate exceeded")
	case modifying:
		c.deny("ValidationException", "Redshift cluster is currently being modified.")
	default:
		hangUp(c)
	}
}

func (c *call) deny(kind, message string) {
	c.Header().Set("X-Amzn-Errortype", kind)
	c.WriteHeader(http.StatusBadRequest)
	c.say(map[string]any{"__type": kind, "message": message})
}

func (c *call) accept(id string) { c.say(map[string]any{"Id": id}) }

func (c *call) say(body any) {
	_ = json.NewEncoder(c).Encode(body) // a process that has gone is noticed by its end
}

// hangUp ends the connection without an answer.
func hangUp(w http.ResponseWriter) {
	if c, ok := w.(*call); ok {
		w = c.ResponseWriter
	}
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close() // which is what is wanted
	}
}
