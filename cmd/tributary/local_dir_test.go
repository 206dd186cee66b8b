package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStateDirectoryIsPrivate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		mode  os.FileMode // of the existing directory; zero means that it does not exist
		files []string    // files in the directory, which all users may read and write
		want  string      // part of the error; empty means no error
	}{
		"no directory":                 {0, nil, ""},
		"private":                      {0o700, []string{"photos"}, ""},
		"readable by all, empty":       {0o755, nil, ""},
		"open to the group":            {0o770, nil, ""},
		"open to all, twin's files":    {0o777, []string{"twin.json", "twin.log", "cdk"}, ""},
		"readable by all, other files": {0o755, []string{"twin.json", "photos"}, "would contain the twin's secret key, and other users have access to it (mode 0755); run chmod 700, or name another directory with --state"},
		"executable by all":            {0o711, []string{"photos"}, "other users have access to it (mode 0711)"},
		"writable by all":              {0o702, []string{"photos"}, "other users have access to it (mode 0702)"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := state{filepath.Join(t.TempDir(), "state")}
			if tt.mode != 0 {
				if err := os.Mkdir(s.dir, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			for _, file := range tt.files {
				if err := os.WriteFile(s.path(file), nil, 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(s.path(file), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if tt.mode != 0 {
				if err := os.Chmod(s.dir, tt.mode); err != nil {
					t.Fatal(err)
				}
			}
			want := savedTwin{7, "http://127.0.0.1:4700", "/tmp/tributary-1", "s3cret"}
			err := s.save(want)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, known, err := s.load(); !known || err != nil || got != want {
				t.Errorf("got %+v, %v, %v, want %+v", got, known, err, want)
			}
			modes := map[string]os.FileMode{s.dir: 0o700, s.file(): 0o600}
			got := map[string]os.FileMode{}
			for path := range modes {
				info, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				got[path] = info.Mode().Perm()
			}
			if diff := cmp.Diff(modes, got); diff != "" {
				t.Errorf("modes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStateWithoutSecretIsAnError(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"status", "env", "down", "up"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			s := state{t.TempDir()}
			if err := os.WriteFile(s.file(), []byte(`{"pid":7,"url":"http://127.0.0.1:1","dir":"/tmp/tributary-1"}`), 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, err := runLocal(t, s.dir, command)
			if want := "has no secret key, because an older tributary wrote it; end process 7 if it is still running, and remove the file"; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}
