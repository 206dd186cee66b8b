package redshiftdata

import (
	"context"
	"strconv"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// idInput is the input of DescribeStatement, CancelStatement and GetStatementResult.
type idInput struct {
	ID        string `json:"Id"`
	NextToken string
}

// description is the output of DescribeStatement.
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
	Duration        int64 // in nanoseconds; -1 until the statement ends
	HasResultSet    bool
	ResultRows      int64
	ResultSize      int64
	RedshiftPid     int64
	RedshiftQueryID int64 `json:"RedshiftQueryId"`
	ResultFormat    string
}

// subStatement describes one statement of a batch.
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

// find returns the statement and the part with an id. The id of a batch has no suffix and
// returns the batch's first part; with a suffix such as ":2", it returns the second part.
// If the statement doesn't exist, has expired, or the caller can't access it, find returns a
// ResourceNotFoundException. The caller of find must hold s.mu.
func (s *Service) find(id string, caller Caller) (*statement, *part, error) {
	statementID, suffix, hasSuffix := strings.Cut(id, ":")
	st := s.byID[statementID]
	if st == nil || s.expired(st) || !caller.canAccess(st.owner) {
		return nil, nil, wire.Errorf("ResourceNotFoundException", "Query does not exist.")
	}
	if !hasSuffix {
		return st, st.parts[0], nil
	}
	n, err := strconv.Atoi(suffix)
	if err != nil || n < 1 || n > len(st.parts) || !st.batch {
		return nil, nil, wire.Errorf("ResourceNotFoundException", "Query does not exist.")
	}
	return st, st.parts[n-1], nil
}

// describe returns the description of a statement or of a part of a batch.
func (s *Service) describe(ctx context.Context, in *idInput) (*description, error) {
	if err := s.mayAccess(ctx, "DescribeStatement", in.ID); err != nil {
		return nil, err
	}
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

// describePart returns the description of a part of st. Its creation time and duration
// are those of st, since the engine runs all parts of a batch in one call.
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

// cancel cancels a statement that has not ended. It returns at once. The status becomes
// ABORTED when the engine has stopped the statement.
func (s *Service) cancel(ctx context.Context, in *idInput) (any, error) {
	if err := s.mayAccess(ctx, "CancelStatement", in.ID); err != nil {
		return nil, err
	}
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
