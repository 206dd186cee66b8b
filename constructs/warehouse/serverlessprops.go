package warehouse

import (
	"cmp"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsredshiftserverless"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
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

func (l UsageLimit) period() string { return cmp.Or(l.Period, "monthly") }

func (l UsageLimit) breachAction() string { return cmp.Or(l.BreachAction, "log") }

// id is the limit's own, in the warehouse: Redshift has one of a kind and period.
func (l UsageLimit) id() string { return "UsageLimit-" + l.usageType() + "-" + l.period() }

func (p *ServerlessProps) withDefaults() *ServerlessProps {
	d := &ServerlessProps{}
	if p != nil {
		*d = *p
	}
	d.Database = cmp.Or(d.Database, "dev")
	d.AdminUsername = cmp.Or(d.AdminUsername, "awsuser")
	d.RemovalPolicy = cmp.Or(d.RemovalPolicy, awscdk.RemovalPolicy_RETAIN)
	return d
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
