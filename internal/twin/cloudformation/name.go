package cloudformation

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// suffixLength is how many characters tell one physical name from the next.
const suffixLength = 12

// PhysicalName returns a name for a new resource that its template doesn't
// name, as CloudFormation makes it: <stack>-<logical id>-<suffix>, at most
// maxLength characters, the longer of the first two cut to fit, and all in lower case if
// lower is set. The suffix follows from r.RequestID: a replacement gets
// another name, and the same request the same.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
func PhysicalName(r Request, maxLength int, lower bool) string {
	sum := sha256.Sum256([]byte(r.StackID + "\x00" + r.LogicalID + "\x00" + r.RequestID))
	suffix := base32.StdEncoding.EncodeToString(sum[:])[:suffixLength]
	stack, logical := r.StackName, r.LogicalID
	for room := maxLength - len(suffix) - 2; len(stack)+len(logical) > max(room, 2); {
		if len(stack) > len(logical) {
			stack = stack[:len(stack)-1]
		} else {
			logical = logical[:len(logical)-1]
		}
	}
	name := strings.TrimSuffix(stack, "-") + "-" + logical + "-" + suffix
	if lower {
		return strings.ToLower(name)
	}
	return name
}
