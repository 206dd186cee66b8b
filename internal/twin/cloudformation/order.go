package cloudformation

import (
	"context"
	"maps"
	"slices"
)

// runInOrder calls do for each key of dependencies, for at most limit keys
// concurrently. It calls do for an id only after do has succeeded for all ids in
// dependencies[id]. It ignores dependencies that are not keys of the map. When ctx is
// done, it starts no more calls. It waits for the calls in progress and returns their
// errors by id.
//
// If several ids can start at the same time, they start in sorted order.
func runInOrder(ctx context.Context, dependencies map[string][]string, limit int, do func(id string) error) map[string]error {
	pending := make(map[string]int, len(dependencies)) // number of unfinished dependencies
	dependents := map[string][]string{}
	for id, before := range dependencies {
		for _, b := range before {
			if _, ok := dependencies[b]; ok && b != id {
				pending[id]++
				dependents[b] = append(dependents[b], id)
			}
		}
	}
	var ready []string
	for _, id := range slices.Sorted(maps.Keys(dependencies)) {
		if pending[id] == 0 {
			ready = append(ready, id)
		}
	}
	type result struct {
		id  string
		err error
	}
	results := make(chan result)
	failed := map[string]error{}
	for running := 0; ; {
		for len(ready) > 0 && running < limit && ctx.Err() == nil {
			id := ready[0]
			ready = ready[1:]
			running++
			go func() { results <- result{id, do(id)} }()
		}
		if running == 0 {
			return failed
		}
		r := <-results
		running--
		if r.err != nil {
			failed[r.id] = r.err
			continue
		}
		for _, id := range slices.Sorted(slices.Values(dependents[r.id])) {
			if pending[id]--; pending[id] == 0 {
				ready = append(ready, id)
			}
		}
	}
}

// reverseDependencies returns, for each id, the ids that depend on it. It is the order
// for deletions: a resource is deleted after the resources that depend on it.
func reverseDependencies(dependencies map[string][]string) map[string][]string {
	out := make(map[string][]string, len(dependencies))
	for id := range dependencies {
		out[id] = nil
	}
	for _, id := range slices.Sorted(maps.Keys(dependencies)) {
		for _, dependency := range dependencies[id] {
			if _, ok := out[dependency]; ok {
				out[dependency] = append(out[dependency], id)
			}
		}
	}
	return out
}

// dependenciesAmong returns, for each of ids, the other ones of ids that it depends on,
// directly or through resources that are not in ids.
func dependenciesAmong(dependencies map[string][]string, ids []string) map[string][]string {
	out := make(map[string][]string, len(ids))
	for _, id := range ids {
		seen := map[string]bool{}
		for todo := slices.Clone(dependencies[id]); len(todo) > 0; {
			next := todo[0]
			todo = todo[1:]
			if !seen[next] {
				seen[next] = true
				todo = append(todo, dependencies[next]...)
			}
		}
		out[id] = nil
		for _, other := range ids {
			if other != id && seen[other] {
				out[id] = append(out[id], other)
			}
		}
	}
	return out
}
