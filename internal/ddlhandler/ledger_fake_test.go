package ddlhandler_test

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// entry is a row of a ledger, by the names of its columns.
type entry map[string]string

var (
	ledgerUser  = regexp.MustCompile(`tributary_ledger_(\d+)`)
	columnNames = regexp.MustCompile(`^SELECT (.*?) FROM`)
)

// onLedger runs a statement on a ledger, which is its owner's to write and everybody's
// to read.
func (s session) onLedger(stmt dataapi.Statement) (rows [][]string, reason string) {
	p := stmt.Parameters
	verb := strings.Fields(stmt.SQL)[0]
	if stmt.Name == "ledger-find" || stmt.Name == "ledger-found" {
		name := ""
		if s.ledgers[s.user] != nil && !s.squatted {
			name = "tributary_ledger_" + s.user
		}
		return [][]string{{s.user, name}}, ""
	}
	user := ledgerUser.FindStringSubmatch(stmt.SQL)[1]
	switch {
	case stmt.Name == "ledger-others":
		if s.ledgers[user] != nil {
			return [][]string{{"tributary_ledger_" + user}}, ""
		}
		return nil, ""
	case verb != "SELECT" && user != s.user:
		return nil, "ERROR: permission denied for relation tributary_ledger_" + user
	case verb == "CREATE" && s.ledgers[user] == nil:
		s.ledgers[user] = map[string][]*entry{}
	case s.ledgers[user] == nil:
		return nil, `ERROR: relation "public.tributary_ledger_` + user + `" does not exist`
	}
	return onRows(s.ledgers[user], verb, stmt.SQL, p, s.blind), ""
}

// onRows runs a statement on the rows of one ledger; an INSERT that is blind sees none
// of the rows that are there.
func onRows(ledger map[string][]*entry, verb, sql string, p map[string]string, blind bool) (rows [][]string) {
	object := p["object"]
	owned := slices.ContainsFunc(ledger[object], func(e *entry) bool { return (*e)["elected"] == (*e)["entered_by"] })
	switch verb {
	case "SELECT":
		sorted := slices.SortedFunc(slices.Values(ledger[object]), func(a, b *entry) int { return strings.Compare((*a)["entered_by"], (*b)["entered_by"]) })
		for _, e := range sorted {
			var row []string
			for _, column := range strings.Split(columnNames.FindStringSubmatch(sql)[1], ", ") {
				row = append(row, (*e)[column])
			}
			rows = append(rows, row)
		}
	case "INSERT":
		if !owned || blind {
			e := entry{"entered_by": p["request"], "elected": "-", "running": "-"}
			e.set(p)
			ledger[object] = append(ledger[object], &e)
		}
	case "UPDATE":
		for _, e := range ledger[object] {
			switch elected := (*e)["elected"] == (*e)["entered_by"]; {
			case strings.Contains(sql, "SET elected"):
				if !owned {
					(*e)["elected"] = p["request"]
				}
			case elected && strings.Contains(sql, "SET running"):
				if (*e)["request"] == p["request"] {
					(*e)["running"] = p["running"]
				}
			case elected && (*e)["stack_id"] == p["stack"] && (*e)["request"] == cmp.Or(p["before"], p["request"]):
				e.set(p)
			}
		}
	case "DELETE":
		ledger[object] = slices.DeleteFunc(ledger[object], func(e *entry) bool {
			if strings.Contains(sql, "elected <> entered_by") {
				return (*e)["elected"] != (*e)["entered_by"] && (*e)["stack_id"] == p["stack"] && (*e)["logical_id"] == p["logical"]
			}
			return (*e)["request"] == p["by"]
		})
		if len(ledger[object]) == 0 {
			delete(ledger, object)
		}
	}
	return rows
}

// set sets the columns that a request's statements carry.
func (e entry) set(p map[string]string) {
	for column, parameter := range map[string]string{
		"stack_id": "stack", "logical_id": "logical", "handed_from": "handed", "definition": "definition",
		"state": "state", "request": "request", "began": "began", "kept": "kept",
	} {
		e[column] = p[parameter]
	}
}
