package resource

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/lambda"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

func lambdaTypes(s Services) map[string]*provider {
	f := lambdaProvider{s}
	return map[string]*provider{
		"AWS::Lambda::Function": {
			name: propertyName("FunctionName", 64, false), check: f.check,
			create: f.create, update: f.update, remove: f.remove,
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{
					"Arn":                                  accountOf(r).ARN("lambda", "function:"+r.PhysicalID),
					"SnapStartResponse.ApplyOn":            "None",
					"SnapStartResponse.OptimizationStatus": "Off",
				}
			},
		},
		"AWS::Lambda::Permission": {
			name: func(r cloudformation.Request) string { return cloudformation.PhysicalName(r, 100, false) },
			check: func(_ cloudformation.Request, p properties) {
				p.unsupported("FunctionUrlAuthType", "InvokedViaFunctionUrl")
			},
			attributes: idAttribute("Id"),
		},
		"AWS::Lambda::EventInvokeConfig": {
			name: func(r cloudformation.Request) string {
				p := propertiesOf(r)
				return p.text("FunctionName") + "|" + p.text("Qualifier")
			},
			check: checkInvokeConfig, create: f.setAsync, update: f.setAsync, remove: f.resetAsync,
		},
	}
}

// lambdaProvider creates Lambda functions.
type lambdaProvider struct{ Services }

func (f lambdaProvider) check(_ cloudformation.Request, p properties) {
	p.unsupported("CapacityProviderConfig", "CodeSigningConfigArn", "DeadLetterConfig", "DurableConfig",
		"FileSystemConfigs", "FunctionScalingConfig", "ImageConfig", "Layers", "PublishToLatestPublished",
		"ReservedConcurrentExecutions", "SnapStart", "TenancyConfig")
	p.checkOneOf("PackageType", "Zip")
	code := p.object("Code")
	code.unsupported("ZipFile", "ImageUri", "S3ObjectVersion")
	if len(code.values) > 0 && (!code.has("S3Bucket") || !code.has("S3Key")) {
		code.addProblem("S3Key", "needs both S3Bucket and S3Key")
	}
	if architectures := p.texts("Architectures"); len(architectures) > 1 {
		p.addProblem("Architectures", "needs exactly one, got %q", architectures)
	}
	p.integer("Timeout", 0) // adds a problem if the property is not an integer
	p.integer("MemorySize", 0)
	role, ok := f.IAM.Role(p.text("Role"))
	switch {
	case !ok:
		p.addProblem("Role", "role %q does not exist", p.text("Role"))
	case !role.Trusts("lambda.amazonaws.com"):
		p.addProblem("Role", "The role defined for the function cannot be assumed by Lambda.")
	}
}

// config returns the configuration of a function, without the code.
func (f lambdaProvider) config(r cloudformation.Request) lambda.Config {
	p := propertiesOf(r)
	c := lambda.Config{
		Name: r.PhysicalID, Description: p.text("Description"), Role: p.text("Role"), Runtime: p.text("Runtime"),
		Handler: p.text("Handler"), MemorySize: p.integer("MemorySize", 128),
		Timeout: time.Duration(p.integer("Timeout", 3)) * time.Second, Environment: map[string]string{},
	}
	if architectures := p.texts("Architectures"); len(architectures) > 0 {
		c.Architecture = architectures[0]
	}
	variables := p.object("Environment").object("Variables")
	for name := range variables.values {
		c.Environment[name] = variables.text(name)
	}
	return c
}

// withCode calls do with the configuration of a function, which includes the code from its
// S3 bucket.
func (f lambdaProvider) withCode(ctx context.Context, r cloudformation.Request, do func(context.Context, lambda.Config, func(string)) error) error {
	code := propertiesOf(r).object("Code")
	bucket, key := code.text("S3Bucket"), code.text("S3Key")
	zip, err := f.Objects.Open(bucket, key)
	if err != nil {
		refused := wire.AsError(err)
		return &wire.Error{
			Code: "InvalidRequest",
			Message: fmt.Sprintf("Error occurred while GetObject. S3 Error Code: %s. S3 Error Message: %s (s3://%s/%s)",
				refused.Code, refused.Message, bucket, key),
		}
	}
	c := f.config(r)
	c.Code = zip
	return errors.Join(do(ctx, c, r.Progress), zip.Close())
}

func (f lambdaProvider) create(ctx context.Context, r cloudformation.Request) error {
	return f.withCode(ctx, r, f.Functions.Create)
}

func (f lambdaProvider) update(ctx context.Context, r cloudformation.Request) error {
	return f.withCode(ctx, r, f.Functions.Update)
}

func (f lambdaProvider) remove(_ context.Context, r cloudformation.Request) error {
	err := f.Functions.Delete(r.PhysicalID)
	var known *wire.Error
	if errors.As(err, &known) && known.Code == "ResourceNotFoundException" {
		return nil
	}
	return err
}

func checkInvokeConfig(_ cloudformation.Request, p properties) {
	p.checkOneOf("Qualifier", "$LATEST")
	destinations := p.object("DestinationConfig")
	destinations.unsupported("OnFailure", "OnSuccess")
	p.checkRange("MaximumRetryAttempts", 2, 0, 2)
	p.checkRange("MaximumEventAgeInSeconds", 21600, 60, 21600)
}

func (f lambdaProvider) setAsync(_ context.Context, r cloudformation.Request) error {
	p := propertiesOf(r)
	return f.Functions.SetAsync(p.text("FunctionName"), lambda.AsyncConfig{
		MaximumRetryAttempts: p.integer("MaximumRetryAttempts", 2),
		MaximumEventAge:      time.Duration(p.integer("MaximumEventAgeInSeconds", 21600)) * time.Second,
	})
}

func (f lambdaProvider) resetAsync(_ context.Context, r cloudformation.Request) error {
	f.Functions.ResetAsync(propertiesOf(r).text("FunctionName"))
	return nil
}
