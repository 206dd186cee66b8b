package ddlhandler_test

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/definition"
)

// database is a fake Redshift database behind a fake Data API. It keeps the state that
// statements change, and never runs the statements of one client token twice.
type database struct {
	relations  map[string]*relation         // views, tables and schemas, by name
	ledgers    map[string]map[string][]*row // by the user's ID and by object
	shared     map[string]bool              // the IDs of the users who have granted SELECT on their ledger to PUBLIC
	roles      map[string]bool              // the ARNs of the attached roles
	statements map[string]*statement        // by client token
	accepted   map[string]time.Time         // when a request's statements are accepted, by the request's ID
	ran        []string                     // the names of the statements that ran, in order
	deadlines  map[string]time.Time         // the deadline of a statement's context, by the statement's name

	faults
}

// relation is a view, a table or a schema.
type relation struct {
	sql         string // the statement that created it
	owner       string // the ID of the database user who created it
	grants      []string
	autoRefresh bool
	rows        int
}

// faults are the faults and events that a test adds to a database. The zero value has none.
type faults struct {
	unknownUser    bool                         // pg_user does not contain the current user
	missing        bool                         // the database does not exist
	refuse         func(step string) error      // returns the Data API's error for a call
	failOn         string                       // statements that contain this text fail
	failWith       string                       // the reason of those failures
	failTimes      int                          // how many statements fail; 0 means all
	hangOn         string                       // statements that contain this text do not end
	onHang         func()                       // called when a statement does not end
	listDenied     bool                         // IAM denies ListStatements
	onRun          func(s session, step string) // called before a statement runs
	onFresh        func()                       // called before each fresh read of the ledger
	afterFresh     func() (age time.Duration)   // called after each fresh read; returns how long ago the read began
	queueTime      time.Duration                // how long a fresh read waits before it begins
	staleSnapshot  bool                         // an INSERT into a ledger sees no rows
	foreignLedger  bool                         // the ledgers' tables belong to a user who is not named in them
	lostRows       int                          // how many rows an APPEND loses
	dependents     [][]string                   // what pg_depend returns for every view
	dependentViews [][]string                   // what SVV_MV_DEPENDENCY returns for every view
	onAttach       func()                       // called once, before a role is attached or a limit is set
	existsErr      error                        // the error of querying the attached roles
	attachErr      error                        // the error of attaching a role or setting a limit
}

// admin is the ID of the database user of sessions with a secret.
const admin = "100"

// streamRecords is the number of rows that a view has after a refresh.
const streamRecords = 5

func newDatabase() *database {
	return &database{
		relations: map[string]*relation{}, ledgers: map[string]map[string][]*row{}, shared: map[string]bool{}, roles: map[string]bool{},
		statements: map[string]*statement{}, accepted: map[string]time.Time{}, deadlines: map[string]time.Time{},
	}
}

// These patterns match the statements that the fake understands.
var (
	createRelation = regexp.MustCompile(`^CREATE (?:MATERIALIZED VIEW|TABLE) "\w+"\."(\w+)"`)
	dropRelation   = regexp.MustCompile(`^DROP (?:MATERIALIZED VIEW|TABLE) IF EXISTS "\w+"\."(\w+)"`)
	createSchema   = regexp.MustCompile(`^CREATE (?:EXTERNAL )?SCHEMA "(\w+)"`)
	dropSchema     = regexp.MustCompile(`^DROP SCHEMA IF EXISTS "(\w+)"`)
	refreshView    = regexp.MustCompile(`^REFRESH MATERIALIZED VIEW "\w+"\."(\w+)"$`)
	autoRefresh    = regexp.MustCompile(`^ALTER MATERIALIZED VIEW "\w+"\."(\w+)" AUTO REFRESH (YES|NO)$`)
	appendRows     = regexp.MustCompile(`^ALTER TABLE "\w+"\."(\w+)" APPEND FROM "\w+"\."(\w+)"$`)
	copyRows       = regexp.MustCompile(`^INSERT INTO "\w+"\."(\w+)" SELECT \* FROM "\w+"\."(\w+)"$`)
	grantRights    = regexp.MustCompile(`^GRANT \w+ ON (?:SCHEMA )?(?:"\w+"\.)?"(\w+)" TO (.*)$`)
	revokeRights   = regexp.MustCompile(`^REVOKE \w+ ON (?:SCHEMA )?(?:"\w+"\.)?"(\w+)" FROM (.*)$`)
	countRows      = regexp.MustCompile(`^SELECT COUNT\(\*\) FROM "\w+"\."(\w+)"$`)
	anyRow         = regexp.MustCompile(`^SELECT 1 FROM "\w+"\."(\w+)" LIMIT 1$`)
	findRelation   = regexp.MustCompile(`^SELECT .*(?:c.relname|nspname) = '(\w+)'$`)
)

