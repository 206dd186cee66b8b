// Package plan predicts what a deploy or a destroy of a synthesized stack does to the
// database: the SQL that Tributary's function will run, in CloudFormation's order, and
// what each statement does to rows. It compares the deployed template with the new one,
// and uses package definition to plan, as the function does.
//
// It evaluates only what the properties of Tributary's own resources refer to. Values
// that are known only during the deploy appear in the SQL as ${LogicalId.Attribute}.
// Other resources may have any type and use all features of CloudFormation: only their
// dependencies matter, and their names if they are renamed.
//
// A plan is made from templates, without access to the database. Somebody may have
// dropped or created objects by hand, and an earlier stack may have left objects. The
// function finds that out during the deploy. The statements by which it does so, and
// those for its ledger, are not part of the plan.
package plan
