package ddlprovider_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
)

// The Provider that all constructs of the stack share. Its function was compiled into
// the directory build/function, so that the synthesis needs no Go toolchain for it.
func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)

	ddlprovider.New(stack, jsii.String(ddlprovider.ID), &ddlprovider.Props{
		Code:         awslambda.Code_FromAsset(jsii.String("build/function"), nil),
		LogRetention: awslogs.RetentionDays_ONE_MONTH,
		RoleName:     "shop-ddl",
	})
	// Define ingestions, warehouses and monitorings of the stack after it.
}
