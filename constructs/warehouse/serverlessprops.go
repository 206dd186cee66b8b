package warehouse

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsredshiftserverless"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/ddl"
)

// ServerlessProps says what [NewServerless] defines. Nil means all defaults.
type ServerlessProps struct {
	// NamespaceName is the namespace's name: 3 to 64 lower-case letters, digits and
	// hyphens.
	//
	// Default: one made of the construct's path.
	//
	// Change: replaces the namespace.
	NamespaceName string
	// WorkgroupName is the workgroup's name, by the same rules.
	//
	// Default: one made of the construct's path.
	//
	// Change: replaces the workgroup; the namespace keeps its data, but the views are
	// made anew as for another warehouse.
	WorkgroupName string
	// Database is the database made with the namespace.
	//
	// Default: dev.
	//
	// Change: refused by Redshift.
	Database string
	// AdminUsername is the user who owns the database.
	//
	// Default: awsuser.
	//
	// Change: replaces the secret; views stay their owner's.
	AdminUsername string
	// BaseCapacity is with how many RPUs (of 16 GB) the workgroup begins: 4, or 8 to
	// 1024 in steps of 8.
	//
	// Default: Redshift's, 128; with a PricePerformance, what that makes of it.
	//
	// Change: in place.
	BaseCapacity int
	// MaxCapacity is with how many RPUs it ends.
	//
	// Default: no limit.
	//
	// Change: in place.
	MaxCapacity int
	// PricePerformance is what to scale for, from 1, the least cost, to 100, the most
	// speed. It sets the capacity, and so rules out BaseCapacity.
	//
	// Default: off.
	//
	// Change: in place.
	PricePerformance int
	// UsageLimits are from when on Redshift tells, or stops. The function sets them.
	//
	// Default: none.
	//
	// Change: in place.
	UsageLimits []UsageLimit
	// Provider is the function that sets the UsageLimits.
	//
	// Default: the one that all of the stack's constructs share.
	//
	// Change: refused by CloudFormation.
	Provider *ddlprovider.Provider
	// Network is where the workgroup is: subnets in three zones.
	//
	// Default: a new network.
	//
	// Change: in place, within the same VPC.
	Network *Network
	// EncryptionKey is what the namespace and the admin's secret are encrypted with.
	//
	// Default: a key of Redshift's own.
	//
	// Change: in place.
	EncryptionKey awskms.IKey
	// Parameters are put over require_ssl=true in the workgroup's configuration.
	//
	// Default: none.
	//
	// Change: in place.
	Parameters map[string]string
	// LogExports are the logs that go to CloudWatch: connectionlog, userlog,
	// useractivitylog.
	//
	// Default: none.
	//
	// Change: in place.
	LogExports []string
	// RemovalPolicy says what becomes of namespace, workgroup and all data when they
	// leave the stack. RemovalPolicy_SNAPSHOT keeps a snapshot of the namespace's
	// name.
	//
	// Default: RETAIN.
	//
	// Change: in place.
	RemovalPolicy awscdk.RemovalPolicy
}

// UsageLimit is how much of a workgroup may be used in a period.
type UsageLimit struct {
	// Amount is in RPU-hours; of data shared across regions, in terabytes.
	//
	// Required.
	//
	// Change: in place.
	Amount int `json:"amount"`
	// Period is daily, weekly or monthly.
	//
	// Default: monthly.
	//
	// Change: replaces the limit.
	Period string `json:"period,omitempty"`
	// BreachAction is what happens at the limit: log, emit-metric or deactivate, which
	// ends queries until the period does, and with them the refreshes.
	//
	// Default: log.
	//
	// Change: in place.
	BreachAction string `json:"breachAction,omitempty"`
	// CrossRegion limits data that is shared across regions, instead of capacity.
	//
	// Default: false.
	//
	// Change: replaces the limit.
	CrossRegion bool `json:"crossRegion,omitempty"`
}

func (l UsageLimit) usageType() string {
	if l.CrossRegion {
		return "cross-region-datasharing"
	}
	return "serverless-compute"
}

func (l UsageLimit) period() string {
	if l.Period == "" {
		return "monthly"
	}
	return l.Period
}

func (l UsageLimit) breachAction() string {
	if l.BreachAction == "" {
		return "log"
	}
	return l.BreachAction
}

// id is the limit's own, in the warehouse: Redshift has one of a kind and period.
func (l UsageLimit) id() string { return "UsageLimit-" + l.usageType() + "-" + l.period() }

