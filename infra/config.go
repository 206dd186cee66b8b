package main

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/lab"
)

// Config contains the settings of the stack. They come from the context in cdk.json, and from
// -c tributary:key=value.
type Config struct {
	Warehouse     kind         // the warehouse that contains the views
	Stream        Stream       // the stream that the views read
	SchemaName    string       // the name of the external schema
	ViewSchemas   []ddl.Schema // schemas to create for the views
	Views         []ddl.View   // the views
	RoleARN       string       // the role that reads the stream; empty: a new role
	DataGenerator bool         // whether to define the sign-in to the Kinesis Data Generator's page
	FunctionRole  string       // the name of the function's role; empty: a generated name
	FunctionCode  string       // a directory with the compiled function; empty: compile it
}

// labConfig returns the lab's settings with a warehouse of the given kind. The warehouse is nil
// if the kind doesn't exist.
func labConfig(kindName string) *Config {
	return &Config{
		Warehouse:  newKind(kindName),
		Stream:     Stream{Name: lab.StreamName, RetentionHours: leastRetention},
		SchemaName: lab.SchemaName,
		Views:      lab.Views(),
	}
}

// prefix begins the context keys of this app. Other keys belong to CDK or to other libraries.
const prefix = "tributary:"

// settings returns all settings except the kind of warehouse, in the order in which problems
// are reported.
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

// NewConfig returns the lab's settings, overridden by those of context. If context has unknown
// keys or invalid values, NewConfig returns nil and all problems.
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

// read reads the values of settings from context. It returns the problems of the values.
func read(context map[string]any, settings []setting) ddl.Problems {
	var problems ddl.Problems
	for _, s := range settings {
		if value, ok := context[prefix+s.key]; ok {
			problems = append(problems, under(prefix+s.key, s.read(value))...)
		}
	}
	return problems
}

// readAsAnyKind returns the problems of the warehouse's settings if its kind is unknown. It
// checks each setting of every kind.
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

// under returns err as problems of the value at path. It returns nil if err is nil.
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

// unknown returns a problem for each key that is no setting, or is one of another kind of
// warehouse.
func (c *Config) unknown(context map[string]any, kindName string) ddl.Problems {
	own := keys(c.settings())
	var problems ddl.Problems
	for _, path := range slices.Sorted(maps.Keys(context)) {
		key, ours := strings.CutPrefix(path, prefix)
		if !ours || key == kindKey || slices.Contains(own, key) {
			continue
		}
		kinds := kindsWith(key)
		switch {
		case len(kinds) == 0:
			problems = append(problems, ddl.Problem{Path: path, Message: "not a setting; write one of " + prefix + strings.Join(c.allKeys(), ", "+prefix)})
		case c.Warehouse != nil: // if it is nil, the kind is reported already
			problems = append(problems, ddl.Problem{Path: path, Message: "is a setting of the warehouse " + strings.Join(kinds, " or ") +
				", got the warehouse " + kindName + "; remove the setting, or change " + prefix + kindKey})
		}
	}
	return problems
}

// allKeys returns the keys of all settings, including those of every kind of warehouse.
func (c *Config) allKeys() []string {
	all := []string{kindKey}
	for _, name := range kindNames() {
		all = append(all, keys(newKind(name).settings())...)
	}
	all = append(all, keys(c.settings())...)
	var unique []string
	for _, key := range all {
		if !slices.Contains(unique, key) {
			unique = append(unique, key)
		}
	}
	return unique
}
