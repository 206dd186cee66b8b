// Package definition turns what custom resources declare into checked definitions, and
// plans the steps that make, change and remove what they define. It does no I/O: equal
// input gives equal plans. The function runs the plans, and tributary plan prints them.
package definition

import (
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// Definition is what one custom resource defines: a database object, or something in the
// warehouse that an AWS API makes. It does not change once made. Where a method takes an
// older definition, that is one of the same kind and object, or nil if nothing is known of
// it.
type Definition interface {
	// Object names what is defined.
	Object() Object
	// String describes it to people.
	String() string
	// Hash identifies the definition: see [Alterable]. It does not change from release to
	// release.
	Hash() string
	// InLedger reports whether the ledger says whose the object is. What is the stack's
	// own, as its warehouse is, has no entry.
	InLedger() bool
	// Shared reports whether others may need the object too. One that somebody else made
	// is left alone then, and is no failure.
	Shared() bool
	// Needs names the object that has to be there first; the zero Object if none has.
	Needs() Object

	// Exists looks for the object. A statement has a row if it is there: its name, and the
	// id of the database user who owns it.
	Exists() Step
	// Create makes the object.
	Create() []Step
	// Alter leads from old, which differs in no more than can be altered.
	Alter(old Definition) []Step
	// Assert makes sure of all that can be altered, of which it is not known how far it is
	// there.
	Assert(old Definition) []Step
	// Replace leads from old by the least change that is enough, or returns why that is
	// refused. now is when the change begins; it names the table that keeps old's rows.
	Replace(old Definition, now time.Time) ([]Step, error)
	// RollBack is Replace where it undoes an earlier update.
	RollBack(old Definition, now time.Time) ([]Step, error)
	// Restore undoes what a plan of Replace away from this definition left when it failed.
	// ran are those of its steps that finished.
	Restore(ran []Step) []Step
	// Drop removes the object. It takes along nothing that depends on it, and succeeds if
	// the object is gone.
	Drop() []Step
	// Dependents are the queries whose rows name what would keep the object from being
	// dropped: a schema and a name each.
	Dependents() []Step

	// Tidy removes what an interrupted update left beside the object.
	Tidy() []Step
	// KeptTable is the table that keeps the rows of before an update which began at now; nil if
	// the object holds no rows.
	KeptTable(now time.Time) *KeptTable
}

// unreplaced has the defaults of methods that objects need which are replaced, hold rows,
// or have something that depends on them.
type unreplaced struct{}

func (unreplaced) Restore([]Step) []Step          { return nil }
func (unreplaced) Tidy() []Step                   { return nil }
func (unreplaced) KeptTable(time.Time) *KeptTable { return nil }
func (unreplaced) Dependents() []Step             { return nil }
func (unreplaced) Needs() Object                  { return Object{} }

// inDatabase has the methods of definitions of database objects.
type inDatabase struct{}

func (inDatabase) InLedger() bool { return true }
func (inDatabase) Shared() bool   { return false }

// ident returns a name that was checked; the zero Ident for one that can't be read.
func ident(checked string) ddl.Ident {
	id, _ := ddl.ParseIdent(checked)
	return id
}
