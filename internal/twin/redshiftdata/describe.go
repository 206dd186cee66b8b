package redshiftdata

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// idInput is the input of operations on one statement.
type idInput struct {
	ID        string `json:"Id"`
	NextToken string
}

// description is DescribeStatement's output.
type description struct {
	connection
	ID              string `json:"Id"`
	Status          string
	Error           string         `json:",omitempty"`
	QueryString     string         `json:",omitempty"`
	QueryParameters []parameter    `json:",omitempty"`
	SubStatements   []subStatement `json:",omitempty"`
	CreatedAt       epoch
	UpdatedAt       epoch
	Duration        int64 // nanoseconds
	HasResultSet    bool
	ResultRows      int64
	ResultSize      int64
	RedshiftPid     int64
	RedshiftQueryID int64 `json:"RedshiftQueryId"`
	ResultFormat    string
}

// subStatement describes a statement of a batch.
type subStatement struct {
	ID              string `json:"Id"`
	Status          string
	Error           string `json:",omitempty"`
	QueryString     string
	CreatedAt       epoch
	UpdatedAt       epoch
	Duration        int64
	HasResultSet    bool
	ResultRows      int64
	ResultSize      int64
	RedshiftQueryID int64 `json:"RedshiftQueryId"`
}

// find returns a statement, and of a batch the part that a suffix such as :2
// names; without one, its first. For a caller who doesn't see it there is none. The
// Service's mutex is held.
func (s *Service) find(id string, caller Caller) (*statement, *part, error) {
	whole, suffix, of := strings.Cut(id, ":")
	st := s.byID[whole]
	if st == nil || !caller.sees(st.owner) {
		return nil, nil, wire.Errorf("ResourceNotFoundException", "Query does not exist.")
	}
	if !of {
		return st, st.parts[0], nil
	}
	n, err := strconv.Atoi(suffix)
	if err != nil || n < 1 || n > len(st.parts) || !st.batch {
		return nil, nil, wire.Errorf("ResourceNotFoundException", "Query does not exist.")
	}
	return st, st.parts[n-1], nil
}

// describe tells how a statement stands.
func (s *Service) describe(ctx context.Context, in *idInput) (*description, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, p, err := s.find(in.ID, s.Caller(ctx))
	if err != nil {
		return nil, err
	}
	d := &description{
		connection: st.connection, ID: in.ID, Status: st.status, Error: st.err, QueryParameters: st.parameters,
		CreatedAt: epochOf(st.created), UpdatedAt: epochOf(st.updated), Duration: st.duration(), ResultFormat: "JSON",
		ResultRows: -1, ResultSize: -1, RedshiftPid: p.result.PID, RedshiftQueryID: p.result.QueryID,
	}
	switch {
	case st.batch && in.ID == st.id:
		for _, p := range st.parts {
			d.SubStatements = append(d.SubStatements, describePart(st, p))
			d.HasResultSet = d.HasResultSet || p.result.Columns != nil
		}
	default:
		sub := describePart(st, p)
		d.QueryString, d.Status, d.Error = sub.QueryString, sub.Status, sub.Error
		d.HasResultSet, d.ResultRows, d.ResultSize = sub.HasResultSet, sub.ResultRows, sub.ResultSize
	}
	return d, nil
}

// describePart tells how a part of st stands. The parts of a batch have no
// times of their own: the engine runs it as a whole.
func describePart(st *statement, p *part) subStatement {
	d := subStatement{
		ID: p.id, Status: p.status, Error: p.err, QueryString: p.sql, CreatedAt: epochOf(st.created), UpdatedAt: epochOf(p.updated),
		Duration: st.duration(), HasResultSet: p.result.Columns != nil, ResultRows: -1, ResultSize: p.size, RedshiftQueryID: p.result.QueryID,
	}
	if p.status == finished {
		d.ResultRows = p.result.RowsAffected
	}
	return d
}

