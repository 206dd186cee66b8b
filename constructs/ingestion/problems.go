package ingestion

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"

	"github.com/tributary-cdk/tributary/ddl"
)

// Placeholders for values that are known only at deployment. They make it possible to
// check the rest of a declaration. The function checks the whole declaration again.
const (
	someSchema  = "schema"
	someStream  = "stream"
	someRoleARN = "arn:aws:iam::000000000000:role/role"
)

// problems returns all problems of the props, each with its path.
func (p *Props) problems(stack awscdk.Stack) ddl.Problems {
	var problems ddl.Problems
	if p.Warehouse == nil {
		problems = append(problems, ddl.Problem{Path: "Warehouse", Message: "required; pass a warehouse of package warehouse"})
	}
	problems = append(problems, p.sourceProblems(stack)...)
	problems = append(problems, p.reachProblems(stack)...)
	external := ddl.ExternalSchema{Name: p.SchemaName, RoleARN: someRoleARN, Grants: p.SchemaGrants}
	if p.Topic != nil {
		external.Kafka = p.Topic.Cluster
	}
	_, found := external.Check()
	for _, problem := range found {
		problems = append(problems, ddl.Problem{Path: externalSchemaProp(problem.Path), Message: problem.Message})
	}
	problems = append(problems, p.viewSchemaProblems()...)
	if len(p.Views) == 0 {
		problems = append(problems, ddl.Problem{Path: "Views", Message: "required; declare at least one"})
	}
	return append(problems, p.viewProblems()...)
}

// sourceProblems returns the problems of the stream or the topic.
func (p *Props) sourceProblems(stack awscdk.Stack) ddl.Problems {
	switch {
	case p.Stream == nil && p.Topic == nil:
		return ddl.Problems{{Path: "Stream", Message: "required; pass a new or an imported awskinesis.IStream, or set Topic"}}
	case p.Stream != nil && p.Topic != nil:
		return ddl.Problems{{Path: "Topic", Message: "is set together with Stream; remove one of them"}}
	case p.Topic != nil:
		return p.topicProblems()
	}
	var problems ddl.Problems
	if name := p.Stream.StreamName(); known(name) {
		_, found := (ddl.Stream{Schema: someSchema, Name: *name}).Check()
		for _, problem := range found {
			problems = append(problems, ddl.Problem{Path: "Stream", Message: problem.Message})
		}
	}
	theirs, ours := p.Stream.Env().Account, stack.Account()
	if known(theirs) && known(ours) && *theirs != *ours && p.StreamRole == nil {
		problems = append(problems, ddl.Problem{Path: "StreamRole", Message: fmt.Sprintf("required, since the stream is in account %s and the stack in %s; "+
			"pass a role of the stream's account that may read the stream and that trusts Ingestion.Role", *theirs, *ours)})
	}
	return problems
}

// isolated is a warehouse that knows which services its network reaches. Other warehouses
// are assumed to reach all services.
type isolated interface {
	// Isolated reports whether the network reaches no other services than S3 and Kinesis,
	// both in its own region.
	Isolated() bool
}

// reachProblems returns a problem if the warehouse's network doesn't reach the stream or
// the brokers. An isolated network has only interface endpoints of its own region.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/enhanced-vpc-routing.html
func (p *Props) reachProblems(stack awscdk.Stack) ddl.Problems {
	if w, ok := p.Warehouse.(isolated); !ok || !w.Isolated() {
		return nil
	}
	if p.Topic != nil {
		return ddl.Problems{{Path: "Topic", Message: "the warehouse is in a new VPC, which doesn't reach the brokers; " +
			"give it a Network in the brokers' VPC, or in a VPC with a route to them (NetworkProps.VPC)"}}
	}
	if p.Stream == nil {
		return nil
	}
	if region := otherRegion(stack, p.Stream); region != "" {
		return ddl.Problems{{Path: "Stream", Message: fmt.Sprintf("is in %s, and the warehouse is in a new VPC, which reaches Kinesis only in %s; "+
			"give it a Network in a VPC with internet access, such as a NAT (NetworkProps.VPC)", region, *stack.Region())}}
	}
	return nil
}

