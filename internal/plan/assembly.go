package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ReadApp returns the stack of a synthesized app. path is a cloud assembly, such as
// cdk.out, or a template. name is the name of the stack, or the path or artifact id of
// its construct. name may be empty if the app has one stack.
func ReadApp(path, name string) (Stack, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Stack{}, fmt.Errorf("%w; synthesize the app first: cdk synth", err)
	}
	if !info.IsDir() {
		body, err := os.ReadFile(path)
		file := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		return Stack{Name: cmp.Or(name, strings.TrimSuffix(file, ".template")), Template: body}, err
	}
	stacks, err := readAssembly(path)
	if err != nil {
		return Stack{}, err
	}
	var names []string
	var chosen []assembled
	for _, s := range stacks {
		names = append(names, s.Name)
		if name == "" || slices.Contains([]string{s.Name, s.displayName, s.id}, name) {
			chosen = append(chosen, s)
		}
	}
	if len(chosen) != 1 {
		return Stack{}, fmt.Errorf("%s has %d stacks; choose one with --stack: %s", path, len(names), strings.Join(names, ", "))
	}
	body, err := os.ReadFile(chosen[0].file)
	chosen[0].Template = body
	return chosen[0].Stack, err
}

// assembled is a stack of a cloud assembly. Its template has not been read from the file.
type assembled struct {
	Stack
	id, displayName, file string
}

// readAssembly returns the stacks of a cloud assembly and of the assemblies nested in it,
// sorted by artifact id.
//
// Source: https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
func readAssembly(dir string) ([]assembled, error) {
	file := filepath.Join(dir, "manifest.json")
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("not a cloud assembly: %w; synthesize the app first: cdk synth", err)
	}
	var manifest struct {
		Artifacts map[string]struct {
			Type, Environment, DisplayName string
			Properties                     struct {
				TemplateFile, StackName, DirectoryName string
				Parameters                             map[string]string
			}
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var stacks []assembled
	for id, a := range manifest.Artifacts {
		switch a.Type {
		case "aws:cloudformation:stack":
			s := assembled{id: id, displayName: a.DisplayName, file: filepath.Join(dir, a.Properties.TemplateFile)}
			s.Name, s.Parameters = cmp.Or(a.Properties.StackName, id), a.Properties.Parameters
			s.Account, s.Region = environment(a.Environment)
			stacks = append(stacks, s)
		case "cdk:cloud-assembly":
			nested, err := readAssembly(filepath.Join(dir, a.Properties.DirectoryName))
			if err != nil {
				return nil, err
			}
			stacks = append(stacks, nested...)
		}
	}
	slices.SortFunc(stacks, func(a, b assembled) int { return strings.Compare(a.id, b.id) })
	return stacks, nil
}

// environment returns the account and the region of an environment such as
// aws://account/region. They are "" if unknown.
func environment(url string) (account, region string) {
	account, region, _ = strings.Cut(strings.TrimPrefix(url, "aws://"), "/")
	return strings.TrimSuffix(account, "unknown-account"), strings.TrimSuffix(region, "unknown-region")
}
