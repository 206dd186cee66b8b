package redshift

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/attachedroles"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// Engine is the part of *sqlengine.Engine used here. It holds what is in clusters.
type Engine interface {
	CreateCluster(ctx context.Context, c sqlengine.Cluster) error
	DeleteCluster(ctx context.Context, id string) error
	SetPaused(id string, paused bool) error
}

// What goes wrong, besides [attachedroles.ErrBusy], by AWS's words for it.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
)

// Cluster is a provisioned cluster.
type Cluster struct {
	Identifier, Database, MasterUsername string
	NodeType                             string
	Nodes                                int
	SecretARN                            string // empty if Redshift doesn't manage the password
	Paused                               bool
	Roles                                *attachedroles.List // nil: none
}

// Options say whose the clusters are.
type Options struct {
	Account account.Account
	Now     func() time.Time
}

// Store holds the clusters. It is safe for concurrent use.
type Store struct {
	Options
	engine Engine

	mu       sync.Mutex
	clusters map[string]*Cluster
}

// New returns an empty Store.
func New(engine Engine, o Options) *Store {
	return &Store{Options: o, engine: engine, clusters: map[string]*Cluster{}}
}

// CreateCluster makes a cluster.
func (s *Store) CreateCluster(ctx context.Context, c Cluster) error {
	s.mu.Lock()
	if s.clusters[c.Identifier] != nil {
		s.mu.Unlock()
		return fmt.Errorf("cluster %q: %w", c.Identifier, ErrExists)
	}
	c.Roles = cmp.Or(c.Roles, attachedroles.New(nil, ""))
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
	c, err := s.clusters[identifier], error(nil)
	switch {
	case c == nil:
		err = ErrNotFound
	case c.Paused:
		err = attachedroles.ErrBusy
	default:
		err = c.Roles.Modify(s.Now(), add, remove, defaultRole)
	}
	if err != nil {
		return fmt.Errorf("cluster %q: %w", identifier, err)
	}
	return nil
}

// Attached reports whether a cluster can assume a role now.
func (s *Store) Attached(identifier, roleARN string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.clusters[identifier]
	return c != nil && c.Roles.Has(s.Now(), roleARN)
}

// Clusters returns the clusters' identifiers, in order.
func (s *Store) Clusters() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.clusters))
}
