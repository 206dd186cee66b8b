// Package iam emulates AWS Identity and Access Management for the local twin. [Store]
// keeps the roles and their policies, and can delay the effect of changes. [Role.Allows]
// evaluates a role's policies for one call, and [Role.Trusts] evaluates its trust policy.
// [CheckPolicy] and [CheckTrust] return the faults of a policy document, and the elements
// that the twin can't evaluate.
//
// The package has no HTTP API. CloudFormation creates the roles and policies.
package iam
