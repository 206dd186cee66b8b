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

func lambdaTypes(s Services) map[string]*maker {
	f := functions{s}
	return map[string]*maker{
		"AWS::Lambda::Function": {
			name: propertyName("FunctionName", 64, false), check: f.check,
			create: f.create, update: f.update, remove: f.remove,
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{
					"Arn":                                  arn(r, "lambda", "function:"+r.PhysicalID),
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

// functions makes Lambda functions.
type functions struct{ Services }

func (f functions) check(_ cloudformation.Request, p properties) {
	p.unsupported("CapacityProviderConfig", "CodeSigningConfigArn", "DeadLetterConfig", "DurableConfig",
		"FileSystemConfigs", "FunctionScalingConfig", "ImageConfig", "Layers", "PublishToLatestPublished",
		"ReservedConcurrentExecutions", "SnapStart", "TenancyConfig")
	p.oneOf("PackageType", "Zip")
	code := p.object("Code")
	code.unsupported("ZipFile", "ImageUri", "S3ObjectVersion")
	if len(code.values) > 0 && (!code.has("S3Bucket") || !code.has("S3Key")) {
		code.refuse("S3Key", "S3Bucket and S3Key are needed")
	}
	if architectures := p.texts("Architectures"); len(architectures) > 1 {
		p.refuse("Architectures", "one is needed, got %q", architectures)
	}
	p.integer("Timeout", 0) // for what they refuse
	p.integer("MemorySize", 0)
	role, ok := f.IAM.role(p.text("Role"))
	switch {
	case !ok:
		p.refuse("Role", "no role %q exists", p.text("Role"))
	case !role.trusts("lambda.amazonaws.com"):
		p.refuse("Role", "The role defined for the function cannot be assumed by Lambda.")
	}
}

// config reads the properties, the code from its bucket.
func (f functions) config(r cloudformation.Request) (lambda.Config, error) {
	p := propertiesOf(r)
	bucket, key := p.object("Code").text("S3Bucket"), p.object("Code").text("S3Key")
	zip, ok := f.Objects.Get(bucket, key)
	if !ok {
		return lambda.Config{}, &wire.Error{
			Code:    "InvalidRequest",
			Message: fmt.Sprintf("Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist. (s3://%s/%s)", bucket, key),
		}
	}
	c := lambda.Config{
		Name: r.PhysicalID, Description: p.text("Description"), Role: p.text("Role"), Runtime: p.text("Runtime"),
		Handler: p.text("Handler"), Code: zip, MemorySize: p.integer("MemorySize", 128),
		Timeout: time.Duration(p.integer("Timeout", 3)) * time.Second, Environment: map[string]string{},
	}
	if architectures := p.texts("Architectures"); len(architectures) > 0 {
		c.Architecture = architectures[0]
	}
	variables := p.object("Environment").object("Variables")
	for name := range variables.values {
		c.Environment[name] = variables.text(name)
	}
	return c, nil
}

func (f functions) create(ctx context.Context, r cloudformation.Request) error {
	c, err := f.config(r)
	if err != nil {
		return err
	}
	return f.Functions.Create(ctx, c, r.Progress)
}

func (f functions) update(ctx context.Context, r cloudformation.Request) error {
	c, err := f.config(r)
	if err != nil {
		return err
	}
	return f.Functions.Update(ctx, c, r.Progress)
}

func (f functions) remove(_ context.Context, r cloudformation.Request) error {
	err := f.Functions.Delete(r.PhysicalID)
	var known *wire.Error
	if errors.As(err, &known) && known.Code == "ResourceNotFoundException" {
		return nil
	}
	return err
}

func checkInvokeConfig(_ cloudformation.Request, p properties) {
	p.oneOf("Qualifier", "$LATEST")
	destinations := p.object("DestinationConfig")
	destinations.unsupported("OnFailure", "OnSuccess")
	p.between("MaximumRetryAttempts", 2, 0, 2)
	p.between("MaximumEventAgeInSeconds", 21600, 60, 21600)
}

func (f functions) setAsync(_ context.Context, r cloudformation.Request) error {
	p := propertiesOf(r)
	return f.Functions.SetAsync(p.text("FunctionName"), lambda.AsyncConfig{
		MaximumRetryAttempts: p.integer("MaximumRetryAttempts", 2),
		MaximumEventAge:      time.Duration(p.integer("MaximumEventAgeInSeconds", 21600)) * time.Second,
	})
}

func (f functions) resetAsync(_ context.Context, r cloudformation.Request) error {
	f.Functions.ResetAsync(propertiesOf(r).text("FunctionName"))
	return nil
}
