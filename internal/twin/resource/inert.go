package resource

import (
	"fmt"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/uuid"
)

// inertTypes returns the providers of types whose resources are only recorded: log groups
// and wait condition handles.
func inertTypes() map[string]*provider {
	return map[string]*provider{
		"AWS::Logs::LogGroup": {
			name: propertyName("LogGroupName", 512, false),
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{"Arn": accountOf(r).ARN("logs", "log-group:"+r.PhysicalID+":*")}
			},
		},
		"AWS::CloudFormation::WaitConditionHandle": {
			name: func(r cloudformation.Request) string {
				return fmt.Sprintf("https://cloudformation-waitcondition-%s.s3.amazonaws.com/%s", r.Region, uuid.FromParts(r.StackID, r.LogicalID, r.RequestID))
			},
		},
	}
}
