package warehouse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
)

// nodeTypes are the types of nodes that AWS offers for new clusters.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-clusters.html
var nodeTypes = []string{"ra3.large", "ra3.xlplus", "ra3.4xlarge", "ra3.16xlarge", "rg.xlarge", "rg.4xlarge"}

// Patterns of names, maintenance windows and schedules.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
var (
	clusterPattern  = regexp.MustCompile(`^[a-z](-?[a-z0-9])*$`)
	windowPattern   = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d-(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d$`)
	schedulePattern = regexp.MustCompile(`^(cron|at)\([^()]+\)$`)
)

// problems returns all problems of the props, each with its path. The props must have their
// defaults.
func (p *ClusterProps) problems() ddl.Problems {
	var problems ddl.Problems
	add := func(path, format string, args ...any) {
		problems = append(problems, ddl.Problem{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	if id := p.ClusterIdentifier; id != "" && (len(id) > 63 || !clusterPattern.MatchString(id)) {
		add("ClusterIdentifier", "got %q; write up to 63 lower-case letters, digits and single hyphens, beginning with a letter", id)
	}
	if !slices.Contains(nodeTypes, p.NodeType) {
		add("NodeType", "got %q; write one of %s", p.NodeType, strings.Join(nodeTypes, ", "))
	}
	if p.Nodes < 1 || p.Nodes > 128 {
		add("Nodes", "got %d; write 1 to 128", p.Nodes)
	}
	problems = append(problems, p.multiAZProblems()...)
	problems = append(problems, checkDatabase(p.Database, p.AdminUsername)...)
	if port := p.Port; port != 0 && (port < 5431 || port > 5455) && (port < 8191 || port > 8215) {
		add("Port", "got %d; write a port from 5431 to 5455 or from 8191 to 8215", port)
	}
	if p.ParameterGroupName != "" && len(p.Parameters) > 0 {
		add("Parameters", "is set together with ParameterGroupName; remove one of them")
	}
	if n := len(p.parameters()); n > maxParameters {
		add("Parameters", "has %d parameters, including require_ssl; write at most %d", n, maxParameters)
	}
	if w := p.MaintenanceWindow; w != "" && !windowPattern.MatchString(w) {
		add("MaintenanceWindow", "got %q; write a window such as sun:03:00-sun:03:30", w)
	}
	if t := p.MaintenanceTrack; t != "" && t != "current" && t != "trailing" {
		add("MaintenanceTrack", "got %q; write current or trailing", t)
	}
	if p.SnapshotDays < 0 || p.SnapshotDays > 35 {
		add("SnapshotDays", "got %d; write 1 to 35 days", p.SnapshotDays)
	}
	problems = append(problems, p.logProblems()...)
	for _, s := range []struct{ path, schedule string }{{"PauseSchedule", p.PauseSchedule}, {"ResumeSchedule", p.ResumeSchedule}} {
		if s.schedule != "" && !schedulePattern.MatchString(s.schedule) {
			add(s.path, "got %q; write a schedule such as cron(0 19 ? * MON-FRI *), in UTC", s.schedule)
		}
	}
	return problems
}

// multiAZProblems returns the props that a Multi-AZ cluster can't have.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/overview-multi-az.html
func (p *ClusterProps) multiAZProblems() ddl.Problems {
	if !p.MultiAZ {
		return nil
	}
	var problems ddl.Problems
	for _, has := range []struct {
		wrong         bool
		path, message string
	}{
		{!strings.HasPrefix(p.NodeType, "ra3."), "NodeType", fmt.Sprintf("got %q; MultiAZ needs an ra3 type", p.NodeType)},
		{p.Nodes < 2, "Nodes", fmt.Sprintf("got %d; MultiAZ needs 2 in each zone", p.Nodes)},
		{p.Relocation, "Relocation", "is set together with MultiAZ, which relocates by itself; remove one of them"},
		{p.PauseSchedule != "" || p.ResumeSchedule != "", "PauseSchedule", "a MultiAZ cluster can't be paused; remove the schedules or MultiAZ"},
		{p.Network != nil && p.Network.zones > 0 && p.Network.zones < 3, "Network", "MultiAZ needs subnets in three zones; set NetworkProps.Zones to 3, or name three AvailabilityZones"},
	} {
		if has.wrong {
			problems = append(problems, ddl.Problem{Path: has.path, Message: has.message})
		}
	}
	return problems
}

// logProblems returns the problems of the props for audit logs.
func (p *ClusterProps) logProblems() ddl.Problems {
	problems := checkLogExports(p.LogExports)
	if p.LogBucket != nil && len(p.LogExports) > 0 {
		problems = append(problems, ddl.Problem{Path: "LogExports", Message: "is set together with LogBucket; remove one of them"})
	}
	if p.LogBucket == nil && p.LogPrefix != "" {
		problems = append(problems, ddl.Problem{Path: "LogPrefix", Message: "needs a LogBucket; set LogBucket, too"})
	}
	return problems
}
