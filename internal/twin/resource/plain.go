package resource

import (
	"context"
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/uuid"
)

// keyTypes are the Key Management Service's. Nothing is encrypted with them.
func keyTypes(s Services) map[string]*maker {
	return map[string]*maker{
		"AWS::KMS::Key": {
			name: func(r cloudformation.Request) string { return uuid.Of(r.StackID, r.LogicalID, r.RequestID) },
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{"Arn": accountOf(r).ARN("kms", "key/"+r.PhysicalID), "KeyId": r.PhysicalID}
			},
		},
		"AWS::KMS::Alias": {
			name: propertyName("AliasName", 256, false),
			check: func(_ cloudformation.Request, p properties) {
				if name := p.text("AliasName"); !strings.HasPrefix(name, "alias/") || strings.HasPrefix(name, "alias/aws/") {
					p.refuse("AliasName", "it begins with alias/, and not with alias/aws/, got %q", name)
				}
				id := p.text("TargetKeyId")
				if !s.Registry.has("AWS::KMS::Key", id[strings.LastIndexByte(id, '/')+1:]) {
					p.refuse("TargetKeyId", "Key '%s' does not exist", id)
				}
			},
		},
	}
}

// plainTypes are the rest: log groups, parameters and handles.
func plainTypes(s Services) map[string]*maker {
	return map[string]*maker{
		"AWS::Logs::LogGroup": {
			name: propertyName("LogGroupName", 512, false),
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{"Arn": accountOf(r).ARN("logs", "log-group:"+r.PhysicalID+":*")}
			},
		},
		"AWS::CloudFormation::WaitConditionHandle": {
			name: func(r cloudformation.Request) string {
				return fmt.Sprintf("https://cloudformation-waitcondition-%s.s3.amazonaws.com/%s", r.Region, uuid.Of(r.StackID, r.LogicalID, r.RequestID))
			},
		},
		"AWS::SSM::Parameter": {
			name: propertyName("Name", 2048, false),
			check: func(_ cloudformation.Request, p properties) {
				p.unsupported("AllowedPattern", "DataType", "Policies")
				p.oneOf("Type", "String", "StringList")
				p.oneOf("Tier", "Standard", "Advanced", "Intelligent-Tiering")
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
