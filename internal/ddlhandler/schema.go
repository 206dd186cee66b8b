package ddlhandler

import (
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// schema declares an external schema.
type schema struct{ ddl.SchemaDefinition }

func declareSchema(p properties) (declared, *ddl.ViewDefinition, error) {
	d, err := p.Schema.Define()
	if d.Object().Name == (ddl.Ident{}) {
		return nil, nil, err
	}
	return schema{d}, nil, err
}

func (s schema) String() string           { return s.Object().String() }
func (s schema) key() string              { return s.Object().Key() }
func (s schema) definition() string       { return definitionOf(s.Hash(), s.Fingerprint()) }
func (s schema) exists() ddl.Statement    { return s.Object().Exists() }
func (s schema) create() []ddl.Statement  { return ddl.CreateSchema(s.SchemaDefinition) }
func (s schema) drop() []ddl.Statement    { return ddl.DropSchema(s.SchemaDefinition) }
func (s schema) holders() []ddl.Statement { return nil }

func (s schema) alter(old declared) []ddl.Statement {
	return ddl.AlterSchema(s.of(old), s.SchemaDefinition)
}

func (s schema) assert(old declared) []ddl.Statement {
	return ddl.AssertSchema(s.of(old), s.SchemaDefinition)
}

func (s schema) replace(old declared, _ time.Time) ([]ddl.Statement, error) {
	return ddl.UpdateSchema(s.of(old), s.SchemaDefinition)
}

func (s schema) rollBack(old declared, now time.Time) ([]ddl.Statement, error) {
	return s.replace(old, now)
}

// of returns old's definition; the zero one if nothing is known of it.
func (schema) of(old declared) ddl.SchemaDefinition {
	known, _ := old.(schema)
	return known.SchemaDefinition
}

// viewSchema declares an ordinary schema, which holds views.
type viewSchema struct{ ddl.ViewSchemaDefinition }

func declareViewSchema(p properties) (declared, *ddl.ViewDefinition, error) {
	d, err := p.ViewSchema.Define()
	if d.Object().Name == (ddl.Ident{}) {
		return nil, nil, err
	}
	return viewSchema{d}, nil, err
}

func (s viewSchema) String() string          { return s.Object().String() }
func (s viewSchema) key() string             { return s.Object().Key() }
func (s viewSchema) definition() string      { return definitionOf(s.Hash(), s.Fingerprint()) }
func (s viewSchema) exists() ddl.Statement   { return s.Object().Exists() }
func (s viewSchema) create() []ddl.Statement { return ddl.CreateViewSchema(s.ViewSchemaDefinition) }
func (s viewSchema) drop() []ddl.Statement   { return ddl.DropViewSchema(s.ViewSchemaDefinition) }
func (s viewSchema) holders() []ddl.Statement {
	return []ddl.Statement{ddl.HeldBy(s.ViewSchemaDefinition)}
}

func (s viewSchema) alter(old declared) []ddl.Statement {
	return ddl.AlterViewSchema(s.of(old), s.ViewSchemaDefinition)
}

func (s viewSchema) assert(old declared) []ddl.Statement {
	return ddl.AssertViewSchema(s.of(old), s.ViewSchemaDefinition)
}

// replace is never more than alter: what can't be altered is the name.
func (s viewSchema) replace(old declared, _ time.Time) ([]ddl.Statement, error) {
	return s.alter(old), nil
}

func (s viewSchema) rollBack(old declared, _ time.Time) ([]ddl.Statement, error) {
	return s.assert(old), nil
}

// of returns old's definition; the zero one if nothing is known of it.
func (viewSchema) of(old declared) ddl.ViewSchemaDefinition {
	known, _ := old.(viewSchema)
	return known.ViewSchemaDefinition
}
