package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
)

// Config is what the stack can be told: by cdk.json's context, or by
// -c tributary:key=value.
type Config struct {
	Warehouse     Warehouse        // what the views are made in
	Network       Network          // where a new warehouse is
	Stream        Stream           // what the views read
	SchemaName    string           // the external schema by which the database reads the stream
	ViewSchemas   []ddl.ViewSchema // schemas that are made for the views
	Views         []ddl.View       // the views
	RoleARN       string           // the role that reads the stream; "": a new one
	DataGenerator bool             // whether to define the sign-in to the Kinesis Data Generator's page
	FunctionRole  string           // the name of the function's role; "": CloudFormation's
	FunctionCode  string           // a directory that holds the compiled function; "": compile it
}

// prefix begins the context keys that are ours; all others are CDK's or
// somebody else's.
const prefix = "tributary:"

// settings are all that can be set, in the order in which problems are told.
func settings() []setting {
	all := append(warehouseSettings(), networkSettings()...)
	all = append(all, streamSettings()...)
	return append(
		all,
		setting{"schemaName", nil, text(func(c *Config) *string { return &c.SchemaName }, isLowerName)},
		setting{"viewSchemas", nil, document(func(c *Config) *[]ddl.ViewSchema { return &c.ViewSchemas }, `[{"name": "analytics"}]`)},
		setting{"views", nil, readViews},
		setting{"roleArn", nil, text(func(c *Config) *string { return &c.RoleARN }, nil)},
		setting{"dataGenerator", nil, boolean(func(c *Config) *bool { return &c.DataGenerator })},
		setting{"functionRoleName", nil, text(func(c *Config) *string { return &c.FunctionRole }, nil)},
		setting{"functionCode", nil, text(func(c *Config) *string { return &c.FunctionCode }, isFunction)},
	)
}

// NewConfig returns the lab's settings with those of context put over them.
// Values may be JSON, as cdk.json has them, or text, as -c has them. The error
// is [ddl.Problems]: every unknown key and every bad value.
func NewConfig(context map[string]any) (*Config, error) {
	c := lab()
	var problems ddl.Problems
	known := map[string]bool{}
	for _, s := range settings() {
		known[prefix+s.key] = true
		value, ok := context[prefix+s.key]
		if !ok {
			continue
		}
		if err := s.fits(c, value); err != nil {
			problems = append(problems, asProblems(prefix+s.key, err)...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(context)) {
		if strings.HasPrefix(key, prefix) && !known[key] {
			problems = append(problems, ddl.Problem{Path: key, Message: "not a setting; write one of " + settingNames()})
		}
	}
	problems = append(problems, c.Warehouse.missing()...)
	problems = append(problems, c.Stream.excess(context)...)
	if len(problems) > 0 {
		return nil, problems
	}
	return c, nil
}

func asProblems(path string, err error) ddl.Problems {
	var problems ddl.Problems
	if errors.As(err, &problems) {
		return problems.Under(path)
	}
	return ddl.Problems{{Path: path, Message: err.Error()}}
}

func settingNames() string {
	var names []string
	for _, s := range settings() {
		names = append(names, prefix+s.key)
	}
	return strings.Join(names, ", ")
}

func isLowerName(s string) error {
	id, err := ddl.ParseIdent(s)
	if err == nil && id.Name() != s {
		return got(s, strconv.Quote(id.Name()))
	}
	return err
}

func isStream(s string) error {
	for _, problem := range (ddl.Stream{Schema: "schema", Name: s}).Check() {
		return errors.New(problem.Message)
	}
	return nil
}

// isFunction finds whether dir holds a compiled function.
func isFunction(dir string) error {
	if info, err := os.Stat(filepath.Join(dir, "bootstrap")); err != nil || !info.Mode().IsRegular() {
		return got(dir, "a directory that holds the compiled function in a file named bootstrap")
	}
	return nil
}

// readViews reads the views that take the place of the lab's two.
func readViews(c *Config, value any) error {
	if s, ok := value.(string); ok {
		value = nil
		if err := json.Unmarshal([]byte(s), &value); err != nil {
			return fmt.Errorf("not JSON: %w; write a list of views", err)
		}
	}
	views, problems := ddl.Decode[[]ddl.View](value)
	told := map[string]bool{}
	for _, p := range problems {
		told[p.Path] = true
	}
	for i, view := range views {
		for _, p := range viewProblems(view).Under(fmt.Sprintf("[%d]", i)) {
			if !told[p.Path] {
				problems = append(problems, p)
			}
		}
	}
	switch {
	case len(problems) > 0:
		return problems
	case len(views) == 0:
		return got(value, "a list of at least one view")
	}
	c.Views = views
	return nil
}

// viewProblems returns what is wrong with a view of this stack, whose streaming
// views all read its stream.
func viewProblems(view ddl.View) ddl.Problems {
	var problems ddl.Problems
	if view.Stream != (ddl.Stream{}) {
		problems = ddl.Problems{{Path: "stream", Message: "is the stack's own, for every view; leave it out"}}
	}
	if view.Stream = (ddl.Stream{}); view.From == "" {
		view.Stream = ddl.Stream{Schema: "schema", Name: "stream"}
	}
	_, err := view.Define()
	var found ddl.Problems
	errors.As(err, &found)
	return append(problems, found...)
}
