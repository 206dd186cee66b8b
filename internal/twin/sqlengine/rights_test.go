package sqlengine_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// connect opens a connection to a cluster's database as a role of PostgreSQL. Statements on
// it don't pass through the parser.
func connect(t *testing.T, d *database, user string) *pgx.Conn {
	t.Helper()
	config, err := pgx.ParseConfig(server.ConnString(d.name(t)))
	if err != nil {
		t.Fatal(err)
	}
	config.User = user
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // t's context has ended
	return conn
}

// name returns the name of the database in PostgreSQL.
func (d *database) name(t *testing.T) string {
	t.Helper()
	var name string
	err := superuser(t, "postgres").QueryRow(t.Context(), "SELECT datname FROM pg_stat_activity WHERE pid = $1", d.exec("SELECT 1").PID).Scan(&name)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// TestRights checks the privileges of the admin user's role in PostgreSQL. "make attack"
// tests further statements without the parser.
func TestRights(t *testing.T) {
	t.Parallel()
	d := open(t)
	conn := connect(t, d, "admin")
	var attributes, memberships string
	err := conn.QueryRow(t.Context(), `SELECT concat_ws(',', rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls),
		(SELECT count(*) FROM pg_database WHERE datdba = r.oid)::text FROM pg_roles r WHERE rolname = current_user`).Scan(&attributes, &memberships)
	if diff := cmp.Diff([]string{"f,f,f,f,f", "0"}, []string{attributes, memberships}); diff != "" || err != nil {
		t.Errorf("superuser, createrole, createdb, replication, bypassrls; number of databases owned: %v, -want +got:\n%s", err, diff)
	}
	// The volatile functions that every role may call: only three that are harmless. A new
	// version of PostgreSQL might add one.
	var open string
	err = conn.QueryRow(t.Context(), `SELECT string_agg(DISTINCT proname, ' ' ORDER BY proname) FROM pg_proc
		WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile = 'v' AND has_function_privilege(oid, 'EXECUTE')`).Scan(&open)
	if want := "clock_timestamp random timeofday"; err != nil || open != want {
		t.Errorf("volatile functions: want %q, got %q, %v", want, open, err)
	}
}

func TestUsersOfClusters(t *testing.T) {
	t.Parallel()
	d := open(t)
	other := sqlengine.Cluster{ID: d.Cluster + "-other", Database: "dev", AdminUser: "boss_of_" + strings.ReplaceAll(d.Cluster, "-", "_")}
	if err := shared.CreateCluster(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = shared.DeleteCluster(context.Background(), other.ID) }) // t's context has ended
	d.exec("CREATE USER theirs PASSWORD DISABLE")
	t.Cleanup(func() { // a role exists in the whole server
		_, _ = shared.Exec(context.Background(), d.Target, "DROP USER theirs", nil)
	})
	for _, kind := range []string{"ROLE readers", "GROUP team", "USER guest PASSWORD DISABLE"} {
		d.exec("CREATE " + kind)
		d.exec("DROP " + strings.TrimSuffix(kind, " PASSWORD DISABLE"))
	}
	as := func(cluster, user string) string {
		_, err := shared.Exec(t.Context(), sqlengine.Target{Cluster: cluster, Database: "dev", User: user}, "SELECT 1", nil)
		return fmt.Sprint(err)
	}
	want := []string{
		"<nil>", `FATAL: user "theirs" does not exist`, fmt.Sprintf("FATAL: user %q does not exist", other.AdminUser),
		`FATAL: user "rdsdb" does not exist`, `FATAL: user "redshift_users" does not exist`, `FATAL: user "pg_read_server_files" does not exist`,
	}
	got := []string{
		as(d.Cluster, "theirs"), as(other.ID, "theirs"), as(d.Cluster, other.AdminUser),
		as(d.Cluster, "rdsdb"), as(d.Cluster, "redshift_users"), as(d.Cluster, "pg_read_server_files"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for sql, want := range map[string]string{
		"DROP USER theirs":           `ERROR: role "theirs" does not exist`,
		"DROP USER IF EXISTS theirs": "<nil>",
	} {
		_, err := shared.Exec(t.Context(), sqlengine.Target{Cluster: other.ID, Database: "dev"}, sql, nil)
		if fmt.Sprint(err) != want {
			t.Errorf("%s for a user of another cluster: want %s, got %v", sql, want, err)
		}
	}
	if err := shared.CreateCluster(t.Context(), sqlengine.Cluster{ID: d.Cluster + "-third", Database: "dev", AdminUser: "theirs"}); err == nil || !strings.Contains(err.Error(), "another cluster has that name") {
		t.Errorf("admin user with the name of another cluster's user: want an error, got %v", err)
	}
	for _, name := range []string{"rdsdb", "redshift_users", "pg_monitor"} {
		err := shared.CreateCluster(t.Context(), sqlengine.Cluster{ID: "of-" + name, Database: "dev", AdminUser: name})
		if err == nil || !strings.Contains(err.Error(), "the name is reserved; choose another") {
			t.Errorf("admin user %q: want an error, got %v", name, err)
		}
	}
}

// TestConcurrentClusters creates clusters at the same time, with the same new admin user.
func TestConcurrentClusters(t *testing.T) {
	t.Parallel()
	var group sync.WaitGroup
	for i := range 8 {
		id := fmt.Sprintf("clusters-at-once-%d", i)
		t.Cleanup(func() { _ = shared.DeleteCluster(context.Background(), id) }) // t's context has ended
		group.Go(func() {
			if err := shared.CreateCluster(t.Context(), sqlengine.Cluster{ID: id, Database: "dev", AdminUser: "admin_at_once"}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// TestConcurrentUsers creates users at the same time, each in two sessions. One of the two
// sessions must create the user, and the other one must get the error that it exists.
func TestConcurrentUsers(t *testing.T) {
	t.Parallel()
	d := open(t)
	var mu sync.Mutex
	got := map[string]int{}
	var group sync.WaitGroup
	for i := range 16 {
		name := fmt.Sprintf("at_once_%d", i/2)
		t.Cleanup(func() { _, _ = shared.Exec(context.Background(), d.Target, "DROP USER IF EXISTS "+name, nil) }) // a role exists in the whole server
		group.Go(func() {
			_, err := shared.Exec(t.Context(), d.Target, "CREATE USER "+name+" PASSWORD DISABLE", nil)
			mu.Lock()
			defer mu.Unlock()
			got[strings.ReplaceAll(fmt.Sprint(err), name, "X")]++
		})
	}
	group.Wait()
	if diff := cmp.Diff(map[string]int{"<nil>": 8, `ERROR: role "X" already exists`: 8}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestRoleSettings checks that settings which a role makes with ALTER ROLE for its future
// sessions have no effect.
func TestRoleSettings(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec("CREATE USER stubborn PASSWORD DISABLE")
	t.Cleanup(func() { _, _ = shared.Exec(context.Background(), d.Target, "DROP USER stubborn", nil) })
	conn := connect(t, d, "stubborn")
	if _, err := conn.Exec(t.Context(), "ALTER ROLE stubborn SET local_preload_libraries = 'none'"); err != nil {
		t.Fatal(err)
	}
	target := d.Target
	target.User = "stubborn"
	if _, err := shared.Exec(t.Context(), target, "SELECT 1", nil); err != nil {
		t.Errorf("connect with the setting: %v", err)
	}
}

// TestSessionUser checks that a batch of a user other than the admin user doesn't have the
// admin user's privileges, even after RESET.
func TestSessionUser(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec("CREATE TABLE secret (a int)")
	d.exec("CREATE USER low_user PASSWORD DISABLE")
	t.Cleanup(func() { _, _ = shared.Exec(context.Background(), d.Target, "DROP USER low_user", nil) })
	target := d.Target
	target.User = "low_user"
	results, err := shared.ExecBatch(t.Context(), target, []string{"RESET search_path", "SELECT current_user, session_user", "SELECT a FROM secret"}, nil)
	if want := "ERROR: permission denied for table secret"; err == nil || err.Error() != want {
		t.Errorf("want %q, got %v", want, err)
	}
	if len(results) != 2 || string(results[1].Rows[0][0])+string(results[1].Rows[0][1]) != "low_userlow_user" {
		t.Errorf("current_user and session_user: want low_user twice, got %v", results)
	}
}
