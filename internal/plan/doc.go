// Package plan foretells what a deploy or a destroy of a synthesized stack does
// to the database: the SQL that Tributary's function will run, in CloudFormation's
// order, with what each statement does to rows. It compares two templates, the
// deployed one and the new one, and plans by package definition, as the function does.
//
// Only what Tributary's own resources are made of is evaluated. What is known at
// deploy only stands in the SQL as ${LogicalId.Attribute}. Other resources may be
// of any type and use whatever CloudFormation has: nothing is asked of them but
// their dependencies and, where one is renamed, its name.
//
// The plan knows templates, not the database: what somebody dropped or made by
// hand, and what an earlier stack left there, is met at deploy. The statements by
// which the function looks for such things, and keeps its ledger, are left out.
package plan
