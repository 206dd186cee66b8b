// Package template reads CloudFormation templates and evaluates them: sections,
// intrinsic functions, parameters, conditions and rules. It makes nothing and
// does no I/O: what it must know of the world comes in through [Environment]
// and [Lookup].
//
// [Parse] turns a JSON body into a [Template] or refuses it with everything
// that is wrong with it. [Template.Bind] gives it parameter values and yields a
// [Bound], from which the engine asks for each resource's properties once the
// resources that they refer to exist.
//
// [ParseLenient] and [Template.BindKnown] do the same ahead of a deployment, when not all
// is known: what isn't becomes a text such as ${LogicalId.Attribute}.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
package template
