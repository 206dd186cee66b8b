package ingestion

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"

	"github.com/tributary-cdk/tributary/ddl"
)

// Values that stand for those known only at deployment, while the rest is
// checked; the function checks all of it again.
const (
	someSchema  = "schema"
	someStream  = "stream"
	someRoleARN = "arn:aws:iam::000000000000:role/role"
)

// problems returns everything that is wrong with the props, by path.
func (p *Props) problems(stack awscdk.Stack) ddl.Problems {
	var problems ddl.Problems
	if p.Warehouse == nil {
		problems = append(problems, ddl.Problem{Path: "Warehouse", Message: "required; pass one of package warehouse"})
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

// sourceProblems returns what is wrong with what the views read.
func (p *Props) sourceProblems(stack awscdk.Stack) ddl.Problems {
	switch {
	case p.Stream == nil && p.Topic == nil:
		return ddl.Problems{{Path: "Stream", Message: "required; pass a new or an imported awskinesis stream, or a Topic"}}
	case p.Stream != nil && p.Topic != nil:
		return ddl.Problems{{Path: "Topic", Message: "there is a Stream, too; remove one of them"}}
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
		problems = append(problems, ddl.Problem{Path: "StreamRole", Message: fmt.Sprintf("required, since the stream is the account %s's and the stack %s's; "+
			"pass a role of the stream's account that may read the stream and that trusts Ingestion.Role", *theirs, *ours)})
	}
	return problems
}

// isolated is a warehouse that knows how far its network reaches. One that doesn't is
// taken to reach everything.
type isolated interface {
	// Isolated reports whether it reaches nothing but Kinesis of its own region, and S3.
	Isolated() bool
}

// reachProblems returns what of the source the warehouse's network doesn't reach. An
// interface endpoint serves its own region, and the brokers are elsewhere.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/enhanced-vpc-routing.html
func (p *Props) reachProblems(stack awscdk.Stack) ddl.Problems {
	if w, ok := p.Warehouse.(isolated); !ok || !w.Isolated() {
		return nil
	}
	if p.Topic != nil {
		return ddl.Problems{{Path: "Topic", Message: "the warehouse is in a new VPC, which reaches no brokers; " +
			"give it a Network in the brokers' VPC, or in one that reaches them (NetworkProps.VPC)"}}
	}
	if p.Stream == nil {
		return nil
	}
	if region := otherRegion(stack, p.Stream); region != "" {
		return ddl.Problems{{Path: "Stream", Message: fmt.Sprintf("is in %s, and the warehouse is in a new VPC, which reaches Kinesis of %s only; "+
			"give it a Network in a VPC that has a way out, such as a NAT (NetworkProps.VPC)", region, *stack.Region())}}
	}
	return nil
}

func (p *Props) topicProblems() ddl.Problems {
	var problems ddl.Problems
	_, found := (ddl.Stream{Schema: someSchema, Name: p.Topic.Name, Kafka: true}).Check()
	for _, problem := range found {
		problems = append(problems, ddl.Problem{Path: "Topic.Name", Message: problem.Message})
	}
	if p.StreamRole != nil {
		problems = append(problems, ddl.Problem{Path: "StreamRole", Message: "is for a Stream; leave it out"})
	}
	if c := p.Topic.Cluster; c.Authentication == ddl.KafkaIAM && c.ClusterARN == "" && p.Role == nil {
		problems = append(problems, ddl.Problem{Path: "Role", Message: "required for iam by uri, since brokers don't tell whose the topic is; pass a role that may read it, or write clusterArn instead of uri"})
	}
	return problems
}

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
			problems = append(problems, ddl.Problem{Path: path + ".name", Message: fmt.Sprintf("%q is the external schema, which holds no views; rename one", schema.Name)})
		}
		if first, ok := seen[checked.Name]; ok {
			problems = append(problems, ddl.Problem{Path: path + ".name", Message: fmt.Sprintf("%q is also ViewSchemas[%d]; leave one out", schema.Name, first)})
		} else {
			seen[checked.Name] = i
		}
	}
	return problems
}

// known reports whether a value is known at synthesis.
func known(value *string) bool { return value != nil && !*awscdk.Token_IsUnresolved(value) }

// otherRegion returns the stream's region if it is known to be another one than the
// stack's, or "".
func otherRegion(stack awscdk.Stack, stream awskinesis.IStream) string {
	theirs, ours := stream.Env().Region, stack.Region()
	if known(theirs) && known(ours) && *theirs != *ours {
		return *theirs
	}
	return ""
}

// externalSchemaProp returns the prop that a field of the external schema comes from.
func externalSchemaProp(path string) string {
	if rest, ok := strings.CutPrefix(path, "grants"); ok {
		return "SchemaGrants" + rest
	}
	if rest, ok := strings.CutPrefix(path, "kafka"); ok {
		return "Topic.Cluster" + rest
	}
	return "SchemaName"
}

func (p *Props) viewProblems() ddl.Problems {
	var problems ddl.Problems
	type name struct{ schema, view string }
	seen := map[name]int{}
	made := map[name]bool{} // the streaming views so far
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
		if view.From != "" && !made[name{checked.Schema, checked.From}] {
			problems = append(problems, ddl.Problem{Path: path + ".from", Message: fmt.Sprintf("%q is none of the streaming views before this one; declare it before, in the same schema", view.From)})
		}
		made[own] = view.From == ""
		if first, ok := seen[own]; ok {
			problems = append(problems, ddl.Problem{Path: path + ".name", Message: fmt.Sprintf("%q is also Views[%d]; rename one", view.Name, first)})
		} else {
			seen[own] = i
		}
	}
	return problems
}