func (p *ServerlessProps) withDefaults() *ServerlessProps {
	d := &ServerlessProps{}
	if p != nil {
		*d = *p
	}
	setDefault(&d.Database, "dev")
	setDefault(&d.AdminUsername, "awsuser")
	setDefault(&d.RemovalPolicy, awscdk.RemovalPolicy_RETAIN)
	return d
}

const (
	// serverlessZones is in how many zones a workgroup needs subnets.
	//
	// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-usage-considerations.html
	serverlessZones   = 3
	maxServerlessName = 64
	maxCapacity       = 1024
)

var serverlessPattern = regexp.MustCompile(`^[a-z0-9-]{3,64}$`)

// problems returns everything that is wrong with the props, defaults applied.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateWorkgroup.html
func (p *ServerlessProps) problems() ddl.Problems {
	var problems ddl.Problems
	add := func(path, format string, args ...any) {
		problems = append(problems, ddl.Problem{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	for _, name := range []struct{ path, value string }{{"NamespaceName", p.NamespaceName}, {"WorkgroupName", p.WorkgroupName}} {
		if name.value != "" && !serverlessPattern.MatchString(name.value) {
			add(name.path, "got %q; write 3 to 64 lower-case letters, digits and hyphens", name.value)
		}
	}
	problems = append(problems, checkDatabase(p.Database, p.AdminUsername)...)
	if c := p.BaseCapacity; c != 0 && c != 4 && (c < 8 || c > maxCapacity || c%8 != 0) {
		add("BaseCapacity", "got %d; write 4, or 8 to %d in steps of 8", c, maxCapacity)
	}
	if c := p.MaxCapacity; c != 0 && (c < max(p.BaseCapacity, 4) || c > 5632) {
		add("MaxCapacity", "got %d; write BaseCapacity to 5632", c)
	}
	if level := p.PricePerformance; level < 0 || level > 100 {
		add("PricePerformance", "got %d; write 1 to 100", level)
	}
	if p.PricePerformance != 0 && p.BaseCapacity != 0 {
		add("BaseCapacity", "PricePerformance sets the capacity; leave one of both out")
	}
	if p.Network != nil && p.Network.zones > 0 && p.Network.zones < serverlessZones {
		add("Network", "a workgroup needs subnets in three zones; set NetworkProps.Zones to 3, or name three AvailabilityZones")
	}
	if n := len(p.parameters()); n > maxParameters {
		add("Parameters", "has %d with require_ssl; Redshift takes %d", n, maxParameters)
	}
	problems = append(problems, checkLogExports(p.LogExports)...)
	return append(problems, p.limitProblems()...)
}

func (p *ServerlessProps) limitProblems() ddl.Problems {
	var problems ddl.Problems
	seen := map[string]int{}
	for i, l := range p.UsageLimits {
		add := func(field, format string, args ...any) {
			problems = append(problems, ddl.Problem{Path: fmt.Sprintf("UsageLimits[%d].%s", i, field), Message: fmt.Sprintf(format, args...)})
		}
		if l.Amount <= 0 {
			add("Amount", "got %d; write more than 0", l.Amount)
		}
		if !slices.Contains([]string{"daily", "weekly", "monthly"}, l.period()) {
			add("Period", "got %q; write daily, weekly or monthly", l.Period)
		}
		if !slices.Contains([]string{"log", "emit-metric", "deactivate"}, l.breachAction()) {
			add("BreachAction", "got %q; write log, emit-metric or deactivate", l.BreachAction)
		}
		if first, ok := seen[l.id()]; ok {
			add("Period", "UsageLimits[%d] is %s, too; leave one of both out", first, l.period())
		} else {
			seen[l.id()] = i
		}
	}
	return problems
}

func (p *ServerlessProps) parameters() map[string]string {
	parameters := map[string]string{"require_ssl": "true"}
	maps.Copy(parameters, p.Parameters)
	return parameters
}

// configParameters returns the parameters in the order of their names.
func (p *ServerlessProps) configParameters() *[]any {
	var list []any
	parameters := p.parameters()
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		list = append(list, &awsredshiftserverless.CfnWorkgroup_ConfigParameterProperty{
			ParameterKey: jsii.String(name), ParameterValue: jsii.String(parameters[name]),
		})
	}
	return &list
}

// jsiiList returns nil for no strings.
func jsiiList(list []string) *[]*string {
	if len(list) == 0 {
		return nil
	}
	return jsii.Strings(list...)
}
