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

// Streams makes Kinesis streams.
type Streams interface {
	CreateStream(name string, c kinesis.Config) error
	UpdateStream(name string, c kinesis.Config) error
	DeleteStream(name string) error
}

// Functions makes Lambda functions.
type Functions interface {
	Create(ctx context.Context, c lambda.Config, progress func(string)) error
	Update(ctx context.Context, c lambda.Config, progress func(string)) error
	Delete(name string) error
	SetAsync(name string, c lambda.AsyncConfig) error
	ResetAsync(name string)
}

// Objects reads S3 objects.
type Objects interface {
	Open(bucket, key string) (Object, error)
}

// Object is an S3 object that is open for reading.
type Object interface {
	lambda.Code
	io.Closer
}

// Parameters makes SSM parameters.
type Parameters interface {
	Put(name, kind, value string, overwrite bool) (int64, error)
	Delete(name string) error
}

// Services are where resources take effect.
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

// ClusterType is the resource type of provisioned clusters.
const ClusterType = "AWS::Redshift::Cluster"

// Types returns the resource types that the twin makes, each with its
// documented properties and its Provider.
func Types(s Services) []cloudformation.Type {
	makers := map[string]*maker{}
	for _, group := range []map[string]*maker{
		networkTypes(s), iamTypes(s), kinesisTypes(s), keyTypes(s),
		lambdaTypes(s), redshiftTypes(s), serverlessTypes(s), secretTypes(s), parameterTypes(s), nominalTypes(),
	} {
		for name, m := range group {
			m.registry = s.Registry
			makers[name] = m
		}
	}
	var out []cloudformation.Type
	for _, schema := range schemas() {
		m := makers[schema.name]
		if m == nil {
			panic(fmt.Sprintf("resource type %s has a schema and no maker", schema.name))
		}
		t := schema.typeOf()
		t.Provider = m
		out = append(out, t)
	}
	return out
}
