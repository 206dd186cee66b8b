// Package iam is the local twin's AWS Identity and Access Management: the roles that
// exist, with their policies, and what these allow. [Store] keeps them and has changes
// take effect late, if it is told to. [Role.Allows] evaluates a role's policies for one
// call, and [Role.Trusts] its trust policy. [CheckPolicy] and [CheckTrust] say what is
// wrong with a document, and what in it the twin can't evaluate.
//
// It has no API: CloudFormation makes roles and policies.
package iam
