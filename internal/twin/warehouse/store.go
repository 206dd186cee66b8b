// Package warehouse is the part of Amazon Redshift, in the local twin, that makes
// warehouses and says which roles they may assume: clusters, and Serverless
// namespaces with their workgroups. What CloudFormation makes and what the API makes
// are the same; what is in a warehouse is package redshift's.
package warehouse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// Engine holds what is in warehouses.
type Engine interface {
	CreateCluster(ctx context.Context, c sqlengine.Cluster) error
	DeleteCluster(ctx context.Context, id string) error
	SetPaused(id string, paused bool) error
	// SetWorkgroup lets a workgroup lead to a cluster; an empty one to nowhere.
	SetWorkgroup(name, cluster string)
}

// settle is how long a change of a warehouse's roles takes, and during which another
// one is refused. On AWS it is longer.
const settle = 200 * time.Millisecond

// What goes wrong, by AWS's words for it.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
	ErrBusy     = errors.New("is being modified")
	ErrInUse    = errors.New("is in use")
)

// Cluster is a provisioned cluster.
type Cluster struct {
	Identifier, Database, MasterUsername string
	NodeType                             string
	Nodes                                int
	SecretARN                            string // empty if Redshift doesn't manage the password
	DefaultRole                          string
	Paused                               bool

	roles *roleList
}

// Namespace is a Serverless namespace.
type Namespace struct {
	Name, ID, Database, AdminUsername string
	SecretARN                         string // empty if Redshift doesn't manage the password
	DefaultRole                       string

	roles *roleList
}

// Workgroup is a Serverless workgroup.
type Workgroup struct {
	Name, ID, Namespace string
	BaseCapacity        int
}

// UsageLimit is a limit of a workgroup's use.
type UsageLimit struct {
	ID, ResourceARN, UsageType, Period, BreachAction string
	Amount                                           int64
}

// Options say whose the warehouses are.
type Options struct {
	Region, Account string
	Now             func() time.Time
}

// Store holds the warehouses. It is safe for concurrent use.
type Store struct {
	Options
	engine Engine

	mu         sync.Mutex
	clusters   map[string]*Cluster
	namespaces map[string]*Namespace
	workgroups map[string]*Workgroup
	limits     map[string]*UsageLimit
}

// New returns an empty Store.
func New(engine Engine, o Options) *Store {
	return &Store{
		Options: o, engine: engine, clusters: map[string]*Cluster{}, namespaces: map[string]*Namespace{},
		workgroups: map[string]*Workgroup{}, limits: map[string]*UsageLimit{},
	}
}

// engineID is a namespace's id in the engine, which no cluster's can be.
func engineID(namespace string) string { return "namespace/" + namespace }

// CreateCluster makes a cluster, its roles in sync.
func (s *Store) CreateCluster(ctx context.Context, c Cluster, roles []string) error {
	s.mu.Lock()
	if s.clusters[c.Identifier] != nil {
		s.mu.Unlock()
		return fmt.Errorf("cluster %q: %w", c.Identifier, ErrExists)
	}
	c.roles = newRoleList(roles)
	s.clusters[c.Identifier] = &c
	s.mu.Unlock()
	err := s.engine.CreateCluster(ctx, sqlengine.Cluster{ID: c.Identifier, Database: c.Database, AdminUser: c.MasterUsername, SecretARN: c.SecretARN})
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.clusters, c.Identifier)
	}
	return err
}

// DeleteCluster removes a cluster and all in it.
func (s *Store) DeleteCluster(ctx context.Context, identifier string) error {
	s.mu.Lock()
	there := s.clusters[identifier] != nil
	delete(s.clusters, identifier)
	s.mu.Unlock()
	if !there {
		return fmt.Errorf("cluster %q: %w", identifier, ErrNotFound)
	}
	return s.engine.DeleteCluster(ctx, identifier)
}

// SetPaused pauses or resumes a cluster.
func (s *Store) SetPaused(identifier string, paused bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.clusters[identifier]
	if c == nil {
		return fmt.Errorf("cluster %q: %w", identifier, ErrNotFound)
	}
	c.Paused = paused
	return s.engine.SetPaused(identifier, paused)
}

// ModifyClusterRoles attaches and detaches roles. A nil defaultRole stays as it is.
func (s *Store) ModifyClusterRoles(identifier string, add, remove []string, defaultRole *string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.clusters[identifier]
	switch {
	case c == nil:
		return fmt.Errorf("cluster %q: %w", identifier, ErrNotFound)
	case c.Paused || c.roles.pending(s.Now()):
		return fmt.Errorf("cluster %q: %w", identifier, ErrBusy)
	}
	if defaultRole != nil {
		c.DefaultRole = *defaultRole
	}
	c.roles.change(s.Now(), add, remove)
	return nil
}

// SetNamespaceRoles makes roles the whole list of a namespace's, and sets its default
// role. What is nil stays as it is.
func (s *Store) SetNamespaceRoles(name string, roles *[]string, defaultRole *string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.changeable(name)
	if err != nil {
		return err
	}
	if defaultRole != nil {
		n.DefaultRole = *defaultRole
	}
	if roles == nil {
		return nil
	}
	var remove []string
	for _, role := range n.roles.list(s.Now()) {
		if !slices.Contains(*roles, role.ARN) {
			remove = append(remove, role.ARN)
		}
	}
	n.roles.change(s.Now(), *roles, remove)
	return nil
}

