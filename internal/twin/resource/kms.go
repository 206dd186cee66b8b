package resource

import (
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/uuid"
)

// keyTypes returns the providers of the KMS types. The twin encrypts nothing with the
// keys.
func keyTypes(s Services) map[string]*provider {
	return map[string]*provider{
		"AWS::KMS::Key": {
			name: func(r cloudformation.Request) string { return uuid.FromParts(r.StackID, r.LogicalID, r.RequestID) },
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{"Arn": accountOf(r).ARN("kms", "key/"+r.PhysicalID), "KeyId": r.PhysicalID}
			},
		},
		"AWS::KMS::Alias": {
			name: propertyName("AliasName", 256, false),
			check: func(_ cloudformation.Request, p properties) {
				if name := p.text("AliasName"); !strings.HasPrefix(name, "alias/") || strings.HasPrefix(name, "alias/aws/") {
					p.addProblem("AliasName", "must begin with alias/ and must not begin with alias/aws/, got %q", name)
				}
				id := p.text("TargetKeyId")
				if !s.Registry.has("AWS::KMS::Key", id[strings.LastIndexByte(id, '/')+1:]) {
					p.addProblem("TargetKeyId", "Key '%s' does not exist", id)
				}
			},
		},
	}
}
