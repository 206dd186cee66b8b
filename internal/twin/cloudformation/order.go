package cloudformation

import (
	"context"
	"maps"
	"slices"
)

// inOrder runs do for every id of after, for several at a time up to limit,
// but for none before do has succeeded for all that after lists under it. Ids
// listed that aren't in after count as done. Once ctx is done nothing new
// starts. It returns when all that was started has ended, with the failures.
//
// Ids that could start at the same time start in order.
func inOrder(ctx context.Context, after map[string][]string, limit int, do func(id string) error) map[string]error {
	waits := make(map[string]int, len(after))
	next := map[string][]string{}
	for id, before := range after {
		for _, b := range before {
			if _, ok := after[b]; ok && b != id {
				waits[id]++
				next[b] = append(next[b], id)
			}
		}
	}
	var ready []string
	for _, id := range slices.Sorted(maps.Keys(after)) {
		if waits[id] == 0 {
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
		for _, id := range slices.Sorted(slices.Values(next[r.id])) {
			if waits[id]--; waits[id] == 0 {
				ready = append(ready, id)
			}
		}
	}
}

// reversed returns who waits for whom when what was made in the order of needs
// is taken apart: under each id the ids that need it.
func reversed(needs map[string][]string) map[string][]string {
	out := make(map[string][]string, len(needs))
	for id := range needs {
		out[id] = nil
	}
	for _, id := range slices.Sorted(maps.Keys(needs)) {
		for _, need := range needs[id] {
			if _, ok := out[need]; ok {
				out[need] = append(out[need], id)
			}
		}
	}
	return out
}

// among returns what ids need of each other, also through what isn't among
// them.
func among(needs map[string][]string, ids []string) map[string][]string {
	out := make(map[string][]string, len(ids))
	for _, id := range ids {
		seen := map[string]bool{}
		for todo := slices.Clone(needs[id]); len(todo) > 0; {
			next := todo[0]
			todo = todo[1:]
			if !seen[next] {
				seen[next] = true
				todo = append(todo, needs[next]...)
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
