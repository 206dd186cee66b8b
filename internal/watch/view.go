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
	// View is the view's name, with its schema where that is not public. It may be
	// a table, too.
	View string
	// Time is the column that the charts go by: a timestamp, or text that reads as
	// one. Empty means the time of arrival.
	Time string
	// Sum and Distinct are the columns that are summed up and counted. A SUPER
	// column's field is written behind dots, its case kept: payload.kWhDelivered.
	// Empty means none.
	Sum, Distinct string
	// SumLabel and DistinctLabel are what the charts are called. Empty means what
	// they do, such as "Sum of price".
	SumLabel, DistinctLabel string
}

// view is what Options name, checked, so that it can go into SQL.
type view struct {
	options             Options
	schema, name        ddl.Ident
	time, sum, distinct field
}

// field is a column, or what lies within a SUPER one. The zero field is none.
type field struct {
	column ddl.Ident
	path   []string
}

func (f field) given() bool { return f.column != ddl.Ident{} }

// pathName is what a step into a SUPER value can be called here. All of it is
// safe within a SQL literal.
var pathName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Validate returns everything that is wrong with the options, joined, each under
// the name of its flag.
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
				errs = append(errs, fmt.Errorf("--%s: %q in %q is no field's name; write letters, digits and _", f.flag, part, f.text))
			}
		}
		if len(parts) > 6 {
			errs = append(errs, fmt.Errorf("--%s: %q goes %d levels deep; Redshift takes 5", f.flag, f.text, len(parts)-1))
		}
	}
	return v, errors.Join(errs...)
}

// table is how SQL names the view.
func (v view) table() string { return v.schema.String() + "." + v.name.String() }

// shape is a view with what the warehouse says of its columns.
type shape struct {
	view
	columns []dataapi.Column
	arrived dataapi.Column // when a row's record arrived
	failed  bool           // whether it has the column failed_payload
}

// arrivalNames are what a view's time of arrival is likely called, the likeliest
// first.
var arrivalNames = []string{"approximate_arrival_timestamp", "approximatearrivaltimestamp", "arrived", "arrived_at"}

// shapeOf matches the view with its columns. The error has a line for each
// problem.
func shapeOf(v view, columns []dataapi.Column) (shape, error) {
	s := shape{view: v, columns: columns}
	for _, name := range arrivalNames {
		if c, ok := s.find(name); ok && isTime(c.Type) && s.arrived.Name == "" {
			s.arrived = c
		}
	}
	for _, c := range columns {
		if isTime(c.Type) && s.arrived.Name == "" {
			s.arrived = c
		}
		s.failed = s.failed || c.Name == "failed_payload" && c.Type == "varbyte"
	}
	var errs []error
	if s.arrived.Name == "" {
		errs = append(errs, fmt.Errorf("%s has no column that says when a row arrived; give it one, such as approximate_arrival_timestamp", v.options.View))
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
			errs = append(errs, fmt.Errorf("--%s: the column %q is %s and has no fields; only SUPER ones have", f.flag, c.Name, c.Type))
		case len(f.field.path) == 0 && c.Type == "super":
			errs = append(errs, fmt.Errorf("--%s: the column %q is SUPER; name a field of it, such as %s.price", f.flag, c.Name, c.Name))
		}
	}
	return s, errors.Join(errs...)
}

func (s shape) find(name string) (dataapi.Column, bool) {
	i := slices.IndexFunc(s.columns, func(c dataapi.Column) bool { return c.Name == name })
	if i < 0 {
		return dataapi.Column{}, false
	}
	return s.columns[i], true
}

func (s shape) names() string {
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// isTime tells whether a type is a point in time.
func isTime(typeName string) bool { return typeName == "timestamp" || typeName == "timestamptz" }

// isText tells whether a type is text.
func isText(typeName string) bool {
	return typeName == "varchar" || typeName == "bpchar" || typeName == "text"
}
