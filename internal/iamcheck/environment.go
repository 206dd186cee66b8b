package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"

	"github.com/tributary-cdk/tributary/internal/templates"
	"github.com/tributary-cdk/tributary/internal/twin"
)

// The region and account of the twin. The templates of the lab's variants name keys and
// warehouses in this region and account.
const (
	twinRegion  = "eu-west-1"
	twinAccount = "123456789012"
)

// environment is a running twin, clients for its services, and the calls that the twin
// evaluated.
type environment struct {
	*twin.Server
	stacks     *cloudformation.Client
	streams    *kinesis.Client
	clusters   *redshift.Client
	workgroups *redshiftserverless.Client

	mu    sync.Mutex
	calls map[string]twin.Call // by the JSON of the call
}

// observeCalls starts a twin and runs all scenarios on it, one after another. It returns the
// calls that the twin evaluated, without duplicates, sorted by role, action and resource.
func observeCalls(ctx context.Context, stacks []templates.Template) (calls []twin.Call, err error) {
	env := &environment{calls: map[string]twin.Call{}}
	env.Server, err = twin.Start(ctx, twin.Options{Region: twinRegion, Account: twinAccount, Evaluated: env.recordCall})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, env.Close()) }()
	config := aws.Config{Region: twinRegion, BaseEndpoint: aws.String(env.URL()), Credentials: env.Credentials()}
	env.stacks, env.streams = cloudformation.NewFromConfig(config), kinesis.NewFromConfig(config)
	env.clusters, env.workgroups = redshift.NewFromConfig(config), redshiftserverless.NewFromConfig(config)
	for _, s := range scenarios {
		i := slices.IndexFunc(stacks, func(t templates.Template) bool { return t.Name == s.template })
		if i < 0 {
			return nil, fmt.Errorf("scenarios: no stack template is named %q", s.template)
		}
		if err := env.runScenario(ctx, s, stacks[i]); err != nil {
			return nil, fmt.Errorf("%s on the twin: %w", s.template, err)
		}
	}
	return env.distinct(), nil
}

// recordCall stores a call that the twin evaluated. It stores equal calls only once.
func (env *environment) recordCall(c twin.Call) {
	slices.SortFunc(c.Policies, func(a, b any) int { return cmp.Compare(jsonText(a), jsonText(b)) })
	env.mu.Lock()
	defer env.mu.Unlock()
	env.calls[jsonText(c)] = c
}

// distinct returns the recorded calls. A call that was denied before a policy took effect
// and allowed later is returned twice, once with each decision.
func (env *environment) distinct() []twin.Call {
	env.mu.Lock()
	defer env.mu.Unlock()
	return slices.SortedFunc(maps.Values(env.calls), func(a, b twin.Call) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Resource, b.Resource), cmp.Compare(jsonText(a), jsonText(b)))
	})
}

// jsonText returns a value as JSON with sorted keys.
func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // can't happen: the value was decoded from JSON
	}
	return string(text)
}
