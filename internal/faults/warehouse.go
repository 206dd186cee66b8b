package faults

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/twin/attachedroles"
	"github.com/tributary-cdk/tributary/internal/twin/redshift"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftserverless"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// Names that all warehouses use.
const (
	database       = "dev"                                           // each warehouse's database
	role           = "arn:aws:iam::" + accountID + ":role/streaming" // the role of external schemas
	reader         = "faults_reader"                                 // the user whom objects are granted to
	otherUsersRole = "arn:aws:iam::" + accountID + ":role/theirs"    // a role that another user attached
)

// warehouse is the warehouse of a scenario's objects: a cluster, or a Serverless workgroup
// with its namespace.
type warehouse struct {
	*service
	clusters   *redshift.Store // has the clusters of one sandbox on the service
	namespaces *redshiftserverless.Store
	cluster    string // "" for a workgroup
	workgroup  string // "" for a cluster
	namespace  string // "" for a cluster
}

// target returns the warehouse in the form that custom resources use.
func (w warehouse) target() contract.Target {
	if w.workgroup != "" {
		return contract.Target{WorkgroupName: w.workgroup, Database: database}
	}
	return contract.Target{ClusterIdentifier: w.cluster, Database: database}
}

// pausableClock is the clock that decides when a change of a warehouse completes. It can
// be paused, so that changes take longer.
type pausableClock struct {
	mu      sync.Mutex
	stopped time.Time // when the last pause began
	until   time.Time // when the last pause ends
}

// now returns the current time, or the time when the current pause began.
func (c *pausableClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.After(c.until) {
		return now
	}
	return c.stopped
}

// resumesAt returns when the current pause ends, or the current time if the clock is not
// paused.
func (c *pausableClock) resumesAt() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.After(c.until) {
		return now
	}
	return c.until
}

// pause pauses the clock for at least d from now.
func (c *pausableClock) pause(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped = time.Now(); c.stopped.Add(d).After(c.until) {
		c.until = c.stopped.Add(d)
	}
}

// engineID returns the ID of the current warehouse in the SQL engine.
func (s *sandbox) engineID() string {
	if s.current.workgroup != "" {
		return s.current.engine.Workgroup(s.current.workgroup)
	}
	return s.current.cluster
}

// createWarehouse creates the current warehouse, with a role that another user attached
// and with the external schema evdata.
func (s *sandbox) createWarehouse(ctx context.Context) error {
	var err error
	roles := attachedroles.New([]string{otherUsersRole}, otherUsersRole)
	if s.current.workgroup != "" {
		err = errors.Join(
			s.current.namespaces.CreateNamespace(ctx, redshiftserverless.Namespace{Name: s.current.namespace, Database: database, Roles: roles}),
			s.current.namespaces.CreateWorkgroup(redshiftserverless.Workgroup{Name: s.current.workgroup, Namespace: s.current.namespace}))
	} else {
		err = s.current.clusters.CreateCluster(ctx, redshift.Cluster{Identifier: s.current.cluster, Database: database, Roles: roles})
	}
	if err != nil {
		return err
	}
	return s.exec(ctx, "CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE '"+role+"'")
}

// deleteWarehouse deletes the current warehouse.
func (s *sandbox) deleteWarehouse(ctx context.Context) error {
	if s.current.workgroup == "" {
		return s.current.clusters.DeleteCluster(ctx, s.current.cluster)
	}
	return errors.Join(s.current.namespaces.DeleteWorkgroup(s.current.workgroup), s.current.namespaces.DeleteNamespace(ctx, s.current.namespace))
}

// query runs SQL as the admin user directly on the SQL engine, and returns the rows.
func (s *sandbox) query(ctx context.Context, sql string) ([][]string, error) {
	result, err := s.current.engine.Exec(ctx, sqlengine.Target{Cluster: s.engineID(), Database: database}, sql, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sql, err)
	}
	rows := make([][]string, len(result.Rows))
	for i, row := range result.Rows {
		for _, value := range row {
			rows[i] = append(rows[i], string(value))
		}
	}
	return rows, nil
}

// exec is query without the rows.
func (s *sandbox) exec(ctx context.Context, sql string) error {
	_, err := s.query(ctx, sql)
	return err
}

// createReaders creates the user reader once in each service. All warehouses of a
// service share their users.
func (s *sandbox) createReaders(ctx context.Context) error {
	seen := map[*service]bool{}
	for _, s.current = range s.warehouses {
		if seen[s.current.service] {
			continue
		}
		seen[s.current.service] = true
		if err := s.exec(ctx, "CREATE USER "+reader+" PASSWORD 'Passw0rd'"); err != nil {
			return err
		}
	}
	return nil
}

// changeRoles attaches and detaches roles as another user would do it, without the
// function. It returns attachedroles.ErrBusy while another change is in progress.
func (s *sandbox) changeRoles(add, remove []string) error {
	if s.current.workgroup != "" {
		return s.current.namespaces.ModifyNamespaceRoles(s.current.namespace, add, remove, nil)
	}
	return s.current.clusters.ModifyClusterRoles(s.current.cluster, add, remove, nil)
}

// setRoles waits until no change is in progress, calls changeRoles, and waits until the
// change is complete.
func (s *sandbox) setRoles(ctx context.Context, add, remove []string) error {
	for {
		err := s.changeRoles(add, remove)
		done := err == nil && s.attached(add...) && !slices.ContainsFunc(remove, func(arn string) bool { return s.attached(arn) })
		if done || err != nil && !errors.Is(err, attachedroles.ErrBusy) {
			return err
		}
		if err := s.sleepBriefly(ctx); err != nil {
			return err
		}
	}
}

// attached reports whether all of the roles are attached to the current warehouse.
func (s *sandbox) attached(arns ...string) bool {
	return !slices.ContainsFunc(arns, func(arn string) bool {
		return !s.current.clusters.Attached(s.engineID(), arn) && !s.current.namespaces.Attached(s.engineID(), arn)
	})
}

// sleepBriefly sleeps between two checks of the same condition.
func (s *sandbox) sleepBriefly(ctx context.Context) error {
	select {
	case <-time.After(20 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// checkOtherRoles checks that the roles of other users are still attached. It waits up to
// a second longer than the clock is paused, until changes in progress are complete.
func (sc *scenario) checkOtherRoles(ctx context.Context, v *findings) error {
	for _, arn := range append(slices.Sorted(maps.Keys(sc.otherRoles)), otherUsersRole, "default") {
		for end := sc.clock.resumesAt().Add(time.Second); !sc.attached(arn) && time.Now().Before(end); {
			if err := sc.sleepBriefly(ctx); err != nil {
				return err
			}
		}
		if !sc.attached(arn) {
			v.add("a role that another user attached is no longer attached: %s", arn)
		}
	}
	return nil
}
