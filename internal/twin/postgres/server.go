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

// Superuser is the role that initdb makes. Redshift's own internal role has
// the same name.
const Superuser = "rdsdb"

// maxSocketPath is the longest socket path used, in bytes: sockaddr_un holds
// 104 on macOS and 108 on Linux, the ending zero among them.
const maxSocketPath = 100

// Options says which PostgreSQL Start runs, and where.
type Options struct {
	// Dir is where the search for node_modules begins, upward. Empty means the
	// working directory. Not used if Build is set.
	Dir string
	// Build is the directory that holds bin, lib and share. Empty means that of
	// the npm package for this platform.
	Build string
	// Temp is where the server's own directory is made. Empty means os.TempDir.
	Temp string
}

// Server is a running PostgreSQL.
type Server struct {
	dir     string // everything of the server's; removed by Close
	process *exec.Cmd
	exited  chan struct{} // closed when the process has ended
	waitErr error         // set before exited is closed
}

// Start makes a database cluster in a directory of its own and runs PostgreSQL
// on it until Close, or until this process dies where the OS can tell (Linux).
// It returns when the server accepts connections. If ctx ends first, or
// anything fails, nothing is left behind.
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

// start fills s. What it has done before it fails is Close's to undo.
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
		// That user may not be able to read the directory where npm has put it.
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

// makeDirs makes the directories of the data and of the socket. The server's
// own directory is open to nobody else: it has mode 0700, or, where root starts
// the server as another user, mode 0710 and a group that only the server has.
// So another process of that user can reach neither the data nor the socket.
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
		os.Chmod(s.dir, 0o710), //nolint:gosec // the server, which has that group, passes through it
	)
}

// environment is what PostgreSQL's programs see: nothing of this process's own
// environment, which may hold credentials and which SQL could read.
func environment() []string {
	return []string{"PATH=/usr/bin:/bin", "LANG=C", "LC_ALL=C", "TZ=UTC"}
}

// initdb makes the database cluster. Text sorts by code point, as Redshift
// sorts it, and is UTF-8.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_collation_sequences.html
func (s *Server) initdb(ctx context.Context, build string, user *syscall.Credential) error {
	cmd := exec.CommandContext(ctx, filepath.Join(build, "bin", "initdb"), //nolint:gosec // the path is the checked build
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
	defer output.Close() //nolint:errcheck // the child has its own descriptor
	args := []string{"-D", s.data()}
	for _, setting := range settings(s.socketDir()) {
		args = append(args, "-c", setting)
	}
	cmd := exec.Command(filepath.Join(build, "bin", "postgres"), args...) //nolint:gosec // the path is the checked build; it outlives ctx
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

// settings are those of a store that nobody will miss: no waiting for the disk.
func settings(socketDir string) []string {
	return []string{
		"listen_addresses=", "unix_socket_directories=" + socketDir, "unix_socket_permissions=0700",
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
		"autovacuum_naptime=10s", "shared_buffers=256MB", "work_mem=32MB", "max_wal_size=4GB", "max_connections=100",
		"TimeZone=UTC", "log_timezone=UTC", "jit=off",
	}
}

// ready waits for the word that postgres puts on the last line of its pid file.
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

// ConnString returns how pgx connects to a database of the server as Superuser.
func (s *Server) ConnString(database string) string {
	return fmt.Sprintf("host=%s user=%s dbname=%s sslmode=disable", value(s.socketDir()), Superuser, value(database))
}

// value quotes a connection string's value.
func value(v string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
}

// Close ends the server, its sessions too, and removes its directory. Closing
// twice is no error.
func (s *Server) Close() error {
	if s.process != nil {
		s.stop()
	}
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}

// stop asks for PostgreSQL's fast shutdown and, if that takes 5 s, kills it.
//
// Source: https://www.postgresql.org/docs/17/server-shutdown.html
func (s *Server) stop() {
	_ = s.process.Process.Signal(syscall.SIGINT) // gone already: exited says so
	select {
	case <-s.exited:
	case <-time.After(5 * time.Second):
		_ = s.process.Process.Kill() // gone already
		<-s.exited
	}
}

func (s *Server) data() string      { return filepath.Join(s.dir, "data") }
func (s *Server) log() string       { return filepath.Join(s.dir, "postgres.log") }
func (s *Server) socketDir() string { return filepath.Join(s.dir, "run") }
func (s *Server) socket() string    { return filepath.Join(s.socketDir(), ".s.PGSQL.5432") }

// logTail returns the end of the server's log, for an error.
func (s *Server) logTail() string {
	text, err := os.ReadFile(s.log())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}
