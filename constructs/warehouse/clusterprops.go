package warehouse

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"

	"github.com/tributary-cdk/tributary/ddl"
)

// ClusterProps says what [NewCluster] defines. Nil means all defaults.
type ClusterProps struct {
	// ClusterIdentifier is the cluster's name: lower-case letters, digits and
	// hyphens.
	//
	// Default: one that CloudFormation makes up.
	//
	// Change: replaces the cluster.
	ClusterIdentifier string
	// NodeType is the type of the nodes.
	//
	// Default: ra3.large.
	//
	// Change: interrupts for minutes, by a resize.
	NodeType string
	// Nodes is how many there are; with MultiAZ, in each of two zones.
	//
	// Default: 1; with MultiAZ 2.
	//
	// Change: interrupts for minutes, by a resize.
	Nodes int
	// MultiAZ runs the cluster in two zones at once. It needs two nodes and subnets
	// in three zones, and rules out Relocation and schedules. The system views that
	// tributary status and the views' metrics read are not all there then.
	//
	// Default: false.
	//
	// Change: interrupts.
	MultiAZ bool
	// Relocation lets Redshift move the cluster to another zone.
	//
	// Default: false.
	//
	// Change: in place.
	Relocation bool
	// Database is the database made with the cluster.
	//
	// Default: dev.
	//
	// Change: replaces the cluster.
	Database string
	// AdminUsername is the user who owns the database. The service makes up the
	// password, keeps it in Secrets Manager and rotates it.
	//
	// Default: awsuser.
	//
	// Change: replaces the cluster.
	AdminUsername string
	// Port is where the cluster listens.
	//
	// Default: 5439.
	//
	// Change: interrupts.
	Port int
	// Network is where the cluster is.
	//
	// Default: a new network.
	//
	// Change: replaces the cluster.
	Network *Network
	// EncryptionKey is what the cluster and its admin's secret are encrypted with.
	//
	// Default: a key of Redshift's own.
	//
	// Change: in place, though slowly; the cluster is read-only for a while.
	EncryptionKey awskms.IKey
	// Parameters are put over require_ssl=true in the cluster's parameter group and,
	// where LogExports has useractivitylog, over enable_user_activity_logging=true.
	//
	// Default: none.
	//
	// Change: in place; what Redshift calls static waits for a restart.
	Parameters map[string]string
	// ParameterGroupName names a parameter group that exists, instead of Parameters.
	// Whether it requires TLS is its own.
	//
	// Default: none; a new one is made.
	//
	// Change: in place; it takes effect at a restart.
	ParameterGroupName string
	// MaintenanceWindow is when Redshift may restart the cluster, in UTC, such as
	// sun:03:00-sun:03:30.
	//
	// Default: one that Redshift makes up.
	//
	// Change: in place.
	MaintenanceWindow string
	// MaintenanceTrack is current or trailing.
	//
	// Default: current.
	//
	// Change: in place, at the next maintenance.
	MaintenanceTrack string
	// SnapshotDays is for how many days automated snapshots are kept, 1 to 35.
	//
	// Default: 1.
	//
	// Change: in place.
	SnapshotDays int
	// LogBucket is where audit logs go. Its policy has to let Redshift write.
	//
	// Default: none.
	//
	// Change: in place.
	LogBucket awss3.IBucket
	// LogPrefix begins the names of audit logs in LogBucket.
	//
	// Default: none.
	//
	// Change: in place.
	LogPrefix string
	// LogExports are the audit logs that go to CloudWatch instead: connectionlog,
	// userlog, useractivitylog.
	//
	// Default: none.
	//
	// Change: in place.
	LogExports []string
	// PauseSchedule is when the cluster pauses: cron(…) or at(…) in UTC, as in
	// cron(0 19 ? * MON-FRI *). A paused cluster costs its storage only, and what the
	// stream keeps meanwhile is read after it resumes.
	//
	// Default: never.
	//
	// Change: in place.
	PauseSchedule string
	// ResumeSchedule is when the cluster resumes.
	//
	// Default: never.
	//
	// Change: in place.
	ResumeSchedule string
	// RemovalPolicy says what becomes of the cluster, and of all data in it, when
	// it leaves the stack. RemovalPolicy_SNAPSHOT keeps a snapshot.
	//
	// Default: RETAIN.
	//
	// Change: in place.
	RemovalPolicy awscdk.RemovalPolicy
}

func (p *ClusterProps) withDefaults() *ClusterProps {
	d := &ClusterProps{}
	if p != nil {
		*d = *p
	}
	setDefault(&d.NodeType, "ra3.large")
	setDefault(&d.Database, "dev")
	setDefault(&d.AdminUsername, "awsuser")
	setDefault(&d.RemovalPolicy, awscdk.RemovalPolicy_RETAIN)
	if d.Nodes == 0 {
		d.Nodes = 1
		if d.MultiAZ {
			d.Nodes = 2
		}
	}
	return d
}

