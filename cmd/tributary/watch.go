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

// watchCmd is the command "tributary watch".
type watchCmd struct {
	View     string `default:"${lab_view}" help:"View to show, as schema.view unless the schema is public (default: ${default})." placeholder:"NAME"`
	Time     string `help:"Column with the time for the charts (default: the arrival time of the record)." placeholder:"COLUMN"`
	Sum      string `help:"Column whose sum to show, such as kwhdelivered of the lab's view. A field of a SUPER column is written like payload.kWhDelivered." placeholder:"COLUMN"`
	Distinct string `help:"Column whose distinct values to count, such as userid of the lab's view." placeholder:"COLUMN"`
	NoOpen   bool   `help:"Print the address of the page, and do not open a browser. Everybody who knows the address can open the page."`
	Port     int    `help:"Port on 127.0.0.1; 0 means a free port."`

	warehouseFlags
}

// options returns the options of the page.
func (c *watchCmd) options() watch.Options {
	o := watch.Options{View: c.View, Time: c.Time, Sum: c.Sum, Distinct: c.Distinct}
	if c.View == lab.TypedView && c.Sum == "" && c.Distinct == "" {
		o.Sum, o.SumLabel = lab.EnergyColumn, "Energy, kWh"
		o.Distinct, o.DistinctLabel = lab.UserColumn, "Users"
	}
	return o
}

// Validate returns an error that joins everything that is wrong with the flags.
func (c *watchCmd) Validate() error {
	errs := []error{c.options().Validate()}
	if c.Port < 0 || c.Port > 65535 {
		errs = append(errs, fmt.Errorf("--port: needs 0 to 65535, got %d", c.Port))
	}
	return errors.Join(append(errs, c.check()...)...)
}

// Run serves the page until the command is interrupted.
func (c *watchCmd) Run(ctx context.Context, call *kong.Context) error {
	cfg, err := awsConfig(ctx)
	if err != nil {
		return err
	}
	target, err := c.target(ctx, cloudformation.NewFromConfig(cfg))
	if err != nil {
		return interruptedOr(ctx, err)
	}
	runner := &dataapi.Runner{API: redshiftdata.NewFromConfig(cfg), Target: target, Name: "tributary/watch"}
	server, err := watch.Listen(ctx, c.Port, c.options(), runner)
	if err != nil {
		return err
	}
	remove, err := c.announce(ctx, server.URL(), call.Stdout, call.Stderr)
	return errors.Join(err, server.Serve(ctx), remove())
}

// announce prints the address of the page and opens it in a browser. The caller calls
// remove at the end, which removes the file that the browser was given.
func (c *watchCmd) announce(ctx context.Context, url string, stdout, stderr io.Writer) (remove func() error, err error) {
	remove = func() error { return nil }
	message := "the page is available until Ctrl-C; it queries the warehouse while it is visible"
	if !c.NoOpen {
		var opened string
		opened, remove = openPage(ctx, url)
		message += "\ntributary: " + opened
	}
	if _, err := fmt.Fprintln(stdout, url); err != nil {
		return remove, err
	}
	_, err = fmt.Fprintln(stderr, "tributary: "+message)
	return remove, err
}
