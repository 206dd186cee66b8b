package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/tributary-cdk/tributary/internal/templates"
)

// checkers are the functions that run the checkers, by name. Each runs one process for all
// templates and returns the findings. It returns an error if the checker could not read a
// template.
var checkers = map[string]func(context.Context, []templates.Template) (findings, error){
	"cfn-lint":  cfnLint,
	"checkov":   checkov,
	"cfn-guard": cfnGuard,
	"cdk-nag":   cdkNag,
}

// modules is the directory in which npm installed cfn-guard and cdk-nag.
const modules = "internal/templatecheck/node_modules"

// check runs all checkers.
func check(ctx context.Context, of []templates.Template) (findings, error) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	ran := slices.Sorted(maps.Keys(checkers))
	found := make([]findings, len(ran))
	for i, name := range ran {
		group.Go(func() (err error) {
			if found[i], err = checkers[name](ctx, of); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := findings{}
	for _, f := range found {
		maps.Copy(all, f)
	}
	return all, nil
}

// output runs a checker and decodes the JSON that it writes. codes are the exit codes by
// which the checker says that it found something; any other code than 0 is an error.
func output(ctx context.Context, into any, codes []int, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // the checkers
	var said strings.Builder
	cmd.Stderr = &said
	text, err := cmd.Output()
	if exit, ended := errors.AsType[*exec.ExitError](err); ended && slices.Contains(codes, exit.ExitCode()) {
		err = nil
	}
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%w; install it as .ci/run does", err)
	}
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("%w\n%s%s", err, text, said.String())
	}
	return nil
}

func files(of []templates.Template) []string {
	list := make([]string, len(of))
	for i, t := range of {
		list[i] = t.File
	}
	return list
}

// nameOf returns the name of the template in a file.
func nameOf(file string) string { return strings.TrimSuffix(filepath.Base(file), ".json") }

// looked returns an error if the checker left out a template. at are the names of the
// templates that it read.
func looked(at map[string]bool, of []templates.Template) error {
	for _, t := range of {
		if !at[t.Name] {
			return fmt.Errorf("it did not read %s", t.File)
		}
	}
	return nil
}

// cfnLint runs cfn-lint. It reads every file of its arguments, and reports a file that it
// can't read as a finding.
//
// Source: https://github.com/aws-cloudformation/cfn-lint#exit-codes
func cfnLint(ctx context.Context, of []templates.Template) (findings, error) {
	var out []struct {
		Filename string
		Rule     struct{ ID string }
		Location struct{ Path []any }
	}
	err := output(ctx, &out, []int{2, 4, 6, 8, 10, 12, 14}, "cfn-lint", append([]string{"--format", "json"}, files(of)...)...)
	found := findings{}
	for _, o := range out {
		resource := "-" // the finding is about the whole template
		if path := o.Location.Path; len(path) > 1 && path[0] == "Resources" {
			resource = fmt.Sprint(path[1])
		}
		found[finding{"cfn-lint", o.Rule.ID, nameOf(o.Filename), resource}] = true
	}
	return found, err
}

// checkov runs checkov. It makes no network calls, since it has no API key of its maker's
// platform and gets --skip-download.
//
// Source: https://www.checkov.io/2.Basics/CLI%20Command%20Reference.html
func checkov(ctx context.Context, of []templates.Template) (findings, error) {
	type result struct {
		CheckID  string `json:"check_id"`
		FilePath string `json:"file_path"`
		Resource string
	}
	var out struct {
		Results struct {
			Passed []result `json:"passed_checks"`
			Failed []result `json:"failed_checks"`
		}
		Summary struct {
			ParsingErrors int `json:"parsing_errors"`
		}
	}
	args := []string{"--framework", "cloudformation", "--skip-download", "--compact", "--output", "json", "--directory", filepath.Dir(of[0].File)}
	if err := output(ctx, &out, []int{1}, "checkov", args...); err != nil {
		return nil, err
	}
	found, at := findings{}, map[string]bool{}
	for _, r := range append(out.Results.Passed, out.Results.Failed...) {
		at[nameOf(r.FilePath)] = true
	}
	for _, r := range out.Results.Failed {
		_, resource, _ := strings.Cut(r.Resource, ".") // such as AWS::Kinesis::Stream.Stream
		found[finding{"checkov", r.CheckID, nameOf(r.FilePath), resource}] = true
	}
	if out.Summary.ParsingErrors > 0 {
		return nil, fmt.Errorf("it could not read %d templates", out.Summary.ParsingErrors)
	}
	return found, looked(at, of)
}

// cdkNag runs cdk-nag in Node.js, which fails if it can't read a template.
func cdkNag(ctx context.Context, of []templates.Template) (findings, error) {
	var out []struct{ File, Rule, Resource string }
	err := output(ctx, &out, nil, "node", append([]string{"internal/templatecheck/nag.mjs"}, files(of)...)...)
	found := findings{}
	for _, o := range out {
		found[finding{"cdk-nag", o.Rule, nameOf(o.File), o.Resource}] = true
	}
	return found, err
}

// cfnGuard runs cfn-guard with the rules of AWS Control Tower.
//
// Source: https://docs.aws.amazon.com/controltower/latest/controlreference/proactive-controls.html
func cfnGuard(ctx context.Context, of []templates.Template) (findings, error) {
	program, err := guardProgram()
	if err != nil {
		return nil, err
	}
	var out []struct {
		Name, Status string
		NotCompliant []struct {
			Rule struct {
				Name   string
				Checks json.RawMessage
			}
		} `json:"not_compliant"`
	}
	args := []string{
		"validate", "--data", filepath.Dir(of[0].File), "--rules", filepath.Join(modules, "@cdklabs/cdk-validator-cfnguard/rules/control-tower/cfn-guard"),
		"--type", "CFNTemplate", "--output-format", "json", "--structured", "--show-summary", "none",
	}
	const failed = 19
	if err := output(ctx, &out, []int{failed}, program, args...); err != nil {
		return nil, err
	}
	found, at := findings{}, map[string]bool{}
	for _, o := range out {
		at[nameOf(o.Name)] = o.Status == "PASS" || o.Status == "FAIL"
		for _, n := range o.NotCompliant {
			for _, resource := range resourcesIn(string(n.Rule.Checks)) {
				found[finding{"cfn-guard", n.Rule.Name, nameOf(o.Name), resource}] = true
			}
		}
	}
	return found, looked(at, of)
}

// resourcesIn returns the logical ids in the paths of a rule's checks. If there is none, it
// returns "-", so that the finding is not lost.
func resourcesIn(checks string) []string {
	var ids []string
	for _, path := range strings.Split(checks, `"/Resources/`)[1:] {
		if end := strings.IndexAny(path, `/"`); end > 0 {
			ids = append(ids, path[:end])
		}
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return []string{"-"}
	}
	return ids
}

// guardProgram returns the path of cfn-guard for this operating system and processor, and
// makes the file executable.
func guardProgram() (string, error) {
	system := map[string]string{"linux": "ubuntu", "darwin": "macos"}[runtime.GOOS]
	processor := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	program := filepath.Join(modules, "@cdklabs/cdk-validator-cfnguard/bin", system, processor, "cfn-guard")
	return program, os.Chmod(program, 0o755) //nolint:gosec // a program is to be run
}
