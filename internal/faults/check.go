package faults

import (
	"context"
	"fmt"
	"strings"
)

// check holds what CloudFormation believes against the database, and returns
// the differences: what is wrong, rows that are lost, and what is left behind.
func (l *life) check(ctx context.Context) (verdict, error) {
	var v verdict
	for _, name := range l.names {
		if err := l.checkView(ctx, name, &v); err != nil {
			return v, err
		}
	}
	if err := l.checkOthers(ctx, &v); err != nil {
		return v, err
	}
	kept, err := l.checkRelations(ctx, &v)
	if err != nil {
		return v, err
	}
	return v, l.checkRows(ctx, kept, &v)
}

// verdict is the outcome of a check.
type verdict struct {
	wrong []string
	lost  int
	left  []string
}

func (v *verdict) add(format string, args ...any) {
	v.wrong = append(v.wrong, fmt.Sprintf(format, args...))
}

func (v verdict) good() bool { return len(v.wrong)+v.lost+len(v.left) == 0 }

// checkView compares one view and its entry in the ledger.
func (l *life) checkView(ctx context.Context, name string, v *verdict) error {
	want, entry := "", ""
	if l.view.physicalID != "" && l.view.now.name == name {
		hash, err := l.view.now.hash(l.here)
		if err != nil {
			return err
		}
		want = l.view.now.state()
		entry = strings.Join([]string{stackARN(l.view.stack), l.view.logicalID, "live", hash}, " ")
	}
	got, err := l.stateOf(ctx, name)
	if err != nil {
		return err
	}
	switch {
	case want == "" && got != "":
		v.left = append(v.left, l.key(name))
	case got != want:
		v.add("%s\n      believed: %s\n      there:    %s", l.key(name), want, got)
	}
	rows, err := l.entries(ctx, name)
	if err != nil {
		return err
	}
	held := ""
	if len(rows) > 0 {
		held = strings.Join(rows[0], " ")
	}
	switch {
	case len(rows) > 1:
		v.add("the ledger has %d entries of %s", len(rows), name)
	case entry == "" && held != "" && l.view.invented && rows[0][2] == "deleted":
		// It waits for the Create that the Delete overtook.
	case entry == "" && held != "":
		v.left = append(v.left, "the ledger's entry "+held)
	case held != entry:
		v.add("ledger's entry of %s\n      want: %s\n      got:  %s", name, entry, held)
	}
	return nil
}

// entries returns the ledger's rows of an object; none if there is no ledger. A row
// that was not elected says so.
func (l *life) entries(ctx context.Context, name string) ([][]string, error) {
	ledgers, err := l.query(ctx, "SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relname LIKE 'tributary\\\\_ledger\\\\_%'")
	if err != nil || len(ledgers) == 0 {
		return nil, err
	}
	return l.query(ctx, "SELECT stack_id, logical_id, state, definition || CASE WHEN elected = entered_by THEN '' ELSE ', not elected' END"+
		" FROM public."+ledgers[0][0]+" WHERE object = '"+l.key(name)+"'")
}

// checkRelations looks for what is beside the view, and returns the kept tables.
func (l *life) checkRelations(ctx context.Context, v *verdict) ([]string, error) {
	rows, err := l.query(ctx, "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'm') AND c.relname LIKE '"+l.base+"%'")
	if err != nil {
		return nil, err
	}
	var kept []string
	for _, row := range rows {
		switch name := row[0]; {
		case strings.Contains(name, "_until_"):
			some, err := l.query(ctx, "SELECT 1 FROM public."+name+" LIMIT 1")
			if err != nil {
				return nil, err
			}
			if len(some) == 0 {
				v.left = append(v.left, "the empty table "+name)
			}
			kept = append(kept, name)
		case l.byHand[name]:
		case name != l.names[0] && name != l.names[1]:
			v.left = append(v.left, "the relation "+name)
		}
	}
	return kept, nil
}

// checkRows looks for every record in the view and its kept tables.
func (l *life) checkRows(ctx context.Context, kept []string, v *verdict) error {
	if l.what != streamingView {
		return nil
	}
	found := map[string]bool{}
	relations := kept
	if l.view.physicalID != "" && len(v.wrong) == 0 {
		if err := l.exec(ctx, "REFRESH MATERIALIZED VIEW public."+l.view.now.name); err != nil {
			return err
		}
		relations = append(relations, l.view.now.name)
	}
	for _, relation := range relations {
		rows, err := l.query(ctx, "SELECT seq FROM public."+relation)
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
	if l.view.physicalID == "" || len(v.wrong) > 0 {
		return nil
	}
	for _, number := range l.put {
		if !found[number] {
			v.lost++
		}
	}
	return nil
}

// giveUp takes as lost what is in no kept table and not in the stream: somebody
// has dropped the view by hand.
func (l *life) giveUp(ctx context.Context) error {
	held, err := l.stream.holds()
	if err != nil {
		return err
	}
	var v verdict
	kept, err := l.checkRelations(ctx, &v)
	if err != nil {
		return err
	}
	for _, table := range kept {
		rows, err := l.query(ctx, "SELECT seq FROM public."+table)
		if err != nil {
			return err
		}
		for _, row := range rows {
			held[row[0]] = true
		}
	}
	var still []string
	for _, number := range l.put {
		if held[number] {
			still = append(still, number)
		}
	}
	l.put = still
	return nil
}
