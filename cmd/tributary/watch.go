package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/watch"
)

// watchCmd is "tributary watch".
type watchCmd struct {
	View     string `default:"${lab_view}" help:"View to show, with its schema where that is not public (default: ${default})." placeholder:"NAME"`
	Time     string `help:"Column that the charts go by. Without it, the time of arrival." placeholder:"COLUMN"`
	Sum      string `help:"Column to sum up; a SUPER column's field is payload.kWhDelivered. The lab's view has kwhdelivered." placeholder:"COLUMN"`
	Distinct string `help:"Column whose different values to count. The lab's view has userid." placeholder:"COLUMN"`
	NoOpen   bool   `help:"Print where the page is, and open no browser. Whoever knows the address can see the page."`
	Port     int    `help:"Port on 127.0.0.1; 0 takes a free one."`

	where
}

// options returns what the page is to show.
func (c *watchCmd) options() watch.Options {
	o := watch.Options{View: c.View, Time: c.Time, Sum: c.Sum, Distinct: c.Distinct}
	if c.View == lab.TypedView && c.Sum == "" && c.Distinct == "" {
		o.Sum, o.SumLabel = lab.EnergyColumn, "Energy, kWh"
		o.Distinct, o.DistinctLabel = lab.UserColumn, "Users"
	}
	return o
}

// Validate returns everything that is wrong with the flags, joined.
func (c *watchCmd) Validate() error {
	errs := []error{c.options().Validate()}
	if c.Port < 0 || c.Port > 65535 {
		errs = append(errs, fmt.Errorf("--port: 0 to 65535, got %d", c.Port))
	}
	return errors.Join(append(errs, c.problems()...)...)
}

// Run serves the page until it is interrupted.
func (c *watchCmd) Run(ctx context.Context, call *kong.Context) error {
	cfg, err := awsConfig(ctx)
	if err != nil {
		return err
	}
	target, err := c.target(ctx, cloudformation.NewFromConfig(cfg))
	if err != nil {
		return interruption(ctx, err)
	}
	runner := &dataapi.Runner{API: redshiftdata.NewFromConfig(cfg), Target: target, Name: "tributary/watch"}
	server, err := watch.Listen(ctx, c.Port, c.options(), runner)
	if err != nil {
		return err
	}
	remove, err := c.announce(ctx, server.URL(), call.Stdout, call.Stderr)
	return errors.Join(err, server.Serve(ctx), remove())
}

// announce says where the page is, and opens it. In the end, remove takes away
// what the browser was given.
func (c *watchCmd) announce(ctx context.Context, url string, stdout, stderr io.Writer) (remove func() error, err error) {
	remove = func() error { return nil }
	said := "the page is there until Ctrl-C; it asks the warehouse while it is visible"
	if !c.NoOpen {
		var opened string
		opened, remove = openPage(ctx, url)
		said += "\ntributary: " + opened
	}
	if _, err := fmt.Fprintln(stdout, url); err != nil {
		return remove, err
	}
	_, err = fmt.Fprintln(stderr, "tributary: "+said)
	return remove, err
}
