package watch

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// Options say what the page shows.
type Options struct {
	// View is the name of the view, with its schema unless that is public. It may also be
	// a table.
	View string
	// Time is the column by which the charts are grouped: a timestamp, or text in the
	// form of one. Empty means the time of arrival.
	Time string
	// Sum is the column that the page sums up, and Distinct the one whose distinct values
	// it counts. A field of a SUPER column is written with dots, and its case matters:
	// payload.kWhDelivered. Empty means no such chart.
	Sum, Distinct string
	// SumLabel and DistinctLabel are the names of the charts. Empty means a default, such
	// as "Sum of price".
	SumLabel, DistinctLabel string
}

// view contains the checked names of Options, which are safe to use in SQL.
type view struct {
	options             Options
	schema, name        ddl.Ident
	time, sum, distinct field // zero if not given
}

// field is a column, or a field within a SUPER column. The zero field means that none is
// given.
type field struct {
	column ddl.Ident
	path   []string // the names of the nested fields, outermost first; empty for a column
}

func (f field) given() bool { return f.column != ddl.Ident{} }

// pathName matches the names that nested fields may have. They are safe within a SQL
// literal.
var pathName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Validate returns all problems of the options, joined. Each begins with the name of its
// flag.
func (o Options) Validate() error {
	_, err := o.parse()
	return err
}

func (o Options) parse() (view, error) {
	v := view{options: o}
	var errs []error
	ident := func(flag, name string) ddl.Ident {
		id, err := ddl.ParseIdent(name)
		if err != nil {
			errs = append(errs, fmt.Errorf("--%s: %w", flag, err))
		}
		return id
	}
	schema, name, found := strings.Cut(o.View, ".")
	if !found {
		schema, name = "public", o.View
	}
	v.schema, v.name = ident("view", schema), ident("view", name)
	for _, f := range []struct {
		flag, text string
		field      *field
	}{{"time", o.Time, &v.time}, {"sum", o.Sum, &v.sum}, {"distinct", o.Distinct, &v.distinct}} {
		if f.text == "" {
			continue
		}
		parts := strings.Split(f.text, ".")
		*f.field = field{ident(f.flag, parts[0]), parts[1:]}
		for _, part := range parts[1:] {
			if !pathName.MatchString(part) {
				errs = append(errs, fmt.Errorf("--%s: %q in %q is not a valid field name; write letters, digits and _", f.flag, part, f.text))
			}
		}
		if len(parts) > 6 {
			errs = append(errs, fmt.Errorf("--%s: %q has %d levels of nested fields; Redshift allows 5", f.flag, f.text, len(parts)-1))
		}
	}
	return v, errors.Join(errs...)
}

// table returns the name of the view for use in SQL.
func (v view) table() string { return v.schema.String() + "." + v.name.String() }

// resolvedView is a view with the columns that the warehouse has reported.
type resolvedView struct {
	view
	columns   []dataapi.Column
	arrived   dataapi.Column // the time at which the row's record arrived
	hasFailed bool           // whether the view has the column failed_payload
}

// arrivalNames are the names that the column of the time of arrival usually has, most
// likely first.
var arrivalNames = []string{"approximate_arrival_timestamp", "approximatearrivaltimestamp", "arrived", "arrived_at"}

// resolve looks up the columns of the options among the view's columns. The error has one
// line for each problem.
func resolve(v view, columns []dataapi.Column) (resolvedView, error) {
	s := resolvedView{view: v, columns: columns}
	for _, name := range arrivalNames {
		if c, ok := s.find(name); ok && isTime(c.Type) && s.arrived.Name == "" {
			s.arrived = c
		}
	}
	for _, c := range columns {
		if isTime(c.Type) && s.arrived.Name == "" {
			s.arrived = c
		}
		s.hasFailed = s.hasFailed || c.Name == "failed_payload" && c.Type == "varbyte"
	}
	var errs []error
	if s.arrived.Name == "" {
		errs = append(errs, fmt.Errorf("%s has no column with the time at which a row arrived; add one, such as approximate_arrival_timestamp", v.options.View))
	}
	for _, f := range []struct {
		flag  string
		field field
	}{{"time", v.time}, {"sum", v.sum}, {"distinct", v.distinct}} {
		if !f.field.given() {
			continue
		}
		c, ok := s.find(f.field.column.Name())
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("--%s: %s has no column %q; it has %s", f.flag, v.options.View, f.field.column.Name(), s.names()))
		case len(f.field.path) > 0 && c.Type != "super":
			errs = append(errs, fmt.Errorf("--%s: the column %q has type %s and has no fields; only SUPER columns have fields", f.flag, c.Name, c.Type))
		case len(f.field.path) == 0 && c.Type == "super":
			errs = append(errs, fmt.Errorf("--%s: the column %q has type SUPER; write one of its fields, such as %s.price", f.flag, c.Name, c.Name))
		}
	}
	return s, errors.Join(errs...)
}

func (s resolvedView) find(name string) (dataapi.Column, bool) {
	i := slices.IndexFunc(s.columns, func(c dataapi.Column) bool { return c.Name == name })
	if i < 0 {
		return dataapi.Column{}, false
	}
	return s.columns[i], true
}

func (s resolvedView) names() string {
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// isTime reports whether a type is a point in time.
func isTime(typeName string) bool { return typeName == "timestamp" || typeName == "timestamptz" }

// isText reports whether a type is text.
func isText(typeName string) bool {
	return typeName == "varchar" || typeName == "bpchar" || typeName == "text"
}
