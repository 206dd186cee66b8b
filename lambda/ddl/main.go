// Command ddl is the Lambda function behind Tributary's custom resources, and,
// where monitoring asks for it on a schedule, behind the views' metrics. It wires;
// packages ddlhandler, roles, usagelimit and health decide.
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

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
	"github.com/tributary-cdk/tributary/internal/health"
	"github.com/tributary-cdk/tributary/internal/roles"
	"github.com/tributary-cdk/tributary/internal/statementlog"
	"github.com/tributary-cdk/tributary/internal/usagelimit"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("no configuration", "error", err)
		os.Exit(1)
	}
	// Calls are made again by those who make them, for as long as the run has time.
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	client := redshiftdata.NewFromConfig(cfg)
	responder := ddlhandler.HTTPResponder{Endpoint: os.Getenv("AWS_ENDPOINT_URL"), Sleep: dataapi.Sleep}
	handler := &ddlhandler.Handler{
		Warehouse: func(s ddlhandler.Session) ddlhandler.Warehouse {
			logger := logger.With("request", s.Request)
			return &dataapi.Runner{
				API: statementlog.New(client, logger), Target: s.Target, Name: s.Name, Request: s.Request,
				Long: s.Long, LongAfter: s.LongAfter, Log: logger,
			}
		},
		Roles: func(target dataapi.Target, namespace string) ddlhandler.Roles {
			if namespace != "" {
				return roles.OfNamespace(redshiftserverless.NewFromConfig(cfg), namespace, dataapi.Sleep)
			}
			return roles.OfCluster(redshift.NewFromConfig(cfg), target.ClusterIdentifier, dataapi.Sleep)
		},
		Responder: responder,
		Log:       logger,
	}
	limits := &usagelimit.Handler{API: redshiftserverless.NewFromConfig(cfg), Responder: responder, Log: logger, Sleep: dataapi.Sleep}
	publisher := &health.Publisher{Out: os.Stdout, Open: func(target dataapi.Target) health.Querier {
		return &dataapi.Runner{API: client, Target: target, Name: "tributary/health"}
	}}
	lambda.Start(health.Route(publisher, responder.Guard(logger, func(ctx context.Context, ev ddlhandler.Event) error {
		if ev.ResourceType == usagelimit.Type {
			return limits.Handle(ctx, ev)
		}
		return handler.Handle(ctx, ev)
	})))
}
