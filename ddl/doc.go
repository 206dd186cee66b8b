// Package ddl is Tributary's model of the Redshift objects that make a Kinesis
// stream queryable, an external schema and the streaming views that read it,
// and of the SQL that creates, changes and drops them.
//
// A [Schema] or [View] is a declaration: plain strings, as people write them
// in Go, in cdk.json and as a template carries them. Define checks one, reports
// every problem at once, applies the defaults, and returns a [SchemaDefinition]
// or [ViewDefinition]: the only thing SQL is made from. So the constructs
// refuse at synth what the Lambda would refuse at deploy, by the same code.
//
// The package does no I/O and imports the standard library only.
package ddl
