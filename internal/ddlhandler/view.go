package ddlhandler

import (
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// view declares a streaming view or a plain one.
type view struct{ *ddl.ViewDefinition }

func declareView(p properties) (declared, *ddl.ViewDefinition, error) {
	d, err := p.View.Define()
	if d.Object().Name == (ddl.Ident{}) {
		return nil, d, err
	}
	return view{d}, d, err
}

func (v view) String() string           { return v.Object().String() }
func (v view) key() string              { return v.Object().Key() }
func (v view) definition() string       { return definitionOf(v.QueryHash(), v.Fingerprint()) }
func (v view) exists() ddl.Statement    { return v.Object().Exists() }
func (v view) create() []ddl.Statement  { return ddl.CreateView(v.ViewDefinition) }
func (v view) drop() []ddl.Statement    { return ddl.DropView(v.ViewDefinition) }
func (v view) holders() []ddl.Statement { return ddl.DependentsOf(v.ViewDefinition) }

func (v view) alter(old declared) []ddl.Statement {
	return ddl.AlterView(v.of(old), v.ViewDefinition)
}

func (v view) assert(old declared) []ddl.Statement {
	return ddl.AssertView(v.of(old), v.ViewDefinition)
}

func (v view) replace(old declared, now time.Time) ([]ddl.Statement, error) {
	return ddl.UpdateView(v.of(old), v.ViewDefinition, now)
}

func (v view) rollBack(old declared, now time.Time) ([]ddl.Statement, error) {
	return ddl.RollBackView(v.of(old), v.ViewDefinition, now), nil
}

// of returns old's definition, or what stands for one that nothing is known of.
func (v view) of(old declared) *ddl.ViewDefinition {
	if known, ok := old.(view); ok {
		return known.ViewDefinition
	}
	return v.Unread()
}
