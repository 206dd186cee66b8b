package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// localStatusCmd is the command "tributary local status".
type localStatusCmd struct {
	Output string `default:"table" enum:"table,json" help:"Output format: ${enum}."`
}

// Run prints the status of the twin and the resources that exist on it.
func (c *localStatusCmd) Run(ctx context.Context, call *kong.Context, s state) error {
	client, err := s.client()
	if err != nil {
		return err
	}
	status, err := client.Status(ctx)
	if err != nil {
		return s.withHint(err)
	}
	if c.Output == "json" {
		out := json.NewEncoder(call.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(status)
	}
	return printStatus(call.Stdout, status)
}

// printStatus writes a status as a table, with a row for each resource.
func printStatus(w io.Writer, s twin.Status) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(kind, name, detail string) { _, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", kind, name, detail) }
	row("twin", s.URL, fmt.Sprintf("pid %d, since %s, region %s, account %s", s.PID, s.Started.Local().Format(time.DateTime), s.Region, s.Account))
	if s.Strictness != "" {
		row("strictness", s.Strictness, "")
	}
	row("services", strings.Join(s.Services, " "), "")
	for _, stack := range s.Stacks {
		row("stack", stack.Name, stack.Status)
	}
	for _, stream := range s.Streams {
		row("stream", stream.Name, fmt.Sprintf("%s, %d shards, %d records", stream.Mode, stream.Shards, stream.Records))
	}
	for _, cluster := range s.Clusters {
		row("cluster", cluster.ID, "databases "+strings.Join(cluster.Databases, " "))
	}
	for _, function := range s.Functions {
		row("function", function, "")
	}
	exists := map[string]bool{}
	for _, stack := range s.Stacks {
		exists[stack.Name] = true
	}
	for _, r := range s.Resources {
		if !exists[r.Stack] { // the resources of existing stacks are not listed
			row("left behind", r.PhysicalID, r.Type+", created by stack "+r.Stack)
		}
	}
	if s.Left() == 0 {
		row("nothing", "", "no stack, stream, cluster, function or other resource")
	}
	return table.Flush()
}

// localLogsCmd is the command "tributary local logs".
type localLogsCmd struct {
	Function string `arg:"" help:"Name of a Lambda function, which may have been deleted. Without a name, the command prints the twin's own log." optional:""`
}

// Run prints a log.
func (c *localLogsCmd) Run(ctx context.Context, call *kong.Context, s state) error {
	if c.Function == "" {
		log, err := os.ReadFile(s.log())
		if errors.Is(err, fs.ErrNotExist) {
			return s.withHint(twin.ErrNotRunning)
		}
		if err != nil {
			return fmt.Errorf("read the twin's log: %w", err)
		}
		_, err = call.Stdout.Write(log)
		return err
	}
	client, err := s.client()
	if err != nil {
		return err
	}
	text, err := client.Log(ctx, c.Function)
	if err != nil {
		return s.withHint(err)
	}
	_, err = io.WriteString(call.Stdout, text)
	return err
}
