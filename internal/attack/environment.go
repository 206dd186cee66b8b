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

// attackEnvironment looks for the twin's environment in PostgreSQL's, and tries to
// reach PostgreSQL and the twin's files as other users of the machine.
func attackEnvironment(ctx context.Context, w *world, r *Report) error {
	_, err := w.undefended(ctx, "CREATE TABLE attack (line text)", "COPY attack FROM PROGRAM 'env'", "SELECT 1/count(*) FROM attack WHERE line LIKE '"+canary+"%'")
	w.clean(ctx, "DROP TABLE IF EXISTS attack")
	r.try(err == nil, "SQL reads the shell's environment")
	children, err := childrenOf(w.PID)
	if err != nil {
		return err
	}
	if len(children) == 0 {
		return errors.New("the twin has no process of PostgreSQL's")
	}
	for _, pid := range children {
		environ, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
		if err != nil {
			return err
		}
		r.try(strings.Contains(string(environ), canary), "process %d of the twin's has the shell's environment", pid)
	}
	if os.Geteuid() != 0 {
		return errors.New("only root can try what other users of the machine reach: run it as root")
	}
	files, err := w.files()
	if err != nil {
		return err
	}
	for _, user := range otherUsers {
		for _, file := range files {
			change, err := asUser(user, func() error { return reach(file) })
			if change != nil {
				return fmt.Errorf("become user %d: %w", user, change)
			}
			r.try(err == nil, "user %d reaches %s", user, file)
		}
	}
	return nil
}

// otherUsers are the ids of users who must not reach the twin. The last is the user
// "nobody", as whom PostgreSQL runs if root starts the twin.
var otherUsers = []uint32{1, 1000, 65533, 65534}

// files returns what other users must not reach: PostgreSQL's directory and socket,
// what is next to them, and what "tributary local" remembers of the twin.
func (w *world) files() ([]string, error) {
	files := []string{filepath.Join(w.socket, ".s.PGSQL.5432")}
	state := w.State
	if err := os.Chmod(filepath.Dir(state), 0o755); err != nil { //nolint:gosec // the attacker's own; what lies in it must protect itself
		return nil, err
	}
	for _, root := range []string{w.Dir, state} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch depth := strings.Count(strings.TrimPrefix(path, root), "/"); {
			case err != nil:
				return err
			case d.IsDir() && depth > 2, d.IsDir() && d.Name() == "build":
				return filepath.SkipDir
			case path != w.Dir: // which PostgreSQL passes through, and which can't be listed
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

// reach opens what lies at a path: it lists a directory, reads a file, and connects
// to a socket.
func reach(path string) error {
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

// childrenOf returns the processes that a process has started.
func childrenOf(pid int) ([]int, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	var children []int
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// pid (name) state parent …; a name may hold anything.
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
