package faults

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// fakeStatement is a statement whose status comes from the proxy. If until is zero, the
// proxy never submits the statement. Otherwise the proxy has submitted it, and reports
// the status STARTED until that time.
type fakeStatement struct {
	name, status, reason string
	created              time.Time
	until                time.Time
}

// injectStatementFault fakes the result of a statement.
func (p *proxy) injectStatementFault(c *call, k faultKind) {
	switch k {
	case failed:
		p.acceptFake(c, &fakeStatement{status: "FAILED", reason: "ERROR: injected"})
	case aborted:
		p.acceptFake(c, &fakeStatement{status: "ABORTED", reason: "Query cancelled on user's request"})
	case hangs:
		p.acceptFake(c, &fakeStatement{status: "STARTED"})
	default:
		p.prolong(c)
	}
}

// prolong submits the statement, and reports the status STARTED for one and a half times
// the function's timeout.
func (p *proxy) prolong(c *call) {
	reply := p.forward(c)
	var out struct{ Id string } //nolint:staticcheck // named as in the JSON body
	if json.Unmarshal(reply.body.Bytes(), &out) == nil && out.Id != "" {
		p.mu.Lock()
		p.statements[out.Id] = &fakeStatement{until: time.Now().Add(p.timeout * 3 / 2)}
		p.mu.Unlock()
	}
	reply.replay(c)
}

// acceptFake accepts a statement without submitting it to the Data API.
func (p *proxy) acceptFake(c *call, s *fakeStatement) {
	id := "fabricated-" + c.request.id + "-" + strings.ReplaceAll(c.in.StatementName, "/", "-")
	s.name, s.created = c.in.StatementName, time.Now()
	p.mu.Lock()
	p.statements[id] = s
	p.byToken[c.in.ClientToken] = id
	p.mu.Unlock()
	c.accept(id)
}

// fakeIDOf returns the ID of the fake statement with a client token, or "" if there is
// none.
func (p *proxy) fakeIDOf(token string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.byToken[token]
}

// find returns the fake statement of an ID, or nil if there is none.
func (p *proxy) find(id string) *fakeStatement {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.statements[id]
}

// describe handles DescribeStatement for a fake statement.
func (p *proxy) describe(c *call, s *fakeStatement) {
	if s.until.IsZero() {
		p.mu.Lock()
		defer p.mu.Unlock()
		c.writeJSON(map[string]any{"Id": c.in.Id, "Status": s.status, "Error": s.reason, "CreatedAt": float64(s.created.UnixMilli()) / 1000})
		return
	}
	reply := p.forward(c)
	if time.Now().After(s.until) {
		reply.replay(c)
		return
	}
	var out map[string]any
	_ = json.Unmarshal(reply.body.Bytes(), &out) // out is nil on an error, and CreatedAt is then null
	c.writeJSON(map[string]any{"Id": c.in.Id, "Status": "STARTED", "CreatedAt": out["CreatedAt"]})
}

// cancel handles CancelStatement for a fake statement that never ends.
func (p *proxy) cancel(c *call, s *fakeStatement) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.status == "STARTED" {
		s.status, s.reason = "ABORTED", "Query cancelled on user's request"
	}
	c.writeJSON(map[string]any{"Status": true})
}

// list handles ListStatements. It adds matching fake statements to the Data API's list.
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
	c.writeJSON(out)
}
