package ddlhandler_test

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// database is a warehouse's state: what is in it, and the statements it has
// seen by client token, which it never runs twice.
type database struct {
	relations  map[string]string              // by name: the SQL that made it
	owners     map[string]string              // by name: the id of the user who made it
	ledgers    map[string]map[string][]*entry // by user and object
	ran        []string                       // steps and the first words of SQL, in order
	failOn     string                         // a statement that holds this fails
	failWith   string                         // the warehouse's reason then
	failTimes  int                            // how often
	refuse     func(step string) error        // what the Data API answers to a call; nil: nothing
	hangOn     string                         // a statement that holds this never ends
	gone       bool                           // there is no warehouse
	dependents [][]string                     // of every view
	mvs        [][]string                     // materialized views over every view, which pg_depend doesn't show
	rows       []string                       // what COUNT(*) gives, in turn; then 1
	onFresh    func()                         // called at each fresh look at the ledger
	queue      time.Duration                  // how long a fresh look waits before it runs
	onRun      func(s session, step string)   // called before a statement runs
	blind      bool                           // an INSERT's snapshot is older than the rows that are there
	squatted   bool                           // the ledger is another user's table
	superseded [][]string                     // the statements that Supersede was told of
	roles      map[string]bool                // by ARN: those that are attached
	onAttach   func()                         // called once, before a role is attached
	attachErr  error                          // of attaching
	seen       map[string]result
	accepted   map[string]time.Time // by request
}

type result struct {
	rows [][]string
	err  error
}

// admin is the id of the database user as whom sessions run unless they say another.
const admin = "100"

func newDatabase() *database {
	return &database{
		roles: map[string]bool{}, relations: map[string]string{}, owners: map[string]string{}, ledgers: map[string]map[string][]*entry{},
		seen: map[string]result{}, accepted: map[string]time.Time{}, failTimes: 1 << 30,
	}
}

// session is one request's warehouse.
type session struct {
	*database
	request        string
	user           string
	onStillRunning func(ctx context.Context, name, id string)
}

var _ ddlhandler.Runner = session{}

func (s session) Run(ctx context.Context, stmt dataapi.Statement, attempt int) (dataapi.Outcome, error) {
	_, outcome, err := s.Rows(ctx, stmt, attempt)
	return outcome, err
}

func (s session) Rows(ctx context.Context, stmt dataapi.Statement, attempt int) ([][]string, dataapi.Outcome, error) {
	outcome := dataapi.Outcome{ID: fmt.Sprintf("id-%d", len(s.seen)), Created: s.created(), HasRows: strings.HasPrefix(stmt.SQL, "SELECT"), Began: time.Now()}
	if s.gone {
		return nil, outcome, &dataapi.StatementError{Name: stmt.Name, Status: "FAILED", Reason: `FATAL: database "dev" does not exist`}
	}
	if s.refuse != nil {
		if err := s.refuse(stmt.Name); err != nil {
			return nil, dataapi.Outcome{}, err
		}
	}
	token := fmt.Sprint(s.request, stmt.Name, attempt, stmt.SQL, stmt.Parameters)
	if known, ok := s.seen[token]; ok {
		return known.rows, outcome, known.err
	}
	if s.onStillRunning != nil {
		s.onStillRunning(ctx, stmt.Name, outcome.ID)
	}
	if s.hangOn != "" && strings.Contains(stmt.SQL, s.hangOn) {
		<-ctx.Done()
		return nil, outcome, &dataapi.RunningError{Name: stmt.Name, ID: "id-hanging", Err: ctx.Err()}
	}
	if s.onRun != nil {
		s.onRun(s, stmt.Name)
	}
	s.ran = append(s.ran, stmt.Name)
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
		err = &dataapi.StatementError{Name: stmt.Name, SQL: stmt.SQL, ID: outcome.ID, Status: "FAILED", Reason: reason, Created: time.Now()}
	}
	s.seen[token] = result{rows, err}
	return rows, outcome, err
}