// topicProblems returns the problems of the topic.
func (p *Props) topicProblems() ddl.Problems {
	var problems ddl.Problems
	_, found := (ddl.Stream{Schema: someSchema, Name: p.Topic.Name, Kafka: true}).Check()
	for _, problem := range found {
		problems = append(problems, ddl.Problem{Path: "Topic.Name", Message: problem.Message})
	}
	if p.StreamRole != nil {
		problems = append(problems, ddl.Problem{Path: "StreamRole", Message: "works only with a Stream; remove it"})
	}
	if c := p.Topic.Cluster; c.Authentication == ddl.KafkaIAM && c.ClusterARN == "" && p.Role == nil {
		problems = append(problems, ddl.Problem{Path: "Role", Message: "required for authentication iam with a uri, which doesn't include the ARN of the topic; pass a role that may read the topic, or write clusterArn instead of uri"})
	}
	return problems
}

// viewSchemaProblems returns the problems of ViewSchemas.
func (p *Props) viewSchemaProblems() ddl.Problems {
	var problems ddl.Problems
	seen := map[string]int{}
	for i, schema := range p.ViewSchemas {
		path := fmt.Sprintf("ViewSchemas[%d]", i)
		checked, found := schema.Check()
		if problems = append(problems, found.Under(path)...); len(found) > 0 {
			continue
		}
		if strings.EqualFold(schema.Name, p.SchemaName) {
			problems = append(problems, ddl.Problem{Path: path + ".name", Message: fmt.Sprintf("%q is also SchemaName, and an external schema can't contain views; rename one of them", schema.Name)})
		}
		if first, ok := seen[checked.Name]; ok {
			problems = append(problems, ddl.Problem{Path: path + ".name", Message: fmt.Sprintf("%q is also ViewSchemas[%d]; remove one of them", schema.Name, first)})
		} else {
			seen[checked.Name] = i
		}
	}
	return problems
}

// known reports whether a value is known at synthesis.
func known(value *string) bool { return value != nil && !*awscdk.Token_IsUnresolved(value) }

// otherRegion returns the stream's region if it differs from the stack's. It returns "" if
// the regions are equal, or one of them is unknown at synthesis.
func otherRegion(stack awscdk.Stack, stream awskinesis.IStream) string {
	theirs, ours := stream.Env().Region, stack.Region()
	if known(theirs) && known(ours) && *theirs != *ours {
		return *theirs
	}
	return ""
}

// externalSchemaProp returns the path of the prop that sets a field of the external
// schema. It gets the field's path in the declaration.
func externalSchemaProp(path string) string {
	if rest, ok := strings.CutPrefix(path, "grants"); ok {
		return "SchemaGrants" + rest
	}
	if rest, ok := strings.CutPrefix(path, "kafka"); ok {
		return "Topic.Cluster" + rest
	}
	return "SchemaName"
}

// viewProblems returns the problems of Views.
func (p *Props) viewProblems() ddl.Problems {
	var problems ddl.Problems
	type name struct{ schema, view string }
	seen := map[name]int{}
	streaming := map[name]bool{} // the streaming views before this one
	for i, view := range p.Views {
		path := fmt.Sprintf("Views[%d]", i)
		if view.From == "" && view.Stream == (ddl.Stream{}) {
			view.Stream = ddl.Stream{Schema: someSchema, Name: someStream, Kafka: p.Topic != nil}
		}
		checked, found := view.Check()
		if problems = append(problems, found.Under(path)...); len(found) > 0 {
			continue
		}
		own := name{checked.Schema, checked.Name}
		if view.From != "" && !streaming[name{checked.Schema, checked.From}] {
			problems = append(problems, ddl.Problem{Path: path + ".from", Message: fmt.Sprintf("no streaming view %q is declared before this view, in the same schema; declare one", view.From)})
		}
		streaming[own] = view.From == ""
		if first, ok := seen[own]; ok {
			problems = append(problems, ddl.Problem{Path: path + ".name", Message: fmt.Sprintf("%q is also Views[%d]; rename one of them", view.Name, first)})
		} else {
			seen[own] = i
		}
	}
	return problems
}
