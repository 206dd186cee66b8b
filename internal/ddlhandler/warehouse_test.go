package ddlhandler_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// database is a warehouse's state: what is in it, and the statements it has
// seen by client token, which it never runs twice.
type database struct {
	relations  map[string]string   // by name: the SQL that made it
	ledger     map[string][]string // by object: stack, logical id, handed from, definition, state, request, began, kept
	hasLedger  bool
	ran        []string        // steps and the first words of SQL, in order
	failOn     string          // a statement that holds this fails
	failWith   string          // the warehouse's reason then
	failTimes  int             // how often
	hangOn     string          // a statement that holds this never ends
	gone       bool            // there is no warehouse
	dependents [][]string      // of every view
	onFresh    func()          // called at each fresh look at the ledger
	roles      map[string]bool // by ARN: those that are attached
	onAttach   func()          // called once, before a role is attached
	attachErr  error           // of attaching
	seen       map[string]result
	accepted   map[string]time.Time // by request
}

type result struct {
	rows [][]string
	err  error
}

func newDatabase() *database {
	return &database{roles: map[string]bool{}, relations: map[string]string{}, ledger: map[string][]string{}, seen: map[string]result{}, accepted: map[string]time.Time{}, failTimes: 1 << 30}
}

// session is one request's warehouse.
type session struct {
	*database
	request string
}

var _ ddlhandler.Warehouse = session{}

func (s session) Run(ctx context.Context, stmt ddl.Statement, attempt int) (dataapi.Outcome, error) {
	_, outcome, err := s.Rows(ctx, stmt, attempt)
	return outcome, err
}

func (s session) Rows(ctx context.Context, stmt ddl.Statement, attempt int) ([][]string, dataapi.Outcome, error) {
	outcome := dataapi.Outcome{ID: fmt.Sprintf("id-%d", len(s.seen)), Created: s.created(), HasRows: strings.HasPrefix(stmt.SQL, "SELECT")}
	if s.gone {
		return nil, outcome, &dataapi.StatementError{Step: stmt.Step, Status: "FAILED", Reason: `FATAL: database "dev" does not exist`}
	}
	token := fmt.Sprint(s.request, stmt.Step, attempt, stmt.SQL, stmt.Parameters)
	if known, ok := s.seen[token]; ok {
		return known.rows, outcome, known.err
	}
	if s.hangOn != "" && strings.Contains(stmt.SQL, s.hangOn) {
		<-ctx.Done()
		return nil, outcome, ctx.Err()
	}
	s.ran = append(s.ran, string(stmt.Step))
	var (
		rows   [][]string
		reason string
		err    error
	)
	if s.failOn != "" && strings.Contains(stmt.SQL, s.failOn) && s.failTimes > 0 {
		s.failTimes--
		reason = s.failWith
	} else {
		rows, reason = s.execute(stmt)
	}
	if reason != "" {
		err = &dataapi.StatementError{Step: stmt.Step, SQL: stmt.SQL, ID: outcome.ID, Status: "FAILED", Reason: reason}
	}
	s.seen[token] = result{rows, err}
	return rows, outcome, err
}

func (s session) Fresh(_ context.Context, stmt ddl.Statement) ([][]string, error) {
	if s.onFresh != nil {
		s.onFresh()
	}
	rows, _ := s.onLedger(stmt)
	return rows, nil
}

// Attached, Attach and Detach are those of [ddlhandler.Roles].
func (d *database) Attached(_ context.Context, arn string) (bool, error) { return d.roles[arn], nil }

func (d *database) Attach(_ context.Context, arn string) error {
	if before := d.onAttach; before != nil {
		d.onAttach = nil
		before()
	}
	if d.attachErr == nil {
		d.roles[arn] = true
	}
	return d.attachErr
}

func (d *database) Detach(_ context.Context, arn string) error {
	delete(d.roles, arn)
	return nil
}

func (s session) Cancel(context.Context) ([]string, error) { return []string{"id-cancelled"}, nil }

func (s session) Supersede(context.Context) error { return nil }

