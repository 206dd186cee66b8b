package twin

import (
	"maps"
	"os"
	"slices"
	"time"
)

// Status describes a twin. Its lists are sorted and never nil.
type Status struct {
	PID     int       `json:"pid"`
	URL     string    `json:"url"`
	Dir     string    `json:"dir"` // contains all files of the twin, which removes it at its end
	Started time.Time `json:"started"`
	Region  string    `json:"region"`
	Account string    `json:"account"`
	// Strictness is the twin's strictness in the form that [ParseStrictness] reads; empty
	// if it is the zero value.
	Strictness string `json:"strictness,omitempty"`
	// Services are the names of the services in credential scopes.
	Services []string `json:"services"`
	// Stacks are the stacks that exist, and those with a change set that will create them.
	Stacks []StackStatus `json:"stacks"`
	// Streams are all streams.
	Streams []StreamStatus `json:"streams"`
	// Clusters are the clusters and Serverless workgroups.
	Clusters []ClusterStatus `json:"clusters"`
	// Functions are the names of the functions.
	Functions []string `json:"functions"`
	// Resources are the resources that CloudFormation has created and that exist. Their
	// stacks may be deleted.
	Resources []ResourceStatus `json:"resources"`
}

// StackStatus is a stack and its status, such as CREATE_COMPLETE.
type StackStatus struct {
	Name   string `json:"name"`
	Status string `json:"status"`
}

// StreamStatus is a stream and the number of records that were put into it.
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

// ResourceStatus is a resource and the stack that created it.
type ResourceStatus struct {
	Type       string `json:"type"`
	PhysicalID string `json:"physicalId"`
	Stack      string `json:"stack"`
	LogicalID  string `json:"logicalId"`
}

// Left returns the number of stacks, streams, clusters, functions and resources. It is
// zero if all stacks were destroyed completely.
func (s Status) Left() int {
	return len(s.Stacks) + len(s.Streams) + len(s.Clusters) + len(s.Functions) + len(s.Resources)
}

// Status returns the twin's present status.
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
