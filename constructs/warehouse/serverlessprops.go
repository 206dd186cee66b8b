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

// ServerlessProps are the properties of a [Serverless] warehouse. Nil means all defaults.
type ServerlessProps struct {
	// NamespaceName is the name of the namespace: 3 to 64 lower-case letters, digits and
	// hyphens.
	//
	// Default: a name that is generated from the construct's path.
	//
	// Change: replaces the namespace.
	NamespaceName string
	// WorkgroupName is the name of the workgroup: 3 to 64 lower-case letters, digits and
	// hyphens.
	//
	// Default: a name that is generated from the construct's path.
	//
	// Change: replaces the workgroup; the namespace keeps its data, but the views are
	// created again as for another warehouse.
	WorkgroupName string
	// Database is the name of the database that Redshift creates with the namespace.
	//
	// Default: dev.
	//
	// Change: refused by Redshift.
	Database string
	// AdminUsername is the name of the user who owns the database.
	//
	// Default: awsuser.
	//
	// Change: replaces the secret; the owner of existing views stays the same.
	AdminUsername string
	// BaseCapacity is the number of RPUs, of 16 GB each, with which the workgroup starts: 4,
	// or 8 to 1024 in steps of 8.
	//
	// Default: Redshift's default, 128; with PricePerformance, the number that Redshift
	// chooses.
	//
	// Change: in place.
	BaseCapacity int
	// MaxCapacity is the largest number of RPUs to which the workgroup scales.
	//
	// Default: no limit.
	//
	// Change: in place.
	MaxCapacity int
	// PricePerformance is the target for scaling, from 1 for the lowest cost to 100 for the
	// best performance. It excludes BaseCapacity.
	//
	// Default: off.
	//
	// Change: in place.
	PricePerformance int
	// UsageLimits are limits of the workgroup's usage, at which Redshift writes a log entry,
	// emits a metric or stops queries. The Provider's function sets them.
	//
	// Default: none.
	//
	// Change: in place.
	UsageLimits []UsageLimit
	// Provider is the Lambda function that sets the UsageLimits.
	//
	// Default: the function that all constructs of the stack share.
	//
	// Change: refused by CloudFormation.
	Provider *ddlprovider.Provider
	// Network contains the workgroup: its VPC, security group, and subnets in three zones.
	//
	// Default: a new network.
	//
	// Change: in place, within the same VPC.
	Network *Network
	// EncryptionKey is the KMS key that encrypts the namespace and the admin's secret.
	//
	// Default: Redshift's default key.
	//
	// Change: in place.
	EncryptionKey awskms.IKey
	// Parameters are the parameters of the workgroup. They override require_ssl=true.
	//
	// Default: none.
	//
	// Change: in place.
	Parameters map[string]string
	// LogExports are the audit logs that Redshift sends to CloudWatch: connectionlog,
	// userlog, useractivitylog.
	//
	// Default: none.
	//
	// Change: in place.
	LogExports []string
	// RemovalPolicy determines what happens to the namespace, the workgroup and all data when
	// they are removed from the stack. RemovalPolicy_SNAPSHOT deletes them and keeps a
	// snapshot with the name of the namespace.
	//
	// Default: RETAIN.
	//
	// Change: in place.
	RemovalPolicy awscdk.RemovalPolicy
}

// UsageLimit is a limit of a workgroup's usage in a period.
type UsageLimit struct {
	// Amount is the limit in RPU-hours; with CrossRegion, in terabytes.
	//
	// Required.
	//
	// Change: in place.
	Amount int `json:"amount"`
	// Period is the period after which the usage is counted from zero again: daily, weekly
	// or monthly.
	//
	// Default: monthly.
	//
	// Change: replaces the limit.
	Period string `json:"period,omitempty"`
	// BreachAction is what Redshift does at the limit: log, emit-metric or deactivate. With
	// deactivate, Redshift runs no queries and no refreshes until the period ends.
	//
	// Default: log.
	//
	// Change: in place.
	BreachAction string `json:"breachAction,omitempty"`
	// CrossRegion limits the data that is shared across regions, instead of the capacity.
	//
	// Default: false.
	//
	// Change: replaces the limit.
	CrossRegion bool `json:"crossRegion,omitempty"`
}

// usageType returns the usage type in the API of Redshift Serverless.
func (l UsageLimit) usageType() string {
	if l.CrossRegion {
		return "cross-region-datasharing"
	}
	return "serverless-compute"
}

func (l UsageLimit) period() string { return cmp.Or(l.Period, "monthly") }

func (l UsageLimit) breachAction() string { return cmp.Or(l.BreachAction, "log") }

// id returns the construct id of the limit. It is unique in the warehouse, because Redshift
// allows one limit for each usage type and period.
func (l UsageLimit) id() string { return "UsageLimit-" + l.usageType() + "-" + l.period() }

// withDefaults returns a copy of the props with all defaults.
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

// parameters returns the parameters of the workgroup. They require TLS unless Parameters
// overrides it.
func (p *ServerlessProps) parameters() map[string]string {
	parameters := map[string]string{"require_ssl": "true"}
	maps.Copy(parameters, p.Parameters)
	return parameters
}

// configParameters returns the parameters in alphabetical order.
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

// jsiiList converts a list for jsii. It returns nil for an empty list.
func jsiiList(list []string) *[]*string {
	if len(list) == 0 {
		return nil
	}
	return jsii.Strings(list...)
}
