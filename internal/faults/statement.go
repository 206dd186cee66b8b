package faults

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// fabricated is a statement of which the proxy, not the Data API, tells how it
// ends.
type fabricated struct {
	name, status, reason string
	created              time.Time
	until                time.Time // not zero: it is the Data API's, but said to run until then
}

// spoil has a statement end otherwise than the Data API would.
func (p *proxy) spoil(c *call, k kind) {
	switch k {
	case failed:
		p.fabricate(c, &fabricated{status: "FAILED", reason: "ERROR: injected"})
	case aborted:
		p.fabricate(c, &fabricated{status: "ABORTED", reason: "Query cancelled on user's request"})
	case hangs:
		p.fabricate(c, &fabricated{status: "STARTED"})
	default:
		p.prolong(c)
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