func (s session) Fresh(_ context.Context, stmt dataapi.Statement) ([][]string, dataapi.Outcome, error) {
	if s.refuse != nil {
		if err := s.refuse(stmt.Name); err != nil {
			return nil, dataapi.Outcome{}, err
		}
	}
	if s.onFresh != nil {
		s.onFresh()
	}
	time.Sleep(s.queue)
	began := time.Now()
	rows, _ := s.onLedger(stmt)
	return rows, dataapi.Outcome{Began: began}, nil
}

// attachment is a role's attachment to the database's warehouse: a [ddlhandler.API].
type attachment struct {
	*database
	role string
}

func (a attachment) Exists(context.Context) (bool, error) { return a.roles[a.role], nil }

func (a attachment) Make(context.Context) error {
	if before := a.onAttach; before != nil {
		a.onAttach = nil
		before()
	}
	if a.attachErr == nil {
		a.roles[a.role] = true
	}
	return a.attachErr
}

func (a attachment) Remove(context.Context) error {
	delete(a.roles, a.role)
	return nil
}

func (s session) Cancel(_ context.Context, known []string) ([]string, error) {
	return append([]string{"id-cancelled"}, known...), nil
}

func (s session) Supersede(_ context.Context, known []string) error {
	s.superseded = append(s.superseded, known)
	return nil
}

var (
	createView   = regexp.MustCompile(`^CREATE (?:MATERIALIZED VIEW|TABLE) "(\w+)"\."(\w+)"`)
	dropView     = regexp.MustCompile(`^DROP (?:MATERIALIZED VIEW|TABLE) IF EXISTS "(\w+)"\."(\w+)"`)
	createSchema = regexp.MustCompile(`^CREATE (?:EXTERNAL )?SCHEMA "(\w+)"`)
	dropSchema   = regexp.MustCompile(`^DROP SCHEMA IF EXISTS "(\w+)"`)
	lookUp       = regexp.MustCompile(`^SELECT .*(?:c.relname|nspname) = '(\w+)'$`)
)

// execute runs the statement on the state, and returns its rows or the reason
// why it failed.
func (s session) execute(stmt dataapi.Statement) (rows [][]string, reason string) {
	if strings.HasPrefix(stmt.Name, "ledger-") {
		return s.onLedger(stmt)
	}
	sql := stmt.SQL
	switch {
	case createView.MatchString(sql):
		name := createView.FindStringSubmatch(sql)[2]
		return nil, s.make(name, sql, "relation")
	case dropView.MatchString(sql):
		return nil, s.drop(dropView.FindStringSubmatch(sql)[2])
	case createSchema.MatchString(sql):
		return nil, s.make(createSchema.FindStringSubmatch(sql)[1], sql, "schema")
	case dropSchema.MatchString(sql):
		return nil, s.drop(dropSchema.FindStringSubmatch(sql)[1])
	case stmt.Name == string(definition.StepDependents):
		return s.dependents, ""
	case stmt.Name == string(definition.StepDependentViews):
		return s.mvs, ""
	case strings.HasPrefix(sql, "SELECT COUNT(*)"):
		if len(s.rows) == 0 {
			return [][]string{{"1"}}, ""
		}
		n := s.rows[0]
		s.rows = s.rows[1:]
		return [][]string{{n}}, ""
	case strings.HasPrefix(sql, "SELECT 1 FROM"):
		return [][]string{{"1"}}, ""
	case lookUp.MatchString(sql):
		if name := lookUp.FindStringSubmatch(sql)[1]; s.relations[name] != "" {
			return [][]string{{name, s.owners[name]}}, ""
		}
	}
	return nil, ""
}

func (s session) make(name, sql, kind string) (reason string) {
	if s.relations[name] != "" {
		return fmt.Sprintf("ERROR: %s %q already exists", kind, name)
	}
	s.relations[name], s.owners[name] = sql, s.user
	return ""
}

func (s session) drop(name string) (reason string) {
	if s.relations[name] != "" && s.owners[name] != s.user {
		return "ERROR: must be owner of relation " + name
	}
	delete(s.relations, name)
	return ""
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
