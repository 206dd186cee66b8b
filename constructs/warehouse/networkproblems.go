package warehouse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/tributary-cdk/tributary/ddl"
)

// zonePattern matches the names of zones. It doesn't match the IDs of zones, such as euw1-az1,
// because EC2 doesn't accept IDs in the property that CDK sets.
//
// Source: https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
var zonePattern = regexp.MustCompile(`^[a-z]+(-[a-z]+)+-\d+[a-z]$`)

// problems returns all problems of the props of a network in stack, each with its path.
func (p *NetworkProps) problems(stack awscdk.Stack) ddl.Problems {
	var problems ddl.Problems
	add := func(path, format string, args ...any) {
		problems = append(problems, ddl.Problem{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	if len(p.AvailabilityZones) > 0 && p.VPC != nil {
		add("AvailabilityZones", "is set together with VPC; remove one of them")
	}
	if len(p.AvailabilityZones) > 0 && p.Zones != 0 {
		add("AvailabilityZones", "is set together with Zones; remove one of them")
	}
	region := *stack.Region()
	for i, zone := range p.AvailabilityZones {
		path := fmt.Sprintf("AvailabilityZones[%d]", i)
		switch first := slices.Index(p.AvailabilityZones, zone); {
		case *awscdk.Token_IsUnresolved(zone):
		case !zonePattern.MatchString(zone):
			add(path, "got %q; write the name of a zone, such as eu-west-1a", zone)
		case first < i:
			add(path, "%q is also AvailabilityZones[%d]; remove one of them", zone, first)
		case !*awscdk.Token_IsUnresolved(region) && !strings.HasPrefix(zone, region):
			add(path, "got %q; write a zone of the stack's region %s", zone, region)
		}
	}
	if p.STSEndpoint && p.NoEndpoints {
		add("STSEndpoint", "is set together with NoEndpoints; remove one of them")
	}
	return problems
}
