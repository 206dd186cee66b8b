package resource

import (
	"context"
	"fmt"
	"io"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/lambda"
	"github.com/tributary-cdk/tributary/internal/twin/redshift"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftserverless"
	"github.com/tributary-cdk/tributary/internal/twin/secretsmanager"
)

// Streams creates, updates and deletes Kinesis streams.
type Streams interface {
	CreateStream(name string, c kinesis.Config) error
	UpdateStream(name string, c kinesis.Config) error
	DeleteStream(name string) error
}

// Functions creates, updates and deletes Lambda functions.
type Functions interface {
	Create(ctx context.Context, c lambda.Config, progress func(string)) error
	Update(ctx context.Context, c lambda.Config, progress func(string)) error
	Delete(name string) error
	SetAsync(name string, c lambda.AsyncConfig) error
	ResetAsync(name string)
}

// Objects opens S3 objects.
type Objects interface {
	Open(bucket, key string) (Object, error)
}

// Object is an S3 object that is open for reading.
type Object interface {
	lambda.Code
	io.Closer
}

// Parameters creates, updates and deletes SSM parameters.
type Parameters interface {
	Put(name, kind, value string, overwrite bool) (int64, error)
	Delete(name string) error
}

// Services contains the twin's services in which resources are created.
type Services struct {
	Registry   *Registry
	IAM        *iam.Store
	Streams    Streams
	Functions  Functions
	Objects    Objects
	Parameters Parameters
	Secrets    *secretsmanager.Store
	Clusters   *redshift.Store
	Serverless *redshiftserverless.Store
}

// ClusterType is the resource type of provisioned Redshift clusters.
const ClusterType = "AWS::Redshift::Cluster"

// Types returns the supported resource types, with their properties and Providers.
func Types(s Services) []cloudformation.Type {
	providers := map[string]*provider{}
	for _, group := range []map[string]*provider{
		networkTypes(s), iamTypes(s), kinesisTypes(s), keyTypes(s),
		lambdaTypes(s), redshiftTypes(s), serverlessTypes(s), secretTypes(s), parameterTypes(s), inertTypes(),
	} {
		for name, p := range group {
			p.registry = s.Registry
			providers[name] = p
		}
	}
	var out []cloudformation.Type
	for _, schema := range schemas() {
		p := providers[schema.name]
		if p == nil {
			panic(fmt.Sprintf("resource type %s has a schema but no provider", schema.name))
		}
		t := schema.toType()
		t.Provider = p
		out = append(out, t)
	}
	return out
}
