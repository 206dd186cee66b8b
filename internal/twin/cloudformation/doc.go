// Package cloudformation is the local twin's CloudFormation: stacks made from
// templates through change sets, with the dependency order, the events, the
// replacements, the rollbacks and the custom-resource protocol of the real
// one, and its Query API over HTTP.
//
// It makes no resource itself. Whoever composes the twin gives it a [Type] for
// each resource type, with a [Provider] behind it; what a template asks for
// beyond these is refused by name before anything is made.
//
//	template body ──template.Parse──▶ Template ──Bind──▶ Bound ──plan──▶ change set ──deployment──▶ Providers
//
// A [Service] holds its stacks in memory. One lock guards them; Providers are
// called without it, for several resources at a time where none depends on the
// other.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/Welcome.html
package cloudformation
