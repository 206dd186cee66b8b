package twin

import (
	"maps"
	"os"
	"slices"
	"time"
)

// Status is what a twin says of itself. Its lists are sorted and never nil.
type Status struct {
	PID     int       `json:"pid"`
	URL     string    `json:"url"`
	Dir     string    `json:"dir"` // holds everything on disk; removed at the end
	Started time.Time `json:"started"`
	Region  string    `json:"region"`
	Account string    `json:"account"`
	// Strictness is where the twin is as strict as AWS, as [ParseStrictness] reads it;
	// empty if it isn't.
	Strictness string `json:"strictness,omitempty"`
	// Services are the names by which requests find them.
	Services []string `json:"services"`
	// Stacks are those that exist, or that wait to be created.
	Stacks    []StackStatus   `json:"stacks"`
	Streams   []StreamStatus  `json:"streams"`
	Clusters  []ClusterStatus `json:"clusters"`
	Functions []string        `json:"functions"`
	// Resources are those that CloudFormation made and that exist, whether or
	// not their stack still does.
	Resources []ResourceStatus `json:"resources"`
}

// StackStatus is a stack and its state, such as CREATE_COMPLETE.
type StackStatus struct {
	Name   string `json:"name"`
	Status string `json:"status"`
}

// StreamStatus is a stream and how many records have been put into it.
type StreamStatus struct {
	Name    string `json:"name"`
	Mode    string `json:"mode"`
	Shards  int    `json:"shards"`
	Records int64  `json:"records"`
}

// ClusterStatus is a cluster or a Serverless workgroup, and its databases.
type ClusterStatus struct {
	ID        string   `json:"id"`
	Databases []string `json:"databases"`
}

// ResourceStatus is a resource and the stack that made it.
type ResourceStatus struct {
	Type       string `json:"type"`
	PhysicalID string `json:"physicalId"`
	Stack      string `json:"stack"`
	LogicalID  string `json:"logicalId"`
}

// Left counts what exists: nothing is left of destroyed stacks if it is zero.
func (s Status) Left() int {
	return len(s.Stacks) + len(s.Streams) + len(s.Clusters) + len(s.Functions) + len(s.Resources)
}

// Status returns what the twin is and what exists on it now.
func (s *Server) Status() Status {
	out := Status{
		PID: os.Getpid(), URL: s.url, Dir: s.dir, Started: s.started,
		Region: s.options.Region, Account: s.options.Account, Strictness: s.options.Strictness.String(),
		Services: slices.Sorted(maps.Keys(s.router.services)), Stacks: []StackStatus{},
		Streams: []StreamStatus{}, Clusters: []ClusterStatus{}, Resources: []ResourceStatus{},
		Functions: append([]string{}, s.functions.Names()...),
	}
	for _, stack := range s.cloudformation.Stacks() {
		out.Stacks = append(out.Stacks, StackStatus(stack))
	}
	for _, stream := range s.streams.Streams() {
		out.Streams = append(out.Streams, StreamStatus{stream.Name, stream.Config.Mode, stream.Config.Shards, stream.Records})
	}
	for _, item := range s.registry.Inventory() {
		out.Resources = append(out.Resources, ResourceStatus(item))
	}
	for _, id := range s.clusters.Clusters() {
		out.Clusters = append(out.Clusters, ClusterStatus{id, s.engine.Databases(id)})
	}
	for _, workgroup := range s.serverless.Workgroups() {
		out.Clusters = append(out.Clusters, ClusterStatus{workgroup[0], s.engine.Databases(workgroup[1])})
	}
	return out
}
