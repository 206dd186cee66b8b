package monitoring

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// measureViews makes EventBridge invoke the function at this interval to measure the views.
// The function writes the metrics to its log, from which CloudWatch extracts them. So it
// needs only the permission to run statements. A failed invocation is not retried, since
// the next one follows.
func (m *Monitoring) measureViews(w warehouse.Warehouse, interval time.Duration) {
	w.GrantDataAPI(m.provider.Function)
	awsevents.NewRule(m.Construct, jsii.String("Views"), &awsevents.RuleProps{
		Description: jsii.String("Measures the streaming views"),
		Schedule:    awsevents.Schedule_Rate(awscdk.Duration_Minutes(jsii.Number(interval.Minutes()))),
		Targets: &[]awsevents.IRuleTarget{awseventstargets.NewLambdaFunction(m.provider.Function, &awseventstargets.LambdaFunctionProps{
			RetryAttempts: jsii.Number(0),
			Event: awsevents.RuleTargetInput_FromObject(contract.Encode(contract.HealthEvent{Health: &contract.HealthRequest{
				Target: w.Target().Contract(), PeriodSeconds: int(interval.Seconds()),
			}})),
		})},
	})
}
