package redshiftdata

import (
	"cmp"
	"context"
	"encoding/base64"
	"strings"
)

// listInput is the input of ListStatements.
type listInput struct {
	ClusterIdentifier, WorkgroupName, Database string
	StatementName                              string // a prefix of the names to list
	Status                                     string
	RoleLevel                                  *bool // nil means true
	MaxResults                                 int
	NextToken                                  string
}

// listed is a statement in the output of ListStatements.
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

// listOutput is the output of ListStatements.
type listOutput struct {
	Statements []listed
	NextToken  string `json:",omitempty"`
}

// list returns the statements of the caller's role, newest first. If RoleLevel is false, it
// returns those of the caller's session only. An empty Status means FINISHED.
//
// Source: https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ListStatements.html
func (s *Service) list(ctx context.Context, in *listInput) (*listOutput, error) {
	if err := s.mayAccess(ctx, "ListStatements", ""); err != nil {
		return nil, err
	}
	if in.MaxResults < 0 || in.MaxResults > 100 {
		return nil, invalid("MaxResults: between 0 and 100, got %d", in.MaxResults)
	}
	in.MaxResults = cmp.Or(in.MaxResults, 100)
	in.Status = cmp.Or(in.Status, finished)
	caller := s.Caller(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &listOutput{Statements: []listed{}}
	reached := in.NextToken == "" // whether the loop has passed the last statement of the previous page
	for i := len(s.statements) - 1; i >= 0; i-- {
		st := s.statements[i]
		if !reached {
			reached = encode(st.id) == in.NextToken
			continue
		}
		if s.expired(st) || !in.includes(st, caller) || !in.matches(st) {
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

// includes reports whether st belongs to the caller's role or, if RoleLevel is false, to its
// session.
func (in *listInput) includes(st *statement, caller Caller) bool {
	if in.RoleLevel != nil && !*in.RoleLevel {
		return st.owner == caller
	}
	return caller.canAccess(st.owner)
}

// matches reports whether st has the name, status, warehouse and database of the input.
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

// encode returns a pagination token that contains s. It is opaque to callers of the API.
func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// decode returns the string from which encode made a pagination token.
func decode(token string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return "", invalid("NextToken %q is not valid", token)
	}
	return string(b), nil
}
