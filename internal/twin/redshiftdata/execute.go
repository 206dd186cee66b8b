package redshiftdata

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
	"github.com/tributary-cdk/tributary/internal/twin/uuid"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// connection is the part of a request that names the warehouse, the database and the
// database user.
type connection struct {
	ClusterIdentifier string `json:",omitempty"`
	WorkgroupName     string `json:",omitempty"`
	Database          string `json:",omitempty"`
	SecretARN         string `json:"SecretArn,omitempty"`
	DbUser            string `json:",omitempty"`
}

// options are the input members that ExecuteStatement and BatchExecuteStatement share.
type options struct {
	connection
	Parameters              []parameter
	StatementName           string
	ClientToken             string
	WithEvent               bool
	ResultFormat            string
	SessionID               string `json:"SessionId"`
	SessionKeepAliveSeconds int
}

// executeInput is the input of ExecuteStatement.
type executeInput struct {
	options
	SQL string `json:"Sql"`
}

// batchInput is the input of BatchExecuteStatement.
type batchInput struct {
	options
	SQLs []string `json:"Sqls"`
}

// executeOutput is the output of ExecuteStatement and BatchExecuteStatement.
type executeOutput struct {
	connection
	ID        string `json:"Id"`
	CreatedAt epoch
}

// execute submits one statement.
func (s *Service) execute(ctx context.Context, in *executeInput) (*executeOutput, error) {
	if err := s.mayConnect(ctx, "ExecuteStatement", in.connection); err != nil {
		return nil, err
	}
	return s.submitOnce(ctx, in.options, []string{in.SQL}, false)
}

// batchExecute submits statements that run in one transaction.
func (s *Service) batchExecute(ctx context.Context, in *batchInput) (*executeOutput, error) {
	if err := s.mayConnect(ctx, "BatchExecuteStatement", in.connection); err != nil {
		return nil, err
	}
	if n := len(in.SQLs); n < 1 || n > maxBatch {
		return nil, invalid("Sqls: between 1 and %d statements, got %d", maxBatch, n)
	}
	return s.submitOnce(ctx, in.options, in.SQLs, true)
}

// submitOnce submits statements. If a request with the same client token has submitted them
// already, it returns the output of that request instead.
func (s *Service) submitOnce(ctx context.Context, o options, sqls []string, batch bool) (*executeOutput, error) {
	target, err := s.target(ctx, o.connection)
	if err != nil {
		return nil, err
	}
	if err := check(o, sqls); err != nil {
		return nil, err
	}
	request, err := json.Marshal([]any{batch, o, sqls})
	if err != nil {
		return nil, fmt.Errorf("encode the request: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removeExpired()
	if used, ok := s.tokens[o.ClientToken]; ok && o.ClientToken != "" {
		if used.request != string(request) {
			return nil, invalid("ClientToken %q was used before, with other parameters", o.ClientToken)
		}
		return outputOf(s.byID[used.id]), nil
	}
	if s.active >= maxActive {
		return nil, wire.Errorf("ActiveStatementsExceededException", "The number of active statements exceeds the limit of %d", maxActive)
	}
	st := &statement{id: uuid.New(), name: o.StatementName, connection: o.connection, owner: s.Caller(ctx), target: target, parameters: o.Parameters, batch: batch}
	for i, sql := range sqls {
		p := &part{id: st.id, sql: sql}
		if batch {
			p.id = fmt.Sprintf("%s:%d", st.id, i+1)
		}
		st.parts = append(st.parts, p)
	}
	s.submit(st)
	if o.ClientToken != "" {
		s.tokens[o.ClientToken] = token{request: string(request), id: st.id, expires: st.created.Add(tokenLife)}
	}
	return outputOf(st), nil
}

func outputOf(st *statement) *executeOutput {
	return &executeOutput{connection: st.connection, ID: st.id, CreatedAt: epochOf(st.created)}
}

// target returns the target of a connection. With DbUser, the database user is that user.
// With SecretArn, it is the cluster's admin user. With neither, it is the admin user, too;
// but if OwnUsers is true and the caller has assumed a role, it is the role's own user.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentialsWithIAM.html
func (s *Service) target(ctx context.Context, c connection) (sqlengine.Target, error) {
	var t sqlengine.Target
	switch {
	case c.ClusterIdentifier != "" && c.WorkgroupName != "":
		return t, invalid("ClusterIdentifier and WorkgroupName exclude each other")
	case c.ClusterIdentifier == "" && c.WorkgroupName == "":
		return t, invalid("ClusterIdentifier or WorkgroupName is required")
	case c.Database == "":
		return t, invalid("Database is required")
	case c.SecretARN != "" && c.DbUser != "":
		return t, invalid("SecretArn and DbUser exclude each other")
	}
	id := c.ClusterIdentifier
	if c.WorkgroupName != "" {
		id = s.engine.Workgroup(c.WorkgroupName)
	}
	cluster, ok := s.engine.Cluster(id)
	switch {
	case !ok:
		return t, invalid("Redshift endpoint doesn't exist in this region.")
	case cluster.Paused:
		return t, invalid("Redshift cluster %s is paused.", id)
	case c.SecretARN != "" && cluster.SecretARN != "" && c.SecretARN != cluster.SecretARN:
		return t, invalid("SecretArn %q is not the secret of cluster %q", c.SecretARN, id)
	}
	t = sqlengine.Target{Cluster: id, Database: c.Database, User: c.DbUser}
	if role := s.Caller(ctx).Role; s.OwnUsers && role != "" && c.SecretARN == "" && c.DbUser == "" {
		t.User, t.OwnUser = "IAMR:"+path.Base(role), true
	}
	return t, nil
}

// check returns one error with all problems of a request: those for which AWS refuses a
// request before it runs anything, and features that the twin doesn't support.
func check(o options, sqls []string) error {
	var problems []string
	add := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	var used []string
	for _, sql := range sqls {
		switch names, err := rsql.Parameters(sql); {
		case strings.TrimSpace(sql) == "":
			add("the SQL statement is empty")
		case len(sql) > maxSQL:
			add("Cannot process query string larger than 100kB")
		case err == nil: // otherwise the statement runs, and fails with the error
			used = append(used, names...)
		}
	}
	var given, unused []string
	for _, p := range o.Parameters {
		if p.Value == "" {
			add("parameter %q: the value must not be empty", p.Name)
		}
		if given = append(given, p.Name); !slices.Contains(used, p.Name) {
			unused = append(unused, p.Name)
		}
	}
	if unused != nil {
		add("Parameters list contains unused parameters. Unused parameters: [%s]", strings.Join(unused, ", "))
	}
	for _, name := range used {
		if !slices.Contains(given, name) {
			add("parameter %q of the statement has no value in Parameters", name)
		}
	}
	if o.WithEvent {
		add("WithEvent: the local twin sends no events, so leave it out")
	}
	if o.ResultFormat != "" && o.ResultFormat != "JSON" {
		add("ResultFormat: the local twin supports JSON only, got %q", o.ResultFormat)
	}
	if o.SessionID != "" || o.SessionKeepAliveSeconds != 0 {
		add("SessionId, SessionKeepAliveSeconds: the local twin has no sessions, so leave them out")
	}
	if problems != nil {
		return invalid("%s", strings.Join(problems, "; "))
	}
	return nil
}