var (
	createView   = regexp.MustCompile(`^CREATE (?:MATERIALIZED VIEW|TABLE) "(\w+)"\."(\w+)"`)
	dropView     = regexp.MustCompile(`^DROP (?:MATERIALIZED VIEW|TABLE) IF EXISTS "(\w+)"\."(\w+)"`)
	createSchema = regexp.MustCompile(`^CREATE (?:EXTERNAL )?SCHEMA "(\w+)"`)
	dropSchema   = regexp.MustCompile(`^DROP SCHEMA IF EXISTS "(\w+)"`)
	lookUp       = regexp.MustCompile(`^SELECT .*(?:c.relname|nspname) = '(\w+)'$`)
)

// execute runs the statement on the state, and returns its rows or the reason
// why it failed.
func (s session) execute(stmt ddl.Statement) (rows [][]string, reason string) {
	if strings.HasPrefix(string(stmt.Step), "ledger-") {
		return s.onLedger(stmt)
	}
	sql := stmt.SQL
	switch {
	case createView.MatchString(sql):
		name := createView.FindStringSubmatch(sql)[2]
		if s.relations[name] != "" {
			return nil, fmt.Sprintf("ERROR: relation %q already exists", name)
		}
		s.relations[name] = sql
	case dropView.MatchString(sql):
		delete(s.relations, dropView.FindStringSubmatch(sql)[2])
	case createSchema.MatchString(sql):
		name := createSchema.FindStringSubmatch(sql)[1]
		if s.relations[name] != "" {
			return nil, fmt.Sprintf("ERROR: schema %q already exists", name)
		}
		s.relations[name] = sql
	case dropSchema.MatchString(sql):
		delete(s.relations, dropSchema.FindStringSubmatch(sql)[1])
	case strings.HasPrefix(sql, "SELECT DISTINCT n.nspname"), strings.HasPrefix(sql, "SELECT n.nspname"):
		return s.dependents, ""
	case strings.HasPrefix(sql, "SELECT 1 FROM"):
		return [][]string{{"1"}}, ""
	case lookUp.MatchString(sql):
		if name := lookUp.FindStringSubmatch(sql)[1]; s.relations[name] != "" {
			return [][]string{{name}}, ""
		}
	}
	return nil, ""
}

func (s session) onLedger(stmt ddl.Statement) (rows [][]string, reason string) {
	p := stmt.Parameters
	switch strings.Fields(stmt.SQL)[0] {
	case "CREATE":
		s.hasLedger = true
	case "SELECT":
		if p == nil {
			if s.hasLedger {
				return [][]string{{"tributary_ledger"}}, ""
			}
			return nil, ""
		}
		if row := s.ledger[p["object"]]; row != nil {
			return [][]string{append([]string{}, row...)}, ""
		}
	case "INSERT":
		if s.ledger[p["object"]] == nil {
			s.ledger[p["object"]] = ledgerRow(p)
		}
	case "UPDATE":
		by := cmp.Or(p["before"], p["request"])
		if row := s.ledger[p["object"]]; row != nil && row[0] == p["stack"] && row[5] == by {
			s.ledger[p["object"]] = ledgerRow(p)
		}
	case "DELETE":
		if row := s.ledger[p["object"]]; row != nil && row[5] == p["by"] {
			delete(s.ledger, p["object"])
		}
	}
	return nil, ""
}

func ledgerRow(p map[string]string) []string {
	return []string{p["stack"], p["logical"], p["handed"], p["definition"], p["state"], p["request"], p["began"], p["kept"]}
}

// created returns when the request's statements are said to have been accepted:
// a second for each request.
func (s session) created() time.Time {
	if s.accepted[s.request].IsZero() {
		s.accepted[s.request] = time.Now().Add(time.Duration(len(s.accepted)) * time.Second)
	}
	return s.accepted[s.request]
}

// names returns what is in the database.
func (d *database) names() map[string]bool {
	names := map[string]bool{}
	for name := range maps.Keys(d.relations) {
		names[name] = true
	}
	return names
}
