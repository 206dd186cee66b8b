package attack

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// attackEnvironment checks whether PostgreSQL's processes have the environment variables
// of the twin. It also tries to open the twin's files, and PostgreSQL's socket, as other
// users of the machine.
func attackEnvironment(ctx context.Context, tw *attackedTwin, r *Report) error {
	_, err := tw.runAsSuperuser(ctx, "CREATE TABLE attack (line text)", "COPY attack FROM PROGRAM 'env'", "SELECT 1/count(*) FROM attack WHERE line LIKE '"+canary+"%'")
	tw.clean(ctx, "DROP TABLE IF EXISTS attack")
	r.add(err == nil, "SQL reads the environment of the shell that started the twin")
	children, err := childrenOf(tw.PID)
	if err != nil {
		return err
	}
	if len(children) == 0 {
		return errors.New("the twin has no child process, want PostgreSQL")
	}
	for _, pid := range children {
		environ, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
		if err != nil {
			return err
		}
		r.add(strings.Contains(string(environ), canary), "the twin's child process %d has the environment of the shell that started the twin", pid)
	}
	if os.Geteuid() != 0 {
		return errors.New("access by other users can be tested only by root; run the command as root")
	}
	files, err := tw.files()
	if err != nil {
		return err
	}
	for _, user := range otherUsers {
		for _, file := range files {
			change, err := asUser(user, func() error { return openPath(file) })
			if change != nil {
				return fmt.Errorf("switch to user %d: %w", user, change)
			}
			r.add(err == nil, "user %d opens %s", user, file)
		}
	}
	return nil
}

// otherUsers are the IDs of users who must not have access to the twin's files. The last
// is the user "nobody". PostgreSQL runs as that user if root starts the twin.
var otherUsers = []uint32{1, 1000, 65533, 65534}

// files returns the paths that other users must not be able to open: PostgreSQL's
// directory and socket, the twin's other files, and the state file that "tributary local"
// writes.
func (tw *attackedTwin) files() ([]string, error) {
	files := []string{filepath.Join(tw.socket, ".s.PGSQL.5432")}
	state := tw.State
	if err := os.Chmod(filepath.Dir(state), 0o755); err != nil { //nolint:gosec // the files in the directory must be protected by their own modes
		return nil, err
	}
	for _, root := range []string{tw.Dir, state} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch depth := strings.Count(strings.TrimPrefix(path, root), "/"); {
			case err != nil:
				return err
			case d.IsDir() && depth > 2, d.IsDir() && d.Name() == "build":
				return filepath.SkipDir
			case path != tw.Dir: // tw.Dir must be traversable, because PostgreSQL's user passes through it
				files = append(files, path)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// openPath opens a file or directory for reading, or connects to PostgreSQL's socket. It
// returns an error if that is not permitted.
func openPath(path string) error {
	if filepath.Base(path) == ".s.PGSQL.5432" {
		conn, err := net.Dial("unix", path)
		if err == nil {
			_ = conn.Close()
		}
		return err
	}
	f, err := os.Open(path)
	if err == nil {
		_ = f.Close()
	}
	return err
}

// childrenOf returns the process IDs of the children of a process.
func childrenOf(pid int) ([]int, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	var children []int
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // the process has ended
		}
		// The format is "pid (name) state parent …". The name may contain spaces.
		_, after, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(after)
		if len(fields) < 2 || fields[1] != strconv.Itoa(pid) {
			continue
		}
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		children = append(children, child)
	}
	return children, nil
}
