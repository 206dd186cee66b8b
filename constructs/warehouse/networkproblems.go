package warehouse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/tributary-cdk/tributary/ddl"
)

// zonePattern is what a zone is called in one's own account. A zone's id, such as
// euw1-az1, is another thing, which subnets don't take.
//
// Source: https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
var zonePattern = regexp.MustCompile(`^[a-z]+(-[a-z]+)+-\d+[a-z]$`)

// problems returns everything that is wrong with the props of a network in stack.
func (p *NetworkProps) problems(stack awscdk.Stack) ddl.Problems {
	var problems ddl.Problems
	add := func(path, format string, args ...any) {
		problems = append(problems, ddl.Problem{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	if len(p.AvailabilityZones) > 0 && p.VPC != nil {
		add("AvailabilityZones", "are those of a new VPC; leave them or VPC out")
	}
	if len(p.AvailabilityZones) > 0 && p.Zones != 0 {
		add("AvailabilityZones", "say how many there are; leave Zones or them out")
	}
	region := *stack.Region()
	for i, zone := range p.AvailabilityZones {
		path := fmt.Sprintf("AvailabilityZones[%d]", i)
		switch first := slices.Index(p.AvailabilityZones, zone); {
		case *awscdk.Token_IsUnresolved(zone):
		case !zonePattern.MatchString(zone):
			add(path, "got %q; write a zone's name, such as eu-west-1a", zone)
		case first < i:
			add(path, "%q is also AvailabilityZones[%d]; leave one out", zone, first)
		case !*awscdk.Token_IsUnresolved(region) && !strings.HasPrefix(zone, region):
			add(path, "got %q; write a zone of %s, the stack's region", zone, region)
		}
	}
	if p.STSEndpoint && p.NoEndpoints {
		add("STSEndpoint", "NoEndpoints says that there are none; remove one of them")
	}
	return problems
}
