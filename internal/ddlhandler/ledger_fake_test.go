package ddlhandler_test

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// row is a row of a ledger. The keys are the names of its columns.
type row map[string]string

var (
	ledgerUser  = regexp.MustCompile(`tributary_ledger_(\d+)`)
	columnNames = regexp.MustCompile(`^SELECT (.*?) FROM`)
)

// onLedger runs a statement on a ledger. Only the ledger's owner may write to it. Other
// users may read it after a GRANT.
func (s session) onLedger(stmt dataapi.Statement) (rows [][]string, reason string) {
	p := stmt.Parameters
	verb := strings.Fields(stmt.SQL)[0]
	if strings.HasPrefix(stmt.SQL, "SELECT CAST(u.usesysid AS BIGINT)") {
		if s.unknownUser {
			return nil, ""
		}
		name := ""
		if s.ledgers[s.user] != nil && !s.foreignLedger {
			name = "tributary_ledger_" + s.user
		}
		return [][]string{{s.user, name}}, ""
	}
	user := ledgerUser.FindStringSubmatch(stmt.SQL)[1]
	switch {
	case verb == "GRANT" && user == s.user:
		s.shared[user] = true
		return nil, ""
	case strings.HasPrefix(stmt.SQL, "SELECT c.relname"):
		if s.ledgers[user] != nil && !s.foreignLedger {
			return [][]string{{"tributary_ledger_" + user}}, ""
		}
		return nil, ""
	case verb != "SELECT" && user != s.user:
		return nil, "ERROR: permission denied for relation tributary_ledger_" + user
	case verb == "CREATE" && s.ledgers[user] == nil:
		s.ledgers[user] = map[string][]*row{}
	case verb == "SELECT" && user != s.user && !s.shared[user]:
		return nil, "ERROR: permission denied for relation tributary_ledger_" + user
	case s.ledgers[user] == nil:
		return nil, `ERROR: relation "public.tributary_ledger_` + user + `" does not exist`
	}
	return onRows(s.ledgers[user], verb, stmt.SQL, p, s.staleSnapshot), ""
}

// onRows runs a statement on the rows of one ledger. If the snapshot is stale, an INSERT sees
// no rows.
func onRows(ledger map[string][]*row, verb, sql string, p map[string]string, staleSnapshot bool) (rows [][]string) {
	object := p["object"]
	owned := slices.ContainsFunc(ledger[object], func(e *row) bool { return (*e)["elected"] == (*e)["entered_by"] })
	switch verb {
	case "SELECT":
		sorted := slices.SortedFunc(slices.Values(ledger[object]), func(a, b *row) int { return strings.Compare((*a)["entered_by"], (*b)["entered_by"]) })
		for _, e := range sorted {
			var values []string
			for _, column := range strings.Split(columnNames.FindStringSubmatch(sql)[1], ", ") {
				values = append(values, (*e)[column])
			}
			rows = append(rows, values)
		}
	case "INSERT":
		if !owned || staleSnapshot {
			e := row{"entered_by": p["request"], "elected": "-", "running": "-"}
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
		ledger[object] = slices.DeleteFunc(ledger[object], func(e *row) bool {
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

// set sets the columns from a statement's parameters.
func (e row) set(p map[string]string) {
	for column, parameter := range map[string]string{
		"stack_id": "stack", "logical_id": "logical", "handed_from": "handed", "definition": "definition",
		"state": "state", "request": "request", "began": "began", "kept": "kept",
	} {
		e[column] = p[parameter]
	}
}
