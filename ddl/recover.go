package ddl

import "time"

// Fingerprint identifies all that the definition says of the database, grants
// and attributes too: what QueryHash leaves out. It does not change from release
// to release.
func (d *ViewDefinition) Fingerprint() string {
	return hash(d.QueryHash(), d.distStyle, d.distKey.name, names(d.sortKey), d.manualRefresh, d.grants)
}

// Fingerprint identifies all that the definition says of the database, grants
// too.
func (d SchemaDefinition) Fingerprint() string {
	if d.kafka != (Kafka{}) {
		return hash(d.Hash(), d.grants, d.roleARN, d.kafka)
	}
	return hash(d.Hash(), d.grants)
}

// Fingerprint identifies all that the definition says of the database, grants
// too.
func (d ViewSchemaDefinition) Fingerprint() string { return hash(d.Hash(), d.grants) }

func names(ids []Ident) []string {
	var list []string
	for _, id := range ids {
		list = append(list, id.name)
	}
	return list
}

// Unread returns the definition of a view of d's name and kind of which nothing
// else is known: what stands in for one that this version can't read.
func (d *ViewDefinition) Unread() *ViewDefinition {
	return &ViewDefinition{schema: d.schema, name: d.name, from: d.from, onReplace: KeepRows}
}

// AssertView returns the statements that make sure of everything but the query
// of a view whose attributes are partly old's and partly new's: an update of it
// never came to its end.
func AssertView(old, new *ViewDefinition) []Statement {
	with := *old
	with.manualRefresh = new.manualRefresh
	plan := AlterView(&with, new)
	plan = plan[:len(plan)-len(new.changeGrants(old.grants))]
	if !new.plain() {
		plan = append(plan, new.refresh(), new.autoRefresh(StepAutoRefresh, !new.manualRefresh))
	}
	return append(plan, assertGrants("SELECT", new.Object().sql(), old.grants, new.grants)...)
}

// AlterSchema returns the statements that change everything that can be changed:
// of a schema that reads Kinesis, its grants.
func AlterSchema(old, new SchemaDefinition) []Statement {
	return append(new.alter(old), changeGrants("USAGE", "SCHEMA "+new.name.String(), old.grants, new.grants)...)
}

// AssertSchema returns the statements that make sure of everything that can be
// changed in a schema that is partly old's and partly new's.
func AssertSchema(old, new SchemaDefinition) []Statement {
	return append(new.alter(SchemaDefinition{}), assertGrants("USAGE", "SCHEMA "+new.name.String(), old.grants, new.grants)...)
}

// assertGrants revokes what only old has, and grants all that new has. An update that
// never came to its end may not have made the users whom IAM vouches for, and nothing can
// be revoked from a user who isn't there.
func assertGrants(privilege, object string, old, new []grantee) []Statement {
	var plan []Statement
	if gone := except(old, new); len(gone) > 0 {
		plan = append(makeUsers(StepUser+"-gone", gone), revoke(privilege, object, gone))
	}
	return append(plan, changeGrants(privilege, object, nil, new)...)
}

// RollBackView returns the statements that put the view new back into the place
// of old, whose making failed. A policy that refuses changes keeps the rows
// here: what is undone is a change already.
func RollBackView(old, new *ViewDefinition, now time.Time) []Statement {
	back := *new
	if back.onReplace == RefuseChange {
		back.onReplace = KeepRows
	}
	return replaceView(old, &back, now)
}

// DropProof returns the statement that removes what an interrupted update of
// the view left of trying out its new definition.
func (d *ViewDefinition) DropProof() Statement {
	return Statement{Step: StepForgetProof, SQL: d.drop(d.proof())}
}

// Kept names the table of [ViewDefinition.KeptTable] for a look whether it
// exists.
func (d *ViewDefinition) Kept(now time.Time) Object {
	return Object{Kind: ViewObject, Schema: d.schema, Name: d.KeptTable(now)}
}

// SomeKept returns the query that has a row if the kept table of now has one.
func (d *ViewDefinition) SomeKept(now time.Time) Statement {
	return Statement{Step: StepSomeKept, SQL: "SELECT 1 FROM " + d.Kept(now).sql() + " LIMIT 1"}
}

// DropKept returns the statement that removes the kept table of now.
func (d *ViewDefinition) DropKept(now time.Time) Statement {
	return Statement{Step: StepForgetRows, SQL: "DROP TABLE IF EXISTS " + d.Kept(now).sql()}
}

// StepSomeKept looks whether an interrupted update has kept any rows.
const StepSomeKept Step = "some-kept"
