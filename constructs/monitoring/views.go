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

// askViews has the function ask the views again and again. It writes the metrics
// into its log, from where CloudWatch takes them, and so needs no permission but
// to run statements. A run that fails is not repeated: the next one comes.
func (m *Monitoring) askViews(w warehouse.Warehouse, interval time.Duration) {
	w.GrantDataAPI(m.provider.Function)
	awsevents.NewRule(m.Construct, jsii.String("Views"), &awsevents.RuleProps{
		Description: jsii.String("Asks how the streaming views are"),
		Schedule:    awsevents.Schedule_Rate(awscdk.Duration_Minutes(jsii.Number(interval.Minutes()))),
		Targets: &[]awsevents.IRuleTarget{awseventstargets.NewLambdaFunction(m.provider.Function, &awseventstargets.LambdaFunctionProps{
			RetryAttempts: jsii.Number(0),
			Event: awsevents.RuleTargetInput_FromObject(contract.Encode(contract.HealthEvent{Health: &contract.HealthRequest{
				Target: w.Target().Contract(), PeriodSeconds: int(interval.Seconds()),
			}})),
		})},
	})
}
