package cloudformation

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// suffixLength is the length of the random-looking suffix of a physical name.
const suffixLength = 12

// PhysicalName generates the name of a new resource for which the template sets no
// name. Like CloudFormation, it returns <stack>-<logical id>-<suffix>. The name has at
// most maxLength characters: PhysicalName shortens the longer one of the stack's name
// and the logical id first. If lower is set, the name is in lower case. The suffix is
// derived from r.RequestID, so a replacement gets a different name, and a repeated
// request gets the same name.
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
