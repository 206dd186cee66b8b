package main

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/lab"
)

// Config is what the stack can be told: by cdk.json's context, or by
// -c tributary:key=value.
type Config struct {
	Warehouse     kind         // what the views are made in
	Stream        Stream       // what the views read
	SchemaName    string       // the external schema by which the database reads the stream
	ViewSchemas   []ddl.Schema // schemas that are made for the views
	Views         []ddl.View   // the views
	RoleARN       string       // the role that reads the stream; "": a new one
	DataGenerator bool         // whether to define the sign-in to the Kinesis Data Generator's page
	FunctionRole  string       // the name of the function's role; "": CloudFormation's
	FunctionCode  string       // a directory that holds the compiled function; "": compile it
}

// labConfig returns the lab's settings, with a warehouse of the kind that is named; nil
// if there is no such kind.
func labConfig(kindName string) *Config {
	return &Config{
		Warehouse:  newKind(kindName),
		Stream:     Stream{Name: lab.StreamName, RetentionHours: leastRetention},
		SchemaName: lab.SchemaName,
		Views:      lab.Views(),
	}
}

// prefix begins the context keys that are ours; all others are CDK's or
// somebody else's.
const prefix = "tributary:"

// settings are all that can be set beside the kind of warehouse, in the order in which
// problems are told.
func (c *Config) settings() []setting {
	var settings []setting
	if c.Warehouse != nil {
		settings = c.Warehouse.settings()
	}
	settings = append(settings, c.Stream.settings()...)
	return append(
		settings,
		setting{"schemaName", text(&c.SchemaName, isLowerName)},
		setting{"viewSchemas", document(&c.ViewSchemas, `[{"name": "analytics"}]`)},
		setting{"views", views(&c.Views)},
		setting{"roleArn", text(&c.RoleARN, nil)},
		setting{"dataGenerator", boolean(&c.DataGenerator)},
		setting{"functionRoleName", text(&c.FunctionRole, nil)},
		setting{"functionCode", text(&c.FunctionCode, isFunction)},
	)
}

// NewConfig returns the lab's settings with those of context put over them; or every
// unknown key and every bad value.
func NewConfig(context map[string]any) (*Config, ddl.Problems) {
	kindName := cluster
	problems := read(context, []setting{{kindKey, text(&kindName, oneOf(kindNames()))}})
	c := labConfig(kindName)
	if c.Warehouse == nil {
		problems = append(problems, readAsAnyKind(context)...)
	}
	problems = append(problems, read(context, c.settings())...)
	problems = append(problems, c.unknown(context, kindName)...)
	if c.Warehouse != nil {
		problems = append(problems, c.Warehouse.missing()...)
	}
	problems = append(problems, c.Stream.excess(context)...)
	if len(problems) > 0 {
		return nil, problems
	}
	return c, nil
}

// read reads the settings that context has.
func read(context map[string]any, settings []setting) ddl.Problems {
	var problems ddl.Problems
	for _, s := range settings {
		if value, ok := context[prefix+s.key]; ok {
			problems = append(problems, under(prefix+s.key, s.read(value))...)
		}
	}
	return problems
}

// readAsAnyKind returns what is wrong with settings of warehouses, of whatever kind the
// warehouse is meant to be.
func readAsAnyKind(context map[string]any) ddl.Problems {
	var problems ddl.Problems
	for _, name := range kindNames() {
		for _, p := range read(context, newKind(name).settings()) {
			if !slices.Contains(problems, p) { // kinds share settings
				problems = append(problems, p)
			}
		}
	}
	return problems
}

// under returns what an error tells of the value at path.
func under(path string, err error) ddl.Problems {
	var problems ddl.Problems
	switch {
	case err == nil:
		return nil
	case errors.As(err, &problems):
		return problems.Under(path)
	}
	return ddl.Problems{{Path: path, Message: err.Error()}}
}

// unknown returns the keys that are no settings, or those of other kinds of warehouse.
func (c *Config) unknown(context map[string]any, kindName string) ddl.Problems {
	own := keys(c.settings())
	var problems ddl.Problems
	for _, path := range slices.Sorted(maps.Keys(context)) {
		key, ours := strings.CutPrefix(path, prefix)
		if !ours || key == kindKey || slices.Contains(own, key) {
			continue
		}
		takers := kindsWith(key)
		switch {
		case len(takers) == 0:
			problems = append(problems, ddl.Problem{Path: path, Message: "not a setting; write one of " + prefix + strings.Join(c.allKeys(), ", "+prefix)})
		case c.Warehouse != nil: // else nobody knows which settings it has
			problems = append(problems, ddl.Problem{Path: path, Message: "is for the warehouse " + strings.Join(takers, " or ") +
				", and this one is " + kindName + "; leave it out, or set " + prefix + kindKey})
		}
	}
	return problems
}

// allKeys returns the keys of all settings, those of every kind of warehouse included.
func (c *Config) allKeys() []string {
	all := []string{kindKey}
	for _, name := range kindNames() {
		all = append(all, keys(newKind(name).settings())...)
	}
	all = append(all, keys(c.settings())...)
	var once []string
	for _, key := range all {
		if !slices.Contains(once, key) {
			once = append(once, key)
		}
	}
	return once
}
