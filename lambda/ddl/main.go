// Command ddl is the Lambda function behind Tributary's custom resources, and,
// where monitoring asks for it on a schedule, behind the views' metrics. It wires;
// packages ddlhandler and health decide.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
	"github.com/tributary-cdk/tributary/internal/health"
	"github.com/tributary-cdk/tributary/internal/statementlog"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("no configuration", "error", err)
		os.Exit(1)
	}
	// The runner makes calls again by itself, for as long as the run has time.
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	client := redshiftdata.NewFromConfig(cfg)
	handler := &ddlhandler.Handler{
		Warehouse: func(target dataapi.Target, name, request string) ddlhandler.Warehouse {
			api := statementlog.New(client, logger.With("request", request))
			return &dataapi.Runner{API: api, Target: target, Name: name, Request: request}
		},
		Responder: ddlhandler.HTTPResponder{Sleep: dataapi.Sleep},
		Log:       logger,
	}
	publisher := &health.Publisher{Out: os.Stdout, Warehouse: func(target dataapi.Target) health.Warehouse {
		return &dataapi.Runner{API: client, Target: target, Name: "tributary/health"}
	}}
	lambda.Start(health.Route(publisher, handler.Handle))
}