// execute runs a statement that is not on the ledger. It returns the statement's rows, or
// the reason why it failed.
func (s session) execute(name, sql string) (rows [][]string, reason string) {
	switch match := ""; {
	case name == string(definition.StepDependents):
		return s.dependents, ""
	case name == string(definition.StepDependentViews):
		return s.dependentViews, ""
	case strings.HasPrefix(sql, "CREATE USER "):
		return nil, ""
	case matches(createRelation, sql, &match):
		return nil, s.create(match, sql, "relation")
	case matches(createSchema, sql, &match):
		return nil, s.create(match, sql, "schema")
	case matches(dropRelation, sql, &match), matches(dropSchema, sql, &match):
		return nil, s.drop(match)
	case matches(countRows, sql, &match):
		return [][]string{{strconv.Itoa(s.relations[match].rows)}}, ""
	case matches(anyRow, sql, &match):
		if s.relations[match].rows == 0 {
			return nil, ""
		}
		return [][]string{{"1"}}, ""
	case matches(findRelation, sql, &match):
		if found := s.relations[match]; found != nil {
			return [][]string{{match, found.owner}}, ""
		}
		return nil, ""
	}
	return nil, s.alter(sql)
}

// matches reports whether the pattern matches the statement, and stores the first group.
func matches(pattern *regexp.Regexp, sql string, match *string) bool {
	found := pattern.FindStringSubmatch(sql)
	if found != nil {
		*match = found[1]
	}
	return found != nil
}

// alter runs a statement that changes an existing relation.
func (s session) alter(sql string) (reason string) {
	for _, pattern := range []*regexp.Regexp{refreshView, autoRefresh, appendRows, copyRows, grantRights, revokeRights} {
		match := append(pattern.FindStringSubmatch(sql), "", "")
		found := s.relations[match[1]]
		switch {
		case match[0] == "":
			continue
		case found == nil:
			return fmt.Sprintf("ERROR: relation %q does not exist", match[1])
		case pattern == refreshView:
			found.rows = streamRecords
		case pattern == autoRefresh:
			found.autoRefresh = match[2] == "YES"
		case pattern == appendRows:
			view := s.relations[match[2]]
			found.rows, view.rows = found.rows+view.rows-s.lostRows, 0
		case pattern == copyRows:
			found.rows += s.relations[match[2]].rows
		case pattern == grantRights:
			found.grants = slices.Compact(slices.Sorted(slices.Values(append(found.grants, strings.Split(match[2], ", ")...))))
		case pattern == revokeRights:
			revoked := strings.Split(match[2], ", ")
			found.grants = slices.DeleteFunc(found.grants, func(grantee string) bool { return slices.Contains(revoked, grantee) })
		}
		return ""
	}
	return "ERROR: the fake does not understand " + sql
}

func (s session) create(name, sql, kind string) (reason string) {
	if s.relations[name] != nil {
		return fmt.Sprintf("ERROR: %s %q already exists", kind, name)
	}
	s.relations[name] = &relation{sql: sql, owner: s.user}
	return ""
}

func (s session) drop(name string) (reason string) {
	if found := s.relations[name]; found != nil && found.owner != s.user {
		return "ERROR: must be owner of relation " + name
	}
	delete(s.relations, name)
	return ""
}

// names returns the names of all relations.
func (d *database) names() []string { return slices.Sorted(maps.Keys(d.relations)) }

// digits matches the time in a kept table's name.
var digits = regexp.MustCompile(`\d{8}t\d{6}`)

// describe returns the state of each relation, by name. In the name of a kept table, T
// replaces the time.
func (d *database) describe() map[string]string {
	described := map[string]string{}
	for name, r := range d.relations {
		text := fmt.Sprintf("%d rows", r.rows)
		if column := regexp.MustCompile(`END AS "(\w+)"`).FindStringSubmatch(r.sql); column != nil {
			text = fmt.Sprintf("column %s, %s, auto refresh %v, granted to %s", column[1], text, r.autoRefresh, r.grants)
		}
		described[digits.ReplaceAllString(name, "T")] = text
	}
	return described
}

// attachment is the attachment of a role to the database's warehouse, or the warehouse's
// usage limit, which has the role limit. It implements [ddlhandler.API].
type attachment struct {
	*database
	role string
}

func (a attachment) Exists(context.Context) (bool, error) { return a.roles[a.role], a.existsErr }

func (a attachment) Make(context.Context) error {
	if event := a.onAttach; event != nil {
		a.onAttach = nil
		event()
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
