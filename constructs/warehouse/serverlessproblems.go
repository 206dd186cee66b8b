package warehouse

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/tributary-cdk/tributary/ddl"
)

const (
	// serverlessZones is the number of availability zones in which a workgroup needs
	// subnets.
	//
	// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-usage-considerations.html
	serverlessZones = 3
	// maxServerlessName is the longest name of a namespace or a workgroup.
	maxServerlessName = 64
	// maxBaseCapacity is the largest base capacity in RPUs.
	maxBaseCapacity = 1024
)

// serverlessPattern matches the names of namespaces and workgroups.
var serverlessPattern = regexp.MustCompile(`^[a-z0-9-]{3,64}$`)

// problems returns all problems of the props, each with its path. The props must have their
// defaults.
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
	if c := p.BaseCapacity; c != 0 && c != 4 && (c < 8 || c > maxBaseCapacity || c%8 != 0) {
		add("BaseCapacity", "got %d; write 4, or 8 to %d in steps of 8", c, maxBaseCapacity)
	}
	if c := p.MaxCapacity; c != 0 && (c < max(p.BaseCapacity, 4) || c > 5632) {
		add("MaxCapacity", "got %d; write a number from BaseCapacity to 5632", c)
	}
	if level := p.PricePerformance; level < 0 || level > 100 {
		add("PricePerformance", "got %d; write 1 to 100", level)
	}
	if p.PricePerformance != 0 && p.BaseCapacity != 0 {
		add("BaseCapacity", "is set together with PricePerformance; remove one of them")
	}
	if p.Network != nil && p.Network.zones > 0 && p.Network.zones < serverlessZones {
		add("Network", "a workgroup needs subnets in three zones; set NetworkProps.Zones to 3, or name three AvailabilityZones")
	}
	if n := len(p.parameters()); n > maxParameters {
		add("Parameters", "has %d parameters, including require_ssl; write at most %d", n, maxParameters)
	}
	problems = append(problems, checkLogExports(p.LogExports)...)
	return append(problems, p.limitProblems()...)
}

// limitProblems returns the problems of UsageLimits.
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
			add("Period", "UsageLimits[%d] is also %s; remove one of them", first, l.period())
		} else {
			seen[l.id()] = i
		}
	}
	return problems
}
