package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
)

// Config is what the stack can be told: by cdk.json's context, or by
// -c tributary:key=value.
type Config struct {
	ClusterIdentifier string     // the Redshift cluster's name
	NodeType          string     // of its one node
	Database          string     // made with the cluster
	AdminUsername     string     // who owns the database and the views
	StreamName        string     // the Kinesis stream's name
	RetentionHours    int        // how long the stream keeps records
	SchemaName        string     // the external schema by which the database reads the stream
	Views             []ddl.View // the streaming views
	DataGenerator     bool       // whether to define the sign-in to the Kinesis Data Generator's page
	FunctionCode      string     // a directory that holds the compiled function; "": compile it
}

// prefix begins the context keys that are ours; all others are CDK's or
// somebody else's.
const prefix = "tributary:"

// setting reads one key's value into a Config.
type setting struct {
	key  string
	read func(*Config, any) error
}

// settings are all that can be set, in the order in which problems are told.
func settings() []setting {
	return []setting{
		{"clusterIdentifier", text(func(c *Config) *string { return &c.ClusterIdentifier }, isCluster)},
		{"nodeType", text(func(c *Config) *string { return &c.NodeType }, isNodeType)},
		{"database", text(func(c *Config) *string { return &c.Database }, isLowerName)},
		{"adminUsername", text(func(c *Config) *string { return &c.AdminUsername }, isLowerName)},
		{"streamName", text(func(c *Config) *string { return &c.StreamName }, isStream)},
		{"retentionHours", readRetention},
		{"schemaName", text(func(c *Config) *string { return &c.SchemaName }, isLowerName)},
		{"views", readViews},
		{"dataGenerator", readDataGenerator},
		{"functionCode", text(func(c *Config) *string { return &c.FunctionCode }, isFunction)},
	}
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
		if err := s.read(c, value); err != nil {
			problems = append(problems, asProblems(prefix+s.key, err)...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(context)) {
		if strings.HasPrefix(key, prefix) && !known[key] {
			problems = append(problems, ddl.Problem{Path: key, Message: "not a setting; write one of " + settingNames()})
		}
	}
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

// text reads a string that check finds nothing wrong with.
func text(field func(*Config) *string, check func(string) error) func(*Config, any) error {
	return func(c *Config, value any) error {
		s, ok := value.(string)
		if !ok {
			return got(value, "a string")
		}
		*field(c) = s
		return check(s)
	}
}

func got(value any, want string) error {
	written, err := json.Marshal(value)
	if err != nil {
		written = []byte(fmt.Sprint(value))
	}
	return fmt.Errorf("got %s; write %s", written, want)
}

// clusterPattern is what Redshift lets a cluster be called; no two hyphens may
// stand together.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
var clusterPattern = regexp.MustCompile(`^[a-z](-?[a-z0-9])*$`)

func isCluster(s string) error {
	if len(s) > 63 || !clusterPattern.MatchString(s) {
		return got(s, "up to 63 lower-case letters, digits and single hyphens, beginning with a letter")
	}
	return nil
}

// nodeTypes are those that can still be ordered.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-clusters.html
var nodeTypes = []string{"ra3.large", "ra3.xlplus", "ra3.4xlarge", "ra3.16xlarge", "rg.xlarge", "rg.4xlarge"}

func isNodeType(s string) error {
	if !slices.Contains(nodeTypes, s) {
		return got(s, "one of "+strings.Join(nodeTypes, ", "))
	}
	return nil
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

// readRetention reads hours, within what Kinesis allows.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html
func readRetention(c *Config, value any) error {
	const least, most = 24, 8760
	hours, err := strconv.ParseFloat(fmt.Sprint(value), 64)
	if err != nil || hours != float64(int(hours)) || hours < least || hours > most {
		return got(value, fmt.Sprintf("a whole number of hours from %d to %d", least, most))
	}
	c.RetentionHours = int(hours)
	return nil
}

func readDataGenerator(c *Config, value any) error {
	on, err := strconv.ParseBool(fmt.Sprint(value))
	if err != nil {
		return got(value, "true or false")
	}
	c.DataGenerator = on
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
