package redshiftserverless

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/attachedroles"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// Engine contains the methods of *sqlengine.Engine that this package uses. The engine stores
// the databases of each namespace in a cluster of its own.
type Engine interface {
	CreateCluster(ctx context.Context, c sqlengine.Cluster) error
	DeleteCluster(ctx context.Context, id string) error
	// SetWorkgroup assigns a cluster of the engine to a workgroup. An empty cluster
	// removes the workgroup.
	SetWorkgroup(name, cluster string)
}

// Errors of a Store. It also returns [attachedroles.ErrBusy].
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
	ErrInUse    = errors.New("is in use")
)

// Namespace is a Serverless namespace.
type Namespace struct {
	Name, ID, Database, AdminUsername string
	SecretARN                         string              // empty if Redshift does not manage the password
	Roles                             *attachedroles.List // nil if no roles are attached
}

// Workgroup is a Serverless workgroup.
type Workgroup struct {
	Name, ID, Namespace string
	BaseCapacity        int
}

// UsageLimit is a usage limit of a workgroup.
type UsageLimit struct {
	ID, ResourceARN, UsageType, Period, BreachAction string
	Amount                                           int64
}

// Options are the options of a Store. Both fields are required.
type Options struct {
	Account account.Account // the account and the region of the namespaces
	Now     func() time.Time
}

// Store keeps namespaces, workgroups and usage limits in memory. It is safe for concurrent
// use.
type Store struct {
	Options
	engine Engine

	mu         sync.Mutex
	namespaces map[string]*Namespace
	workgroups map[string]*Workgroup
	limits     map[string]*UsageLimit
}

// New returns an empty Store.
func New(engine Engine, o Options) *Store {
	return &Store{
		Options: o, engine: engine,
		namespaces: map[string]*Namespace{}, workgroups: map[string]*Workgroup{}, limits: map[string]*UsageLimit{},
	}
}

// engineID returns the id of a namespace in the engine. It contains a slash, so it differs
// from the identifiers of all provisioned clusters.
func engineID(namespace string) string { return "namespace/" + namespace }

// CreateNamespace creates a namespace. It returns ErrExists if the name is in use.
func (s *Store) CreateNamespace(ctx context.Context, n Namespace) error {
	s.mu.Lock()
	if s.namespaces[n.Name] != nil {
		s.mu.Unlock()
		return fmt.Errorf("namespace %q: %w", n.Name, ErrExists)
	}
	n.Roles = cmp.Or(n.Roles, attachedroles.New(nil, ""))
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

// SetNamespaceRoles replaces a namespace's list of roles by arns, and sets its default
// role. If arns or defaultRole is nil, that setting does not change.
func (s *Store) SetNamespaceRoles(name string, arns *[]string, defaultRole *string) error {
	return s.changeRoles(name, func(l *attachedroles.List) error { return l.Replace(s.Now(), arns, defaultRole) })
}

// ModifyNamespaceRoles attaches and detaches roles, and does not change other roles. It
// sets the default role unless defaultRole is nil.
func (s *Store) ModifyNamespaceRoles(name string, add, remove []string, defaultRole *string) error {
	return s.changeRoles(name, func(l *attachedroles.List) error { return l.Modify(s.Now(), add, remove, defaultRole) })
}

func (s *Store) changeRoles(name string, change func(*attachedroles.List) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.namespaces[name], ErrNotFound
	if n != nil {
		err = change(n.Roles)
	}
	if err != nil {
		return fmt.Errorf("namespace %q: %w", name, err)
	}
	return nil
}

// DeleteNamespace deletes a namespace and its databases. It returns ErrInUse if a workgroup
// uses the namespace, and ErrNotFound if the namespace does not exist.
func (s *Store) DeleteNamespace(ctx context.Context, name string) error {
	s.mu.Lock()
	for _, w := range s.workgroups {
		if w.Namespace == name {
			s.mu.Unlock()
			return fmt.Errorf("namespace %q: %w by the workgroup %q", name, ErrInUse, w.Name)
		}
	}
	exists := s.namespaces[name] != nil
	delete(s.namespaces, name)
	s.mu.Unlock()
	if !exists {
		return fmt.Errorf("namespace %q: %w", name, ErrNotFound)
	}
	return s.engine.DeleteCluster(ctx, engineID(name))
}

// CreateWorkgroup creates a workgroup. It returns ErrExists if the name is in use,
// ErrNotFound if the namespace does not exist, and ErrInUse if the namespace has a
// workgroup already.
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

// SetBaseCapacity sets a workgroup's base capacity, in Redshift Processing Units. It
// returns ErrNotFound if the workgroup does not exist.
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

// DeleteWorkgroup deletes a workgroup and its usage limits. The namespace keeps its data.
// DeleteWorkgroup returns ErrNotFound if the workgroup does not exist.
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

// WorkgroupARN returns a workgroup's ARN, or "" if the workgroup does not exist.
func (s *Store) WorkgroupARN(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.workgroups[name]; w != nil {
		return s.Account.ARN("redshift-serverless", "workgroup/"+w.ID)
	}
	return ""
}

// Attached reports whether a role is attached to a namespace and the attachment has taken
// effect. cluster is the namespace's id in the engine.
func (s *Store) Attached(cluster, roleARN string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, n := range s.namespaces {
		if engineID(name) == cluster {
			return n.Roles.Has(s.Now(), roleARN)
		}
	}
	return false
}

// Workgroups returns the workgroups, sorted by name. Each element contains the workgroup's
// name and its namespace's id in the engine.
func (s *Store) Workgroups() [][2]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list [][2]string
	for _, name := range slices.Sorted(maps.Keys(s.workgroups)) {
		list = append(list, [2]string{name, engineID(s.workgroups[name].Namespace)})
	}
	return list
}
