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

// Engine is the part of *sqlengine.Engine used here. It holds what is in namespaces, each
// of which is a cluster there.
type Engine interface {
	CreateCluster(ctx context.Context, c sqlengine.Cluster) error
	DeleteCluster(ctx context.Context, id string) error
	// SetWorkgroup lets a workgroup lead to a cluster; an empty one to nowhere.
	SetWorkgroup(name, cluster string)
}

// What goes wrong, besides [attachedroles.ErrBusy], by AWS's words for it.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
	ErrInUse    = errors.New("is in use")
)

// Namespace is a Serverless namespace.
type Namespace struct {
	Name, ID, Database, AdminUsername string
	SecretARN                         string              // empty if Redshift doesn't manage the password
	Roles                             *attachedroles.List // nil: none
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

// Options say whose the namespaces are.
type Options struct {
	Account account.Account
	Now     func() time.Time
}

// Store holds namespaces, workgroups and usage limits. It is safe for concurrent use.
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

// engineID is a namespace's id in the engine, which no cluster's can be.
func engineID(namespace string) string { return "namespace/" + namespace }

// CreateNamespace makes a namespace.
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

// SetNamespaceRoles makes arns the whole list of a namespace's roles, and sets its default
// role. What is nil stays as it is.
func (s *Store) SetNamespaceRoles(name string, arns *[]string, defaultRole *string) error {
	return s.changeRoles(name, func(l *attachedroles.List) error { return l.Replace(s.Now(), arns, defaultRole) })
}

// ModifyNamespaceRoles attaches and detaches roles, and leaves the others. A nil
// defaultRole stays as it is.
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

// WorkgroupARN returns a workgroup's ARN, "" if there is no such workgroup.
func (s *Store) WorkgroupARN(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.workgroups[name]; w != nil {
		return s.Account.ARN("redshift-serverless", "workgroup/"+w.ID)
	}
	return ""
}

// Attached reports whether a namespace can assume a role now. engine is the namespace's id
// in the engine.
func (s *Store) Attached(engine, roleARN string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, n := range s.namespaces {
		if engineID(name) == engine {
			return n.Roles.Has(s.Now(), roleARN)
		}
	}
	return false
}

// Workgroups returns the workgroups' names, in order, each with its namespace's id in the
// engine.
func (s *Store) Workgroups() [][2]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list [][2]string
	for _, name := range slices.Sorted(maps.Keys(s.workgroups)) {
		list = append(list, [2]string{name, engineID(s.workgroups[name].Namespace)})
	}
	return list
}
