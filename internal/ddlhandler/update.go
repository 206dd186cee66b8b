package ddlhandler

import (
	"context"
	"errors"
	"fmt"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// update leads the object from its old definition to the new one. An object
// with another physical id is a new one: CloudFormation deletes the old one
// once the whole stack is updated.
func (r *run) update(ctx context.Context, old resource) error {
	if old.physicalID() != r.want.physicalID() {
		return r.create(ctx)
	}
	if r.want.view == nil {
		return r.updateSchema(ctx, old)
	}
	mine, err := r.ledger.read(ctx, "before", r.want.object)
	switch {
	case err != nil:
		return err
	case mine == nil:
		return r.create(ctx) // the ledger lost it, or it was dropped with its database
	case mine.owner != r.owner:
		return fmt.Errorf("%s belongs to %s of the stack %s; give this one another name", r.want.object, mine.owner.logicalID, mine.owner.stackID)
	}
	return r.updateView(ctx, old.view, mine)
}

// updateSchema changes who may use the schema, or refuses what Redshift cannot
// do.
func (r *run) updateSchema(ctx context.Context, old resource) error {
	plan, err := ddl.UpdateSchema(old.schema, r.want.schema)
	if err != nil {
		return err
	}
	return r.runAll(ctx, plan)
}

func (r *run) updateView(ctx context.Context, old *ddl.ViewDefinition, mine *entry) error {
	plan, err := ddl.UpdateView(old, r.want.view, r.began)
	if mine.state != live && mine.definition == r.want.definition() {
		// The last update failed before it replaced the view, and this is its
		// rollback: what is there has the query already.
		plan, err = ddl.AlterView(old, r.want.view), nil
	}
	if err != nil {
		return err
	}
	if len(plan) == 0 {
		return r.settleEntry(ctx, mine)
	}
	begun := *mine
	begun.state, begun.handedFrom = updating, nobody
	if err := r.ledger.write(ctx, "updating", r.want.object, begun); err != nil {
		return err
	}
	var ran []ddl.Statement
	for _, s := range plan {
		did, err := r.perform(ctx, s)
		if ran = append(ran, did...); err != nil {
			return r.restore(ctx, old, ran, err)
		}
		if s.Step == ddl.StepCreate {
			begun.definition = r.want.definition()
			if err := r.ledger.write(ctx, "replaced", r.want.object, begun); err != nil {
				return err
			}
		}
	}
	return r.ledger.write(ctx, "live", r.want.object, entry{r.owner, nobody, r.want.definition(), live, r.id})
}

// settleEntry closes the entry of an update that has nothing to do.
func (r *run) settleEntry(ctx context.Context, mine *entry) error {
	if mine.state == live && mine.handedFrom == nobody {
		return nil
	}
	return r.ledger.write(ctx, "live", r.want.object, entry{r.owner, nobody, mine.definition, live, r.id})
}

// restore undoes what a failed update left, and returns cause with what came of
// that.
func (r *run) restore(ctx context.Context, old *ddl.ViewDefinition, ran []ddl.Statement, cause error) error {
	var interrupted *dataapi.StatementError
	if !errors.As(cause, &interrupted) {
		return cause // unanswered or refused: a repeated request goes on from here
	}
	for _, s := range ddl.RestoreView(old, r.began, ran) {
		if _, err := r.warehouse.Run(ctx, s, 0); err != nil {
			return fmt.Errorf("%w; and the old view could not be restored: %w", cause, err)
		}
	}
	return cause
}
