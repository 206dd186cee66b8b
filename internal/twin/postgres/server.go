package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Superuser is the name of the superuser role that initdb creates. Redshift's internal
// superuser has the same name.
const Superuser = "rdsdb"

// maxSocketPath is the length in bytes of the longest socket path that Start accepts. The
// path in a sockaddr_un has at most 104 bytes on macOS and 108 on Linux, with the zero byte
// at its end.
const maxSocketPath = 100

// Options configure Start.
type Options struct {
	// Dir is the first directory in which Start searches for node_modules. It goes on in
	// the directories above. Empty means the working directory. Dir is not used if Build
	// is set.
	Dir string
	// Build is the directory that contains bin, lib and share. Empty means the build in
	// the npm package for this platform.
	Build string
	// Temp is the directory in which Start creates the server's directory. Empty means
	// os.TempDir.
	Temp string
}

// Server is a running PostgreSQL.
type Server struct {
	dir     string // contains all files of the server; removed by Close
	process *exec.Cmd
	exited  chan struct{} // closed when the process has ended
	waitErr error         // set before exited is closed
}

// Start creates an empty PostgreSQL database cluster in a new directory and starts a server
// for it. It returns when the server accepts connections. The server runs until Close. On
// Linux, it also ends when this process dies. If ctx ends before Start returns, or anything
// fails, Start returns an error and leaves no process and no file behind.
func Start(ctx context.Context, o Options) (*Server, error) {
	build := o.Build
	if build == "" {
		var err error
		if build, err = findBuild(o.Dir); err != nil {
			return nil, err
		}
	}
	if err := checkBuild(ctx, build); err != nil {
		return nil, err
	}
	s := &Server{}
	if err := s.start(ctx, build, o.Temp); err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %w", err), s.Close())
	}
	return s, nil
}

// start creates the server's directory, starts the server, and sets the fields of s. If it
// fails, the caller must call Close.
func (s *Server) start(ctx context.Context, build, temp string) error {
	user, err := serverUser()
	if err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp(temp, "tributary-pg-"); err != nil {
		return err
	}
	if socket := s.socket(); len(socket) > maxSocketPath {
		return fmt.Errorf("socket path %q: at most %d bytes, got %d: set TMPDIR to a shorter path", socket, maxSocketPath, len(socket))
	}
	if err := s.makeDirs(user); err != nil {
		return err
	}
	if user != nil {
		// The user may not be allowed to read the directory of the npm package.
		copied := filepath.Join(s.dir, "build")
		if err := os.CopyFS(copied, os.DirFS(build)); err != nil {
			return err
		}
		build = copied
	}
	if err := s.initdb(ctx, build, user); err != nil {
		return err
	}
	return s.run(ctx, build, user)
}

// makeDirs creates the directories for the data and for the socket. No other user can open
// the server's directory, which contains them. It has mode 0700; if root starts the server as
// another user, it has mode 0710 and a group that only the server has. So even other
// processes of the same user can open neither the data nor the socket.
func (s *Server) makeDirs(user *syscall.Credential) error {
	for _, dir := range []string{s.data(), s.socketDir()} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
		if user == nil {
			continue
		}
		if err := os.Chown(dir, int(user.Uid), int(user.Gid)); err != nil {
			return err
		}
	}
	if user == nil {
		return nil
	}
	return errors.Join(
		os.Chown(s.dir, os.Geteuid(), int(user.Gid)),
		os.Chmod(s.dir, 0o710), //nolint:gosec // the server, which has that group, needs to open the directories in it
	)
}

// environment returns the environment variables of PostgreSQL's programs. They don't
// inherit those of this process, which may contain credentials, since SQL could read them.
func environment() []string {
	return []string{"PATH=/usr/bin:/bin", "LANG=C", "LC_ALL=C", "TZ=UTC"}
}

