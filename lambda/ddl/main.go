// Command ddl is the Lambda function that handles Tributary's custom resources. If a
// stack has monitoring, a schedule also invokes the function to publish the metrics of
// the views. The command only connects packages: the logic is in ddlhandler, definition,
// roles, usagelimit and health.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
	"github.com/tributary-cdk/tributary/internal/definition"
	"github.com/tributary-cdk/tributary/internal/health"
	"github.com/tributary-cdk/tributary/internal/roles"
	"github.com/tributary-cdk/tributary/internal/statementlog"
	"github.com/tributary-cdk/tributary/internal/usagelimit"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("load AWS configuration", "error", err)
		os.Exit(1)
	}
	// The SDK doesn't retry: callers do, until the run has no time left.
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	client := redshiftdata.NewFromConfig(cfg)
	responder := ddlhandler.HTTPResponder{Endpoint: os.Getenv("AWS_ENDPOINT_URL"), Sleep: dataapi.Sleep}
	handler := &ddlhandler.Handler{
		Runner: func(s ddlhandler.Session) ddlhandler.Runner {
			logger := logger.With("request", s.Request)
			return &dataapi.Runner{
				API: statementlog.New(client, logger), Target: s.Target, Name: s.Name, Request: s.Request,
				OnStillRunning: s.OnStillRunning, StillRunningAfter: s.StillRunningAfter, Log: logger,
			}
		},
		API:       func(d definition.Definition, target contract.Target) ddlhandler.API { return apiOf(cfg, d, target) },
		Responder: responder,
		Log:       logger,
	}
	publisher := &health.Publisher{Out: os.Stdout, Open: func(target contract.Target) health.Querier {
		return &dataapi.Runner{API: client, Target: target, Name: "tributary/health"}
	}}
	lambda.Start(health.Route(publisher, responder.Guard(logger, handler.Handle)))
}

// apiOf returns the client that makes the calls of a definition's steps. It returns nil
// if all steps are SQL statements.
func apiOf(cfg aws.Config, d definition.Definition, target contract.Target) ddlhandler.API {
	switch d := d.(type) {
	case definition.RoleAttachment:
		if d.NamespaceName != "" {
			return roles.ToNamespace(redshiftserverless.NewFromConfig(cfg), d.NamespaceName, d.RoleARN, dataapi.Sleep)
		}
		return roles.ToCluster(redshift.NewFromConfig(cfg), target.ClusterIdentifier, d.RoleARN, dataapi.Sleep)
	case definition.UsageLimit:
		return &usagelimit.Setter{API: redshiftserverless.NewFromConfig(cfg), Limit: d, Sleep: dataapi.Sleep}
	}
	return nil
}
