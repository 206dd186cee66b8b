package resource

import (
	"cmp"
	"slices"
	"sync"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
)

// Item is a resource that exists.
type Item struct {
	Type       string
	PhysicalID string
	Stack      string // the name of the stack that created it
	LogicalID  string
}

// Registry records the resources that exist. Its zero value is empty.
type Registry struct {
	mu    sync.Mutex
	items map[itemKey]Item
}

type itemKey struct{ typeName, physicalID string }

// add records the resource of a request. It returns false if a resource of the same type
// and physical id exists.
func (g *Registry) add(r cloudformation.Request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := itemKey{r.Type, r.PhysicalID}
	if _, exists := g.items[key]; exists {
		return false
	}
	if g.items == nil {
		g.items = map[itemKey]Item{}
	}
	g.items[key] = Item{r.Type, r.PhysicalID, r.StackName, r.LogicalID}
	return true
}

func (g *Registry) remove(typeName, physicalID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.items, itemKey{typeName, physicalID})
}

// has reports whether a resource exists.
func (g *Registry) has(typeName, physicalID string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ok := g.items[itemKey{typeName, physicalID}]
	return ok
}

// Inventory returns the resources that exist, sorted by type and physical id.
func (g *Registry) Inventory() []Item {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]Item, 0, len(g.items))
	for _, item := range g.items {
		out = append(out, item)
	}
	slices.SortFunc(out, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.PhysicalID, b.PhysicalID))
	})
	return out
}
