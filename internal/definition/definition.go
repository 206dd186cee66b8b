// Package definition turns the declarations of custom resources into checked definitions,
// and plans the steps that create, change and remove the defined objects. It does no I/O,
// and equal input gives equal plans. The Lambda function runs the plans, and tributary
// plan prints them.
package definition

import (
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// Definition is a checked declaration of one custom resource. It defines a database
// object, or something in the warehouse that an AWS API creates. A Definition is
// immutable. Methods that take an older definition expect one of the same kind and
// object; nil means that the older definition is not known.
type Definition interface {
	// Object returns the name of the defined object.
	Object() Object
	// String returns a description of the object for people.
	String() string
	// Hash returns a hash of the definition, whose first half covers only what can't be
	// altered: see [Alterable]. It must stay the same in all releases, because ledgers
	// store it.
	Hash() string
	// InLedger reports whether the ledger records who owns the object. It is false for an
	// object whose warehouse always belongs to the same stack.
	InLedger() bool
	// Shared reports whether other stacks or people may need the object too. If somebody
	// else has already created a shared object, it is left alone, and the request
	// succeeds.
	Shared() bool
	// Needs returns the name of the object that must exist first, or the zero Object.
	Needs() Object

	// Exists checks whether the object exists. If the step is a statement, its result has
	// one row if the object exists: the object's name, and the id of the database user
	// who owns it.
	Exists() Step
	// Create creates the object.
	Create() []Step
	// Alter changes the object from old to this definition. [Alterable] must be true for
	// the hashes of the two.
	Alter(old Definition) []Step
	// Assert applies all alterable attributes and grants, whatever their current state
	// is. It is for an object that an interrupted request may have changed in part.
	Assert(old Definition) []Step
	// Replace changes the object from old to this definition with as little change as
	// possible. It returns an error if the change is not allowed. now is the time at
	// which the change begins, and becomes part of the name of the table that keeps the
	// rows of old.
	Replace(old Definition, now time.Time) ([]Step, error)
	// RollBack is like Replace, for a change that undoes an earlier update.
	RollBack(old Definition, now time.Time) ([]Step, error)
	// Restore undoes the effects of a failed plan that was to replace this definition by
	// another. ran are the steps of that plan that finished.
	Restore(ran []Step) []Step
	// Drop removes the object, but nothing that depends on it. It succeeds if the object
	// does not exist.
	Drop() []Step
	// Dependents returns queries for the objects that would prevent the object from being
	// dropped. Each row has a schema and a name.
	Dependents() []Step

	// Tidy removes the temporary objects that an interrupted update may have left.
	Tidy() []Step
	// KeptTable returns the table that keeps the old rows in an update that began at now.
	// It returns nil if the object contains no rows.
	KeptTable(now time.Time) *KeptTable
}

// neverReplaced implements some methods of Definition for objects that contain no rows,
// need no other object, and are never dropped and created again.
type neverReplaced struct{}

func (neverReplaced) Restore([]Step) []Step          { return nil }
func (neverReplaced) Tidy() []Step                   { return nil }
func (neverReplaced) KeptTable(time.Time) *KeptTable { return nil }
func (neverReplaced) Dependents() []Step             { return nil }
func (neverReplaced) Needs() Object                  { return Object{} }

// inDatabase implements some methods of Definition for database objects.
type inDatabase struct{}

func (inDatabase) InLedger() bool { return true }
func (inDatabase) Shared() bool   { return false }

// ident returns a checked name as an Ident. It returns the zero Ident for an invalid
// name.
func ident(checked string) ddl.Ident {
	id, _ := ddl.ParseIdent(checked)
	return id
}
