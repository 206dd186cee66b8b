package sqlengine

import (
	"fmt"
	"slices"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// SetPaused pauses or resumes a cluster. A paused one runs no statement, and
// refreshes nothing; its automatic refreshes catch up when it resumes.
func (e *Engine) SetPaused(id string, paused bool) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.clusters[id]
	if c == nil {
		return fmt.Errorf("cluster %q: not found", id)
	}
	c.Paused = paused
	if !paused {
		for _, d := range c.databases {
			d.resume()
		}
	}
	return nil
}

// SetWorkgroup lets a Serverless workgroup lead to a cluster; an empty one to nowhere.
func (e *Engine) SetWorkgroup(name, cluster string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if cluster == "" {
		delete(e.workgroups, name)
		return
	}
	e.workgroups[name] = cluster
}

// Workgroup returns the id of the cluster that a workgroup leads to, "" if there is
// no such workgroup.
func (e *Engine) Workgroup(name string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.workgroups[name]
}

// Cluster returns the cluster of an id, and whether there is one.
func (e *Engine) Cluster(id string) (Cluster, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.clusters[id]
	if c == nil {
		return Cluster{}, false
	}
	return c.Cluster, true
}

// Databases returns the names of a cluster's databases, in order; none if
// there is no such cluster.
func (e *Engine) Databases(id string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var names []string
	if c := e.clusters[id]; c != nil {
		for name := range c.databases {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// database returns a target's database, or the error that a connection to it
// would meet.
func (e *Engine) database(t Target) (*database, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.clusters[t.Cluster]
	switch {
	case c == nil:
		return nil, fmt.Errorf("cluster %q: not found", t.Cluster)
	case c.Paused:
		return nil, &Error{Severity: "FATAL", Code: "57P03", Message: "the cluster " + rsql.QuoteIdent(c.ID) + " is paused"}
	case c.databases[t.Database] == nil:
		return nil, &Error{Severity: "FATAL", Code: "3D000", Message: "database " + rsql.QuoteIdent(t.Database) + " does not exist"}
	}
	return c.databases[t.Database], nil
}
