package faults

import (
	"context"
	"fmt"
	"strings"
)

// check compares the database with the state that CloudFormation has recorded, and
// returns the differences.
func (sc *scenario) check(ctx context.Context) (findings, error) {
	var v findings
	for _, name := range sc.names {
		if err := sc.checkObject(ctx, name, &v); err != nil {
			return v, err
		}
	}
	if err := sc.checkOtherRoles(ctx, &v); err != nil {
		return v, err
	}
	kept, err := sc.checkRelations(ctx, &v)
	if err != nil {
		return v, err
	}
	return v, sc.checkRows(ctx, kept, &v)
}

// findings are the differences that a check found.
type findings struct {
	wrong []string // differences between the database and the recorded state
	lost  int      // number of records that are in no table
	left  []string // objects and ledger entries that should not exist
}

// add adds a difference to v.wrong.
func (v *findings) add(format string, args ...any) {
	v.wrong = append(v.wrong, fmt.Sprintf(format, args...))
}

// ok reports whether the check found no differences.
func (v findings) ok() bool { return len(v.wrong)+v.lost+len(v.left) == 0 }

// checkObject compares the object with the given name, and its entry in the ledger, with
// the recorded state.
func (sc *scenario) checkObject(ctx context.Context, name string, v *findings) error {
	want, wantEntry := "", ""
	if sc.resource.physicalID != "" && sc.resource.now.name == name {
		hash, err := sc.resource.now.hash(sc.current)
		if err != nil {
			return err
		}
		want = sc.resource.now.state()
		wantEntry = strings.Join([]string{stackARN(sc.resource.stack), sc.resource.logicalID, "live", hash}, " ")
	}
	got, err := sc.stateOf(ctx, name)
	if err != nil {
		return err
	}
	switch {
	case want == "" && got != "":
		v.left = append(v.left, sc.key(name))
	case got != want:
		v.add("%s\n      recorded: %s\n      exists:   %s", sc.key(name), want, got)
	}
	rows, err := sc.ledgerRows(ctx, name)
	if err != nil {
		return err
	}
	gotEntry := ""
	if len(rows) > 0 {
		gotEntry = strings.Join(rows[0], " ")
	}
	switch {
	case len(rows) > 1:
		v.add("the ledger has %d entries of %s", len(rows), name)
	case wantEntry == "" && gotEntry != "" && sc.resource.mayLeaveTombstone && rows[0][2] == "deleted":
		// The Delete left this row so that a delayed Create of the same resource does nothing.
	case wantEntry == "" && gotEntry != "":
		v.left = append(v.left, "the ledger entry "+gotEntry)
	case gotEntry != wantEntry:
		v.add("ledger entry of %s\n      want: %s\n      got:  %s", name, wantEntry, gotEntry)
	}
	return nil
}

// ledgerRows returns the rows of an object in the ledger: stack ID, logical ID, state and
// definition. It returns no rows if the ledger does not exist. The definition of a row
// that was not elected ends in ", not elected".
func (sc *scenario) ledgerRows(ctx context.Context, name string) ([][]string, error) {
	ledgers, err := sc.query(ctx, "SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relname LIKE 'tributary\\\\_ledger\\\\_%'")
	if err != nil || len(ledgers) == 0 {
		return nil, err
	}
	return sc.query(ctx, "SELECT stack_id, logical_id, state, definition || CASE WHEN elected = entered_by THEN '' ELSE ', not elected' END"+
		" FROM public."+ledgers[0][0]+" WHERE object = '"+sc.key(name)+"'")
}

// checkRelations searches for relations that should not exist, such as empty kept
// tables. It returns the names of the kept tables.
func (sc *scenario) checkRelations(ctx context.Context, v *findings) ([]string, error) {
	rows, err := sc.query(ctx, "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'm') AND c.relname LIKE '"+sc.base+"%'")
	if err != nil {
		return nil, err
	}
	var kept []string
	for _, row := range rows {
		switch name := row[0]; {
		case strings.Contains(name, "_until_"):
			some, err := sc.query(ctx, "SELECT 1 FROM public."+name+" LIMIT 1")
			if err != nil {
				return nil, err
			}
			if len(some) == 0 {
				v.left = append(v.left, "the empty table "+name)
			}
			kept = append(kept, name)
		case sc.byHand[name]:
		case name != sc.names[0] && name != sc.names[1]:
			v.left = append(v.left, "the relation "+name)
		}
	}
	return kept, nil
}

// checkRows checks that every record is in the view or in a kept table, and that no table
// contains a record twice.
func (sc *scenario) checkRows(ctx context.Context, kept []string, v *findings) error {
	if sc.objectKind != streamingView {
		return nil
	}
	found := map[string]bool{}
	relations := kept
	if sc.resource.physicalID != "" && len(v.wrong) == 0 {
		if err := sc.exec(ctx, "REFRESH MATERIALIZED VIEW public."+sc.resource.now.name); err != nil {
			return err
		}
		relations = append(relations, sc.resource.now.name)
	}
	for _, relation := range relations {
		rows, err := sc.query(ctx, "SELECT seq FROM public."+relation)
		if err != nil {
			return err
		}
		here := map[string]bool{}
		for _, row := range rows {
			if here[row[0]] {
				v.add("%s has the record %s twice", relation, row[0])
			}
			here[row[0]], found[row[0]] = true, true
		}
	}
	if sc.resource.physicalID == "" || len(v.wrong) > 0 {
		return nil
	}
	for _, number := range sc.put {
		if !found[number] {
			v.lost++
		}
	}
	return nil
}

// forgetLostRecords removes the records from sc.put that are neither in a kept table
// nor in the stream. They were lost when another user dropped the view, or when it was
// renamed, which is not an error of the function.
func (sc *scenario) forgetLostRecords(ctx context.Context) error {
	held, err := sc.stream.sequenceNumbers()
	if err != nil {
		return err
	}
	var v findings
	kept, err := sc.checkRelations(ctx, &v)
	if err != nil {
		return err
	}
	for _, table := range kept {
		rows, err := sc.query(ctx, "SELECT seq FROM public."+table)
		if err != nil {
			return err
		}
		for _, row := range rows {
			held[row[0]] = true
		}
	}
	var still []string
	for _, number := range sc.put {
		if held[number] {
			still = append(still, number)
		}
	}
	sc.put = still
	return nil
}
