package sqlengine

import (
	"fmt"
	"slices"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// SetPaused pauses or resumes a cluster. A paused cluster runs no statements and no
// automatic refreshes. When it resumes, the automatic refreshes run at once.
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

// SetWorkgroup sets the id of the cluster that runs the statements of a Serverless
// workgroup. If cluster is empty, it removes the workgroup.
func (e *Engine) SetWorkgroup(name, cluster string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if cluster == "" {
		delete(e.workgroups, name)
		return
	}
	e.workgroups[name] = cluster
}

// Workgroup returns the id of the cluster that runs the statements of a workgroup, and "" if
// the workgroup doesn't exist.
func (e *Engine) Workgroup(name string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.workgroups[name]
}

// Cluster returns the cluster with an id, and whether it exists.
func (e *Engine) Cluster(id string) (Cluster, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.clusters[id]
	if c == nil {
		return Cluster{}, false
	}
	return c.Cluster, true
}

// Databases returns the sorted names of a cluster's databases. It returns nil if the cluster
// doesn't exist.
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

// database returns the database of a target. If the database doesn't exist or its cluster is
// paused, it returns the error that Redshift returns for a connection.
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
