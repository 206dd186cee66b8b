package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/redshift"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftserverless"
)

// proxy stands between the function and the twin's services: the Data API, and the
// APIs of Redshift and of Redshift Serverless. It injects the fault of the request
// that the calling process works on.
type proxy struct {
	*site
	mu         sync.Mutex
	statements map[string]*fabricated // by id
	byToken    map[string]string      // ids of fabricated statements by client token
}

// The APIs, each by how a call names it: Redshift's own is called over the AWS Query
// protocol, which names none.
const (
	dataAPI       = "RedshiftData"
	serverlessAPI = "RedshiftServerless"
	clusterAPI    = ""
)

// call is one call of the function's.
type call struct {
	http.ResponseWriter
	r         *http.Request
	process   *process
	request   *request
	api       string // that is called
	service   http.Handler
	operation string
	body      []byte
	in        struct{ Sql, StatementName, ClientToken, Id, Status string } //nolint:staticcheck // as on the wire
}

// receive reads a call; nil if nobody waits for its answer.
func (p *proxy) receive(w http.ResponseWriter, r *http.Request) *call {
	body, err := io.ReadAll(r.Body)
	c := &call{ResponseWriter: w, r: r, process: p.function.find(r.PathValue("process")), body: body}
	if c.process != nil {
		c.request = c.process.request()
	}
	if err != nil || c.request == nil {
		return nil
	}
	c.api, c.operation, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch c.api {
	case dataAPI:
		c.service, err = p.here.data, json.Unmarshal(body, &c.in)
	case serverlessAPI:
		c.service = &redshiftserverless.API{Store: p.here.namespaces}
	default:
		var form url.Values
		form, err = url.ParseQuery(string(body))
		c.service, c.operation = &redshift.API{Store: p.here.clusters}, form.Get("Action")
	}
	if err != nil {
		return nil
	}
	return c
}

// serve answers one call.
func (p *proxy) serve(w http.ResponseWriter, r *http.Request) {
	c := p.receive(w, r)
	if c == nil {
		hangUp(w)
		return
	}
	if c.api != dataAPI || c.operation == "ExecuteStatement" {
		p.execute(c)
		return
	}
	switch fake := p.find(c.in.Id); {
	case c.request.fault.refuses():
		c.refuse()
	case c.operation == "DescribeStatement" && fake != nil:
		p.describe(c, fake)
	case c.operation == "CancelStatement" && fake != nil && fake.until.IsZero():
		p.cancel(c, fake)
	case c.operation == "ListStatements" && p.unlisted:
		p.denials.Add(1)
		c.deny(http.StatusBadRequest, "AccessDeniedException", "User is not authorized to perform: redshift-data:ListStatements")
	case c.operation == "ListStatements":
		p.list(c)
	default:
		p.forward(c).replay(w)
	}
}

// execute submits a statement, or makes a call about the warehouse itself, or lets
// the fault happen.
func (p *proxy) execute(c *call) {
	f := c.request.fault
	if f.refuses() {
		c.refuse()
		return
	}
	step := c.operation
	if c.api == dataAPI {
		step = c.in.StatementName[strings.LastIndex(c.in.StatementName, "/")+1:]
	}
	if f.meets(step) {
		c.request.note("%s  <- %s", step, f.kind)
		p.strike(c, f)
		return
	}
	c.request.note("%s", step)
	if id := p.fabricatedBefore(c.in.ClientToken); id != "" {
		c.accept(id)
		return
	}
	p.forward(c).replay(c)
}

// strike lets the fault happen.
func (p *proxy) strike(c *call, f *fault) {
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
	case failed, aborted, hangs, takesLong:
		if c.api == dataAPI {
			p.spoil(c, f.kind)
		} else {
			p.hinder(c, f.kind)
		}
	case paused:
		here := p.here
		_ = here.clusters.SetPaused(here.cluster, true) // the cluster is there
		time.AfterFunc(p.timeout/10, func() { _ = here.clusters.SetPaused(here.cluster, false) })
		p.forward(c).replay(c)
	case overtaken:
		p.overtake(c, f)
	case stranger, droppedThen, meddling:
		f.mu.Lock()
		f.fired = f.act()
		f.mu.Unlock()
		p.forward(c).replay(c)
	default: // throttled, modifying, unreachable
		c.refuse()
	}
}

// hinder has a call about the warehouse fail, or no change of the warehouse come to
// its end for a while: a hanging one until the request has been given up.
func (p *proxy) hinder(c *call, k kind) {
	switch k {
	case failed:
		c.deny(http.StatusBadRequest, "ValidationException", "injected")
		return
	case aborted:
		c.deny(http.StatusInternalServerError, "InternalServerException", "injected")
		return
	case hangs:
		p.pace.stop(4 * p.timeout)
	default:
		p.pace.stop(3 * p.timeout / 2)
	}
	p.forward(c).replay(c)
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

// forward lets the service answer the call.
func (p *proxy) forward(c *call) *recorder {
	r := c.r.Clone(c.r.Context())
	r.URL.Path = "/"
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	reply := &recorder{header: http.Header{}}
	c.service.ServeHTTP(reply, r)
	return reply
}

// refuse answers as the fault has it, in the words of each service.
func (c *call) refuse() {
	throttling := map[string]string{dataAPI: "ThrottlingException", serverlessAPI: "ThrottlingException", clusterAPI: "Throttling"}
	changing := map[string]string{dataAPI: "ValidationException", serverlessAPI: "ConflictException", clusterAPI: "InvalidClusterState"}
	switch c.request.fault.kind {
	case throttled:
		c.deny(http.StatusBadRequest, throttling[c.api], "Rate exceeded")
	case modifying:
		c.deny(http.StatusBadRequest, changing[c.api], "Redshift cluster is currently being modified.")
	default:
		hangUp(c)
	}
}

func (c *call) deny(status int, code, message string) {
	if c.api == clusterAPI {
		c.WriteHeader(status)
		_, _ = fmt.Fprintf(c, "<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", code, message) // as below
		return
	}
	c.Header().Set("X-Amzn-Errortype", code)
	c.WriteHeader(status)
	c.say(map[string]any{"__type": code, "message": message})
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