// ModifyNamespaceRoles attaches and detaches roles, and leaves the others. A nil
// defaultRole stays as it is.
func (s *Store) ModifyNamespaceRoles(name string, add, remove []string, defaultRole *string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.changeable(name)
	if err != nil {
		return err
	}
	if defaultRole != nil {
		n.DefaultRole = *defaultRole
	}
	n.roles.change(s.Now(), add, remove)
	return nil
}

// changeable returns a namespace that isn't being modified.
func (s *Store) changeable(name string) (*Namespace, error) {
	n := s.namespaces[name]
	switch {
	case n == nil:
		return nil, fmt.Errorf("namespace %q: %w", name, ErrNotFound)
	case n.roles.pending(s.Now()):
		return nil, fmt.Errorf("namespace %q: %w", name, ErrBusy)
	}
	return n, nil
}

// CreateNamespace makes a namespace, its roles in sync.
func (s *Store) CreateNamespace(ctx context.Context, n Namespace, roles []string) error {
	s.mu.Lock()
	if s.namespaces[n.Name] != nil {
		s.mu.Unlock()
		return fmt.Errorf("namespace %q: %w", n.Name, ErrExists)
	}
	n.roles = newRoleList(roles)
	s.namespaces[n.Name] = &n
	s.mu.Unlock()
	err := s.engine.CreateCluster(ctx, sqlengine.Cluster{ID: engineID(n.Name), Database: n.Database, AdminUser: n.AdminUsername, SecretARN: n.SecretARN})
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.namespaces, n.Name)
	}
	return err
}

// DeleteNamespace removes a namespace that no workgroup has, and all in it.
func (s *Store) DeleteNamespace(ctx context.Context, name string) error {
	s.mu.Lock()
	for _, w := range s.workgroups {
		if w.Namespace == name {
			s.mu.Unlock()
			return fmt.Errorf("namespace %q: %w by the workgroup %q", name, ErrInUse, w.Name)
		}
	}
	there := s.namespaces[name] != nil
	delete(s.namespaces, name)
	s.mu.Unlock()
	if !there {
		return fmt.Errorf("namespace %q: %w", name, ErrNotFound)
	}
	return s.engine.DeleteCluster(ctx, engineID(name))
}

// CreateWorkgroup makes a workgroup of a namespace that has none.
func (s *Store) CreateWorkgroup(w Workgroup) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.workgroups[w.Name] != nil {
		return fmt.Errorf("workgroup %q: %w", w.Name, ErrExists)
	}
	if s.namespaces[w.Namespace] == nil {
		return fmt.Errorf("namespace %q: %w", w.Namespace, ErrNotFound)
	}
	for _, other := range s.workgroups {
		if other.Namespace == w.Namespace {
			return fmt.Errorf("namespace %q: %w by the workgroup %q", w.Namespace, ErrInUse, other.Name)
		}
	}
	s.workgroups[w.Name] = &w
	s.engine.SetWorkgroup(w.Name, engineID(w.Namespace))
	return nil
}

// SetBaseCapacity changes a workgroup's capacity.
func (s *Store) SetBaseCapacity(name string, capacity int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.workgroups[name]
	if w == nil {
		return fmt.Errorf("workgroup %q: %w", name, ErrNotFound)
	}
	w.BaseCapacity = capacity
	return nil
}

// DeleteWorkgroup removes a workgroup and its limits; the namespace keeps its data.
func (s *Store) DeleteWorkgroup(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.workgroups[name]
	if w == nil {
		return fmt.Errorf("workgroup %q: %w", name, ErrNotFound)
	}
	delete(s.workgroups, name)
	maps.DeleteFunc(s.limits, func(_ string, l *UsageLimit) bool { return strings.HasSuffix(l.ResourceARN, "/"+w.ID) })
	s.engine.SetWorkgroup(name, "")
	return nil
}

// Attached reports whether a warehouse can assume a role now. engine is the
// warehouse's id in the engine.
func (s *Store) Attached(engine, roleARN string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	roles, defaultRole := (*roleList)(nil), ""
	if c := s.clusters[engine]; c != nil {
		roles, defaultRole = c.roles, c.DefaultRole
	}
	for name, n := range s.namespaces {
		if engineID(name) == engine {
			roles, defaultRole = n.roles, n.DefaultRole
		}
	}
	if roles == nil {
		return false
	}
	if roleARN == "default" {
		return defaultRole != ""
	}
	return slices.Contains(roles.list(s.Now()), Role{roleARN, "in-sync"})
}

// WorkgroupARN returns a workgroup's ARN, "" if there is no such workgroup.
func (s *Store) WorkgroupARN(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.workgroups[name]; w != nil {
		return s.arn("redshift-serverless", "workgroup/"+w.ID)
	}
	return ""
}

// Names returns the clusters and the workgroups that exist, in order, each with its
// id in the engine.
func (s *Store) Names() [][2]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names [][2]string
	for _, id := range slices.Sorted(maps.Keys(s.clusters)) {
		names = append(names, [2]string{id, id})
	}
	for _, name := range slices.Sorted(maps.Keys(s.workgroups)) {
		names = append(names, [2]string{name, engineID(s.workgroups[name].Namespace)})
	}
	return names
}

// arn returns an ARN of the store's region and account.
func (s *Store) arn(service, resource string) string {
	return "arn:aws:" + service + ":" + s.Region + ":" + s.Account + ":" + resource
}
