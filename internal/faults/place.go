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

// The one database of each warehouse, the role of its external schema, who is granted
// views, and whose roles it may assume besides.
const (
	database = "dev"
	role     = "arn:aws:iam::" + accountID + ":role/streaming"
	reader   = "faults_reader"
	theirs   = "arn:aws:iam::" + accountID + ":role/theirs"
)

// place is where the objects of a life are: a cluster, or a Serverless workgroup with its
// namespace.
type place struct {
	*service
	clusters                      *redshift.Store // the site's, in the service
	namespaces                    *redshiftserverless.Store
	cluster, workgroup, namespace string
}

// target is how the custom resources name it.
func (p place) target() contract.Target {
	if p.workgroup != "" {
		return contract.Target{WorkgroupName: p.workgroup, Database: database}
	}
	return contract.Target{ClusterIdentifier: p.cluster, Database: database}
}

// pace is the clock by which changes of warehouses come to their end. It can be
// stopped for a while.
type pace struct {
	mu             sync.Mutex
	stopped, until time.Time
}

func (p *pace) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.After(p.until) {
		return now
	}
	return p.stopped
}

// next returns when the clock goes again: now, if it does.
func (p *pace) next() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.After(p.until) {
		return now
	}
	return p.until
}

func (p *pace) stop(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped = time.Now(); p.stopped.Add(d).After(p.until) {
		p.until = p.stopped.Add(d)
	}
}

// engineID is the present warehouse's id in the engine.
func (s *site) engineID() string {
	if s.here.workgroup != "" {
		return s.here.engine.Workgroup(s.here.workgroup)
	}
	return s.here.cluster
}

// found makes the present warehouse, with somebody's role and an external schema.
func (s *site) found(ctx context.Context) error {
	var err error
	roles := attachedroles.New([]string{theirs}, theirs)
	if s.here.workgroup != "" {
		err = errors.Join(
			s.here.namespaces.CreateNamespace(ctx, redshiftserverless.Namespace{Name: s.here.namespace, Database: database, Roles: roles}),
			s.here.namespaces.CreateWorkgroup(redshiftserverless.Workgroup{Name: s.here.workgroup, Namespace: s.here.namespace}))
	} else {
		err = s.here.clusters.CreateCluster(ctx, redshift.Cluster{Identifier: s.here.cluster, Database: database, Roles: roles})
	}
	if err != nil {
		return err
	}
	return s.exec(ctx, "CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE '"+role+"'")
}

// raze removes the present warehouse.
func (s *site) raze(ctx context.Context) error {
	if s.here.workgroup == "" {
		return s.here.clusters.DeleteCluster(ctx, s.here.cluster)
	}
	return errors.Join(s.here.namespaces.DeleteWorkgroup(s.here.workgroup), s.here.namespaces.DeleteNamespace(ctx, s.here.namespace))
}

// query runs SQL by hand, as the admin, and returns its rows.
func (s *site) query(ctx context.Context, sql string) ([][]string, error) {
	result, err := s.here.engine.Exec(ctx, sqlengine.Target{Cluster: s.engineID(), Database: database}, sql, nil)
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

func (s *site) exec(ctx context.Context, sql string) error {
	_, err := s.query(ctx, sql)
	return err
}

// makeReaders makes the user whom views are granted to, who is there in all warehouses
// of a service.
func (s *site) makeReaders(ctx context.Context) error {
	seen := map[*service]bool{}
	for _, s.here = range s.places {
		if seen[s.here.service] {
			continue
		}
		seen[s.here.service] = true
		if err := s.exec(ctx, "CREATE USER "+reader+" PASSWORD 'Passw0rd'"); err != nil {
			return err
		}
	}
	return nil
}

// changeRoles attaches and detaches roles by hand, unless a change is under way.
func (s *site) changeRoles(add, remove []string) error {
	if s.here.workgroup != "" {
		return s.here.namespaces.ModifyNamespaceRoles(s.here.namespace, add, remove, nil)
	}
	return s.here.clusters.ModifyClusterRoles(s.here.cluster, add, remove, nil)
}

// setRoles is changeRoles once no other change is under way, and waits for its own.
func (s *site) setRoles(ctx context.Context, add, remove []string) error {
	for {
		err := s.changeRoles(add, remove)
		done := err == nil && s.attached(add...) && !slices.ContainsFunc(remove, func(arn string) bool { return s.attached(arn) })
		if done || err != nil && !errors.Is(err, attachedroles.ErrBusy) {
			return err
		}
		if err := s.moment(ctx); err != nil {
			return err
		}
	}
}

// attached reports whether the present warehouse can assume all of the roles.
func (s *site) attached(arns ...string) bool {
	return !slices.ContainsFunc(arns, func(arn string) bool {
		return !s.here.clusters.Attached(s.engineID(), arn) && !s.here.namespaces.Attached(s.engineID(), arn)
	})
}

func (s *site) moment(ctx context.Context) error {
	select {
	case <-time.After(20 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// checkOthers looks for roles that somebody else attached: none may have gone, once
// what is under way has ended.
func (l *life) checkOthers(ctx context.Context, v *verdict) error {
	for _, arn := range append(slices.Sorted(maps.Keys(l.others)), theirs, "default") {
		for end := l.pace.next().Add(time.Second); !l.attached(arn) && time.Now().Before(end); {
			if err := l.moment(ctx); err != nil {
				return err
			}
		}
		if !l.attached(arn) {
			v.add("somebody else's role is gone: %s", arn)
		}
	}
	return nil
}
