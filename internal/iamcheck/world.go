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

// The twin is where the lab's variants say that their keys and warehouses are.
const (
	twinRegion  = "eu-west-1"
	twinAccount = "123456789012"
)

// world is a twin, the clients of its services, and what it has weighed.
type world struct {
	*twin.Server
	stacks     *cloudformation.Client
	streams    *kinesis.Client
	clusters   *redshift.Client
	workgroups *redshiftserverless.Client

	mu    sync.Mutex
	calls map[string]twin.Call // by all of it
}

// watch deploys stacks on a twin, one after another, uses each, and destroys it. It
// returns the calls that the twin weighed meanwhile, each once, in the order of roles,
// actions and resources.
func watch(ctx context.Context, made []templates.Template) (calls []twin.Call, err error) {
	w := &world{calls: map[string]twin.Call{}}
	w.Server, err = twin.Start(ctx, twin.Options{Region: twinRegion, Account: twinAccount, Evaluated: w.weighed})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	config := aws.Config{Region: twinRegion, BaseEndpoint: aws.String(w.URL()), Credentials: w.Credentials()}
	w.stacks, w.streams = cloudformation.NewFromConfig(config), kinesis.NewFromConfig(config)
	w.clusters, w.workgroups = redshift.NewFromConfig(config), redshiftserverless.NewFromConfig(config)
	for _, s := range scenarios {
		i := slices.IndexFunc(made, func(t templates.Template) bool { return t.Name == s.template })
		if i < 0 {
			return nil, fmt.Errorf("no template is named %q", s.template)
		}
		if err := w.play(ctx, s, made[i]); err != nil {
			return nil, fmt.Errorf("%s on the twin: %w", s.template, err)
		}
	}
	return w.distinct(), nil
}

// weighed notes a call. Of equal ones it keeps one.
func (w *world) weighed(c twin.Call) {
	slices.SortFunc(c.Policies, func(a, b any) int { return cmp.Compare(written(a), written(b)) })
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls[written(c)] = c
}

// distinct returns the calls. What a policy allowed later, and refused before it took
// effect, are two.
func (w *world) distinct() []twin.Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.SortedFunc(maps.Values(w.calls), func(a, b twin.Call) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Resource, b.Resource), cmp.Compare(written(a), written(b)))
	})
}

// written returns a value's JSON, in which the keys are sorted.
func written(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return string(text)
}
