package s3_test

import (
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk checks that a failed write returns an error and leaves no file. It runs
// itself in a child process, for which the kernel limits the size of files.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	const childVariable = "TRIBUTARY_TEST_FULL_DISK"
	if os.Getenv(childVariable) == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestFullDisk$", "-test.v")
		cmd.Env = append(os.Environ(), childVariable+"=1")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestFullDisk") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ) // so that the write returns an error
	const most = 6 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
		t.Fatal(err)
	}
	s, dir := newStore(t)
	call{method: "PUT", target: "/assets/k", body: strings.Repeat("x", most+1), status: 500, want: "write the object: .*file too large"}.run(t, s)
	if n := files(t, dir); n != 0 {
		t.Errorf("after a failed upload: got %d files, want 0", n)
	}
	id := upload(t, s, "big")
	at := "/assets/big?uploadId=" + id
	first := call{method: "PUT", target: at + "&partNumber=1", body: strings.Repeat("x", 5<<20), status: 200}.run(t, s).Header().Get("ETag")
	second := call{method: "PUT", target: at + "&partNumber=2", body: strings.Repeat("x", 5<<20), status: 200}.run(t, s).Header().Get("ETag")
	list := partList(first, second)
	call{method: "POST", target: at, body: list, status: 500, want: "write the object: .*file too large"}.run(t, s)
	if n := files(t, dir); n != 2 {
		t.Errorf("after a failed completion: got %d files, want the upload's 2 parts", n)
	}
	call{method: "DELETE", target: at, status: 204}.run(t, s) // the upload can still be aborted
	if n := files(t, dir); n != 0 {
		t.Errorf("after the upload was aborted: got %d files, want 0", n)
	}
}