// initdb creates the database cluster. Text is encoded in UTF-8 and sorted by code point,
// as in Redshift.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_collation_sequences.html
func (s *Server) initdb(ctx context.Context, build string, user *syscall.Credential) error {
	cmd := exec.CommandContext(ctx, filepath.Join(build, "bin", "initdb"), //nolint:gosec // checkBuild has checked the build
		"--pgdata", s.data(), "--username", Superuser, "--auth", "trust", "--encoding", "UTF8",
		"--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C",
		"--no-sync", "--no-instructions")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = s.data(), environment(), attributes(user)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// run starts the server and waits until it accepts connections.
func (s *Server) run(ctx context.Context, build string, user *syscall.Credential) error {
	output, err := os.Create(s.log())
	if err != nil {
		return err
	}
	defer output.Close() //nolint:errcheck // the child process has its own descriptor
	args := []string{"-D", s.data()}
	for _, setting := range settings(s.socketDir()) {
		args = append(args, "-c", setting)
	}
	// Not CommandContext: the server runs on after ctx has ended.
	cmd := exec.Command(filepath.Join(build, "bin", "postgres"), args...) //nolint:gosec // checkBuild has checked the build
	cmd.Dir, cmd.Env, cmd.SysProcAttr = s.data(), environment(), attributes(user)
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Start(); err != nil {
		return err
	}
	s.process, s.exited = cmd, make(chan struct{})
	go func() {
		s.waitErr = cmd.Wait()
		close(s.exited)
	}()
	return s.ready(ctx)
}

// settings returns the server's configuration parameters. The data is temporary, so the
// server never waits until a write is on the disk.
func settings(socketDir string) []string {
	return []string{
		"listen_addresses=", "unix_socket_directories=" + socketDir, "unix_socket_permissions=0700",
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
		"autovacuum_naptime=10s", "shared_buffers=256MB", "work_mem=32MB", "max_wal_size=4GB", "max_connections=100",
		"TimeZone=UTC", "log_timezone=UTC", "jit=off",
	}
}

// ready waits until postmaster.pid contains the word "ready", which postgres writes to its
// last line when it accepts connections.
func (s *Server) ready(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.exited:
			return fmt.Errorf("postgres: %w: %s", s.waitErr, s.logTail())
		case <-tick.C:
		}
		pid, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
		if err == nil && slices.Contains(strings.Fields(string(pid)), "ready") {
			return nil
		}
	}
}

// ConnString returns a connection string for pgx, which connects to a database of the
// server as Superuser.
func (s *Server) ConnString(database string) string {
	return fmt.Sprintf("host=%s user=%s dbname=%s sslmode=disable", value(s.socketDir()), Superuser, value(database))
}

// value returns v quoted as a value of a connection string.
func value(v string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
}

// Close stops the server, ends its sessions, and removes its directory. Calling Close again
// does nothing.
func (s *Server) Close() error {
	if s.process != nil {
		s.stop()
	}
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}

// stop requests a fast shutdown of PostgreSQL. If the server is still running after 5
// seconds, stop kills it.
//
// Source: https://www.postgresql.org/docs/17/server-shutdown.html
func (s *Server) stop() {
	_ = s.process.Process.Signal(syscall.SIGINT) // fails if the process has ended; then exited is closed
	select {
	case <-s.exited:
	case <-time.After(5 * time.Second):
		_ = s.process.Process.Kill() // fails if the process has ended; then exited is closed
		<-s.exited
	}
}

func (s *Server) data() string      { return filepath.Join(s.dir, "data") }
func (s *Server) log() string       { return filepath.Join(s.dir, "postgres.log") }
func (s *Server) socketDir() string { return filepath.Join(s.dir, "run") }
func (s *Server) socket() string    { return filepath.Join(s.socketDir(), ".s.PGSQL.5432") }

// logTail returns the last 2,000 bytes of the server's log, for an error message.
func (s *Server) logTail() string {
	text, err := os.ReadFile(s.log())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}
