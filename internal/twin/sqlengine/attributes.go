package sqlengine

import (
	"cmp"
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// attributes are the stored DISTSTYLE, DISTKEY, SORTKEY and BACKUP of a relation.
type attributes struct {
	backup    bool
	distStyle string
	distKey   string // a column's name; empty if there is no key
	sortStyle string
	sortKey   []string // columns' names; empty if there is no key
}

// createAttributes stores the attributes of a new relation. It must be called in the
// transaction that creates the relation.
func (s *session) createAttributes(ctx context.Context, name rsql.Name, a rsql.Attributes) error {
	stored := attributes{backup: !a.NoBackup, distStyle: "even", sortKey: []string{}}
	if err := s.setAttributes(ctx, name, a, &stored); err != nil {
		return err
	}
	return s.storeAttributes(ctx, name, stored)
}

// changeAttributes changes the attributes of a relation to those that a has.
func (s *session) changeAttributes(ctx context.Context, name rsql.Name, a rsql.Attributes) error {
	stored, err := s.attributes(ctx, name)
	if err != nil {
		return err
	}
	if a.DistStyle != "" && a.DistKey == nil {
		stored.distKey = ""
	}
	if err := s.setAttributes(ctx, name, a, &stored); err != nil {
		return err
	}
	return s.storeAttributes(ctx, name, stored)
}

// setAttributes copies the attributes that a has into stored. Keys that are ordinals
// become columns' names.
func (s *session) setAttributes(ctx context.Context, name rsql.Name, a rsql.Attributes, stored *attributes) error {
	rows, err := s.conn.Query(ctx, "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum", name.String())
	if err != nil {
		return err
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	if a.DistKey != nil {
		if stored.distKey, err = resolve(*a.DistKey, columns); err != nil {
			return err
		}
		stored.distStyle = cmp.Or(a.DistStyle, "key")
	} else if a.DistStyle != "" {
		stored.distStyle = a.DistStyle
	}
	if a.SortStyle != "" {
		stored.sortStyle, stored.sortKey = a.SortStyle, []string{}
		for _, k := range a.SortKey {
			column, err := resolve(k, columns)
			if err != nil {
				return err
			}
			stored.sortKey = append(stored.sortKey, column)
		}
	}
	return nil
}

// resolve returns the name of the column that a key refers to.
func resolve(k rsql.Key, columns []string) (string, error) {
	if k.Ordinal > len(columns) {
		return "", errorf(codeNoColumn, "key column %d does not exist: the relation has %d", k.Ordinal, len(columns))
	}
	if k.Ordinal > 0 {
		return columns[k.Ordinal-1], nil
	}
	for _, c := range columns {
		if c == k.Name {
			return c, nil
		}
	}
	return "", errorf(codeNoColumn, "column %q named in key does not exist", k.Name)
}

// storeAttributes stores the attributes of a relation.
func (s *session) storeAttributes(ctx context.Context, name rsql.Name, a attributes) error {
	_, err := s.conn.Exec(ctx, `INSERT INTO pg_streaming.attributes VALUES ($1::regclass, $2, $3, $4, $5, $6)
		ON CONFLICT (relation) DO UPDATE SET backup = excluded.backup, dist_style = excluded.dist_style,
		dist_key = excluded.dist_key, sort_style = excluded.sort_style, sort_key = excluded.sort_key`,
		name.String(), a.backup, a.distStyle, a.distKey, a.sortStyle, a.sortKey)
	return err
}

// attributes returns the stored attributes of a relation, or the defaults if none are
// stored. The relation must exist.
func (s *session) attributes(ctx context.Context, name rsql.Name) (attributes, error) {
	a := attributes{backup: true, distStyle: "even", sortKey: []string{}}
	err := s.conn.QueryRow(ctx, "SELECT backup, dist_style, dist_key, sort_style, sort_key FROM pg_streaming.attributes WHERE relation = $1::regclass", name.String()).
		Scan(&a.backup, &a.distStyle, &a.distKey, &a.sortStyle, &a.sortKey)
	if noRows(err) {
		return a, nil
	}
	return a, err
}