func setDefault[T ~string](field *T, value T) {
	if *field == "" {
		*field = value
	}
}

// zones is in how many zones the cluster needs subnets.
func (p *ClusterProps) zones() int {
	if p.MultiAZ {
		return 3
	}
	return defaultZones
}

// nodeTypes are those that can still be ordered.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-clusters.html
var nodeTypes = []string{"ra3.large", "ra3.xlplus", "ra3.4xlarge", "ra3.16xlarge", "rg.xlarge", "rg.4xlarge"}

// Rules for names.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
var (
	clusterPattern  = regexp.MustCompile(`^[a-z](-?[a-z0-9])*$`)
	userPattern     = regexp.MustCompile(`^[a-z][a-z0-9_+.@-]*$`)
	windowPattern   = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d-(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d$`)
	schedulePattern = regexp.MustCompile(`^(cron|at)\([^()]+\)$`)
)

const maxParameters = 20

var auditLogs = []string{"connectionlog", "userlog", "useractivitylog"}

// problems returns everything that is wrong with the props, defaults applied.
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
		add("Port", "got %d; write one from 5431 to 5455 or from 8191 to 8215", port)
	}
	if p.ParameterGroupName != "" && len(p.Parameters) > 0 {
		add("Parameters", "there is a ParameterGroupName, whose parameters hold; leave one of both out")
	}
	if n := len(p.parameters()); n > maxParameters {
		add("Parameters", "has %d with require_ssl; Redshift takes %d", n, maxParameters)
	}
	if w := p.MaintenanceWindow; w != "" && !windowPattern.MatchString(w) {
		add("MaintenanceWindow", "got %q; write one such as sun:03:00-sun:03:30", w)
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
			add(s.path, "got %q; write one such as cron(0 19 ? * MON-FRI *), in UTC", s.schedule)
		}
	}
	return problems
}

// multiAZProblems returns what a cluster in two zones at once can't have.
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
		{p.Relocation, "Relocation", "MultiAZ relocates by itself; leave one of both out"},
		{p.PauseSchedule != "" || p.ResumeSchedule != "", "PauseSchedule", "a MultiAZ cluster can't be paused; leave the schedules or MultiAZ out"},
		{p.Network != nil && p.Network.zones > 0 && p.Network.zones < 3, "Network", "MultiAZ needs subnets in three zones; set NetworkProps.Zones to 3, or name three AvailabilityZones"},
	} {
		if has.wrong {
			problems = append(problems, ddl.Problem{Path: has.path, Message: has.message})
		}
	}
	return problems
}

func (p *ClusterProps) logProblems() ddl.Problems {
	problems := checkLogExports(p.LogExports)
	if p.LogBucket != nil && len(p.LogExports) > 0 {
		problems = append(problems, ddl.Problem{Path: "LogExports", Message: "audit logs go to LogBucket or to CloudWatch; leave one of both out"})
	}
	if p.LogBucket == nil && p.LogPrefix != "" {
		problems = append(problems, ddl.Problem{Path: "LogPrefix", Message: "is for a LogBucket; name that too"})
	}
	return problems
}

func checkLogExports(exports []string) ddl.Problems {
	var problems ddl.Problems
	for i, log := range exports {
		if !slices.Contains(auditLogs, log) {
			problems = append(problems, ddl.Problem{
				Path: fmt.Sprintf("LogExports[%d]", i), Message: fmt.Sprintf("got %q; write one of %s", log, strings.Join(auditLogs, ", ")),
			})
		}
	}
	return problems
}

// checkDatabase finds what is wrong with a new database's name and owner.
func checkDatabase(database, admin string) ddl.Problems {
	var problems ddl.Problems
	id, err := ddl.ParseIdent(database)
	switch {
	case err != nil:
		problems = append(problems, ddl.Problem{Path: "Database", Message: err.Error()})
	case id.Name() != database:
		problems = append(problems, ddl.Problem{Path: "Database", Message: fmt.Sprintf("got %q; write %q", database, id.Name())})
	}
	if len(admin) > 127 || !userPattern.MatchString(admin) {
		problems = append(problems, ddl.Problem{
			Path: "AdminUsername", Message: fmt.Sprintf("got %q; write up to 127 lower-case letters, digits and _+.@-, beginning with a letter", admin),
		})
	}
	return problems
}

// parameters returns the parameter group's, TLS required unless it says otherwise.
// Without a parameter of its own, the log of what users do stays empty.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html
func (p *ClusterProps) parameters() map[string]string {
	parameters := map[string]string{"require_ssl": "true"}
	if slices.Contains(p.LogExports, "useractivitylog") {
		parameters["enable_user_activity_logging"] = "true"
	}
	maps.Copy(parameters, p.Parameters)
	return parameters
}
