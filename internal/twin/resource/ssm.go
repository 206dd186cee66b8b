package resource

import (
	"context"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
)

// parameterTypes returns the provider of Systems Manager parameters.
func parameterTypes(s Services) map[string]*provider {
	return map[string]*provider{
		"AWS::SSM::Parameter": {
			name: propertyName("Name", 2048, false),
			check: func(_ cloudformation.Request, p properties) {
				p.unsupported("AllowedPattern", "DataType", "Policies")
				p.checkOneOf("Type", "String", "StringList")
				p.checkOneOf("Tier", "Standard", "Advanced", "Intelligent-Tiering")
			},
			create: putParameter(s, false), update: putParameter(s, true),
			remove: func(_ context.Context, r cloudformation.Request) error { return s.Parameters.Delete(r.PhysicalID) },
			attributes: func(r cloudformation.Request) map[string]any {
				p := propertiesOf(r)
				return map[string]any{"Type": p.text("Type"), "Value": p.text("Value")}
			},
		},
	}
}

func putParameter(s Services, overwrite bool) func(context.Context, cloudformation.Request) error {
	return func(_ context.Context, r cloudformation.Request) error {
		p := propertiesOf(r)
		_, err := s.Parameters.Put(r.PhysicalID, p.text("Type"), p.text("Value"), overwrite)
		return err
	}
}
