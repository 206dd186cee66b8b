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

// proxy forwards the function's calls to the twin's services: the Data API, the Redshift
// API and the Redshift Serverless API. It injects the fault of the request that the
// calling process handles.
type proxy struct {
	*sandbox
	mu         sync.Mutex
	statements map[string]*fakeStatement // keyed by statement ID
	byToken    map[string]string         // client token → ID of the fake statement
}

// The APIs, as the header X-Amz-Target names them. The Redshift API uses the AWS Query
// protocol, which has no such header.
const (
	dataAPI       = "RedshiftData"
	serverlessAPI = "RedshiftServerless"
	clusterAPI    = ""
)

// call is one call of the function to an AWS API.
type call struct {
	http.ResponseWriter
	r         *http.Request
	process   *process
	request   *request
	api       string // one of dataAPI, serverlessAPI and clusterAPI
	service   http.Handler
	operation string
	body      []byte
	in        struct{ Sql, StatementName, ClientToken, Id, Status string } //nolint:staticcheck // named as in the JSON body
}

// receive reads a call. It returns nil if the process has ended or is idle, or if the
// call can't be parsed.
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
		c.service, err = p.current.data, json.Unmarshal(body, &c.in)
	case serverlessAPI:
		c.service = &redshiftserverless.API{Store: p.current.namespaces}
	default:
		var form url.Values
		form, err = url.ParseQuery(string(body))
		c.service, c.operation = &redshift.API{Store: p.current.clusters}, form.Get("Action")
	}
	if err != nil {
		return nil
	}
	return c
}

// serve handles one call.
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
	case c.request.fault.refusesCall():
		c.refuse()
	case c.operation == "DescribeStatement" && fake != nil:
		p.describe(c, fake)
	case c.operation == "CancelStatement" && fake != nil && fake.until.IsZero():
		p.cancel(c, fake)
	case c.operation == "ListStatements" && p.listDenied:
		p.listDenials.Add(1)
		c.deny(http.StatusBadRequest, "AccessDeniedException", "User is not authorized to perform: redshift-data:ListStatements")
	case c.operation == "ListStatements":
		p.list(c)
	default:
		p.forward(c).replay(w)
	}
}

// execute handles a call that submits a statement, or a call of a Redshift API. It
// forwards the call, or injects the fault at it.
func (p *proxy) execute(c *call) {
	f := c.request.fault
	if f.refusesCall() {
		c.refuse()
		return
	}
	step := c.operation
	if c.api == dataAPI {
		step = c.in.StatementName[strings.LastIndex(c.in.StatementName, "/")+1:]
	}
	if f.hits(step) {
		c.request.logf("%s  <- %s", step, f.kind)
		p.inject(c, f)
		return
	}
	c.request.logf("%s", step)
	if id := p.fakeIDOf(c.in.ClientToken); id != "" {
		c.accept(id)
		return
	}
	p.forward(c).replay(c)
}

// inject injects a fault at a call.
func (p *proxy) inject(c *call, f *fault) {
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
			p.injectStatementFault(c, f.kind)
		} else {
			p.injectAPIFault(c, f.kind)
		}
	case paused:
		here := p.current
		_ = here.clusters.SetPaused(here.cluster, true) // can't fail, since the cluster exists
		time.AfterFunc(p.timeout/10, func() { _ = here.clusters.SetPaused(here.cluster, false) })
		p.forward(c).replay(c)
	case overtaken:
		p.overtake(c, f)
	case nameTaken, droppedByUser, otherRoleAttached:
		f.mu.Lock()
		f.fired = f.act()
		f.mu.Unlock()
		p.forward(c).replay(c)
	default: // throttled, modifying, unreachable
		c.refuse()
	}
}

// injectAPIFault lets a call of a Redshift API fail, or pauses the clock so that the
// change takes longer. For hangs, the pause is as long as ServiceTimeout.
func (p *proxy) injectAPIFault(c *call, k faultKind) {
	switch k {
	case failed:
		c.deny(http.StatusBadRequest, "ValidationException", "injected")
		return
	case aborted:
		c.deny(http.StatusInternalServerError, "InternalServerException", "injected")
		return
	case hangs:
		p.clock.pause(4 * p.timeout)
	default:
		p.clock.pause(3 * p.timeout / 2)
	}
	p.forward(c).replay(c)
}

// overtake submits the statement and reports that CloudFormation cancelled the request.
// It delays the reply until the fault's release channel is closed, which happens during
// the next request.
func (p *proxy) overtake(c *call, f *fault) {
	reply := p.forward(c)
	close(f.overtaken)
	select {
	case <-f.release:
		reply.replay(c)
	case <-c.process.ended:
	}
}

// forward calls the service and returns its response.
func (p *proxy) forward(c *call) *recorder {
	r := c.r.Clone(c.r.Context())
	r.URL.Path = "/"
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	reply := &recorder{header: http.Header{}}
	c.service.ServeHTTP(reply, r)
	return reply
}

// refuse returns the error of the fault, with the error code that the called API uses.
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

// deny returns an error in the format of the called API.
func (c *call) deny(status int, code, message string) {
	if c.api == clusterAPI {
		c.WriteHeader(status)
		_, _ = fmt.Fprintf(c, "<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", code, message) // if the process has ended, function.await notices it
		return
	}
	c.Header().Set("X-Amzn-Errortype", code)
	c.WriteHeader(status)
	c.writeJSON(map[string]any{"__type": code, "message": message})
}

// accept returns a statement ID, as ExecuteStatement does.
func (c *call) accept(id string) { c.writeJSON(map[string]any{"Id": id}) }

// writeJSON writes a JSON response.
func (c *call) writeJSON(body any) {
	_ = json.NewEncoder(c).Encode(body) // if the process has ended, function.await notices it
}

// hangUp closes the connection without a response.
func hangUp(w http.ResponseWriter) {
	if c, ok := w.(*call); ok {
		w = c.ResponseWriter
	}
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close() // the client sees a closed connection in any case
	}
}
