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

// Engine contains the methods of *sqlengine.Engine that this package uses. The engine
// contains the databases of the clusters.
type Engine interface {
	CreateCluster(ctx context.Context, c sqlengine.Cluster) error
	DeleteCluster(ctx context.Context, id string) error
	SetPaused(id string, paused bool) error
}

// Errors of a Store. It also returns [attachedroles.ErrBusy].
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
)

// Cluster is a provisioned cluster.
type Cluster struct {
	Identifier, Database, MasterUsername string
	NodeType                             string
	Nodes                                int
	SecretARN                            string // empty if Redshift does not manage the password
	Paused                               bool
	Roles                                *attachedroles.List // nil if no roles are attached
}

// Options are the options of a Store. Both fields are required.
type Options struct {
	Account account.Account // the account and the region of the clusters
	Now     func() time.Time
}

// Store keeps the clusters in memory. It is safe for concurrent use.
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

// CreateCluster creates a cluster. It returns ErrExists if the identifier is in use.
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

// DeleteCluster deletes a cluster and its databases. It returns ErrNotFound if the cluster
// does not exist.
func (s *Store) DeleteCluster(ctx context.Context, identifier string) error {
	s.mu.Lock()
	exists := s.clusters[identifier] != nil
	delete(s.clusters, identifier)
	s.mu.Unlock()
	if !exists {
		return fmt.Errorf("cluster %q: %w", identifier, ErrNotFound)
	}
	return s.engine.DeleteCluster(ctx, identifier)
}

// SetPaused pauses or resumes a cluster. It returns ErrNotFound if the cluster does not
// exist.
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

// ModifyClusterRoles attaches and detaches roles, and sets the default role unless
// defaultRole is nil. It returns ErrNotFound if the cluster does not exist, and
// attachedroles.ErrBusy if the cluster is paused or an earlier change is in progress.
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

// Attached reports whether a role is attached to a cluster and the attachment has taken
// effect.
func (s *Store) Attached(identifier, roleARN string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.clusters[identifier]
	return c != nil && c.Roles.Has(s.Now(), roleARN)
}

// Clusters returns the identifiers of the clusters, sorted.
func (s *Store) Clusters() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.clusters))
}