// cancel ends a running statement. It returns at once; the status becomes
// ABORTED when the database has let go of it.
func (s *Service) cancel(ctx context.Context, in *idInput) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, _, err := s.find(in.ID, s.Caller(ctx))
	if err != nil {
		return nil, err
	}
	if ended(st.status) {
		return nil, invalid("Could not cancel a query that is already in %s state with ID: %s", st.status, in.ID)
	}
	st.cancel()
	return map[string]bool{"Status": true}, nil
}

// listInput is ListStatements' input.
type listInput struct {
	ClusterIdentifier, WorkgroupName, Database string
	StatementName                              string // a prefix
	Status                                     string
	RoleLevel                                  *bool // nil means true
	MaxResults                                 int
	NextToken                                  string
}

// listed is a statement in ListStatements' output.
type listed struct {
	ID               string `json:"Id"`
	Status           string
	StatementName    string      `json:",omitempty"`
	QueryString      string      `json:",omitempty"`
	QueryStrings     []string    `json:",omitempty"`
	QueryParameters  []parameter `json:",omitempty"`
	SecretARN        string      `json:"SecretArn,omitempty"`
	IsBatchStatement bool
	CreatedAt        epoch
	UpdatedAt        epoch
	ResultFormat     string
}

// listOutput is ListStatements' output.
type listOutput struct {
	Statements []listed
	NextToken  string `json:",omitempty"`
}

// list returns the statements of the caller's role or, if RoleLevel is false, of its
// session, newest first; only finished ones unless Status says otherwise.
//
// Source: https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ListStatements.html
func (s *Service) list(ctx context.Context, in *listInput) (*listOutput, error) {
	if in.MaxResults < 0 || in.MaxResults > 100 {
		return nil, invalid("MaxResults: between 0 and 100, got %d", in.MaxResults)
	}
	if in.MaxResults == 0 {
		in.MaxResults = 100
	}
	if in.Status == "" {
		in.Status = finished
	}
	caller := s.Caller(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &listOutput{Statements: []listed{}}
	reached := in.NextToken == ""
	for i := len(s.statements) - 1; i >= 0; i-- {
		st := s.statements[i]
		if !reached {
			reached = encode(st.id) == in.NextToken
			continue
		}
		if !in.lists(st, caller) || !in.matches(st) {
			continue
		}
		if len(out.Statements) == in.MaxResults {
			out.NextToken = encode(out.Statements[len(out.Statements)-1].ID)
			return out, nil
		}
		out.Statements = append(out.Statements, listedOf(st))
	}
	if !reached {
		return nil, invalid("NextToken %q is not valid", in.NextToken)
	}
	return out, nil
}

// lists reports whether st is of the caller's role or session.
func (in *listInput) lists(st *statement, caller Caller) bool {
	if in.RoleLevel != nil && !*in.RoleLevel {
		return st.owner == caller
	}
	return caller.sees(st.owner)
}

// matches reports whether the list is to have st.
func (in *listInput) matches(st *statement) bool {
	c := st.connection
	return (in.Status == "ALL" || st.status == in.Status) && strings.HasPrefix(st.name, in.StatementName) &&
		(in.ClusterIdentifier == "" || c.ClusterIdentifier == in.ClusterIdentifier) &&
		(in.WorkgroupName == "" || c.WorkgroupName == in.WorkgroupName) &&
		(in.Database == "" || c.Database == in.Database)
}

func listedOf(st *statement) listed {
	l := listed{
		ID: st.id, Status: st.status, StatementName: st.name, QueryParameters: st.parameters, SecretARN: st.connection.SecretARN,
		IsBatchStatement: st.batch, CreatedAt: epochOf(st.created), UpdatedAt: epochOf(st.updated), ResultFormat: "JSON",
	}
	if !st.batch {
		l.QueryString = st.parts[0].sql
		return l
	}
	for _, p := range st.parts {
		l.QueryStrings = append(l.QueryStrings, p.sql)
	}
	return l
}

// encode makes a paging token of what it stands for, which callers are not to
// read anything into.
func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// decode returns what a paging token stands for.
func decode(token string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return "", invalid("NextToken %q is not valid", token)
	}
	return string(b), nil
}
