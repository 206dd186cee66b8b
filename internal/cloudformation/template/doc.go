// Package template parses and evaluates CloudFormation templates: their sections,
// intrinsic functions, parameters, conditions and rules. It creates no resources and does
// no I/O. Its callers pass values from outside of the template with [Environment] and
// [Lookup].
//
// [Parse] returns a [Template] for a JSON body, or an error with all problems of the body.
// [Template.Bind] sets the values of the parameters and returns a [Bound]. [Bound.Properties]
// evaluates the properties of a resource, after the resources that it refers to exist.
//
// [ParseLenient] and [Template.BindKnown] evaluate a template before its deployment, when
// some values are unknown. An unknown value becomes a string such as
// ${LogicalId.Attribute}.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
package template
