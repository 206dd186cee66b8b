package lambda

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
)

// program is what an execution environment starts: a command and its
// arguments.
type program struct {
	path string
	args []string
}

// programs finds what to start for a function's bootstrap on this host.
type programs struct {
	dir      string // keeps what was built, by the bootstrap's SHA-256
	workDir  string
	emulator string
	mu       sync.Mutex // one build at a time
}

// find returns the program that runs a bootstrap made for an architecture:
// the bootstrap itself where the host can run it, else under the emulator,
// else built again for the host by [programs.rebuild].
func (p *programs) find(ctx context.Context, bootstrap, architecture string, progress func(string)) (program, error) {
	machine, err := machineOf(bootstrap)
	if err != nil {
		return program{}, err
	}
	if machine == elf.EM_NONE {
		return program{path: bootstrap}, nil // a script: its interpreter is the host's
	}
	want, host := machines()[architecture], machines()[hostArchitecture()]
	switch {
	case machine != want:
		return program{}, fmt.Errorf("code: bootstrap is built for %v, but Architectures says %q", machine, architecture)
	case runtime.GOOS == "linux" && machine == host:
		return program{path: bootstrap}, nil
	case p.emulator != "" && machine == elf.EM_AARCH64:
		emulator, err := exec.LookPath(p.emulator)
		if err != nil {
			return program{}, fmt.Errorf("emulator: %w", err)
		}
		return program{emulator, []string{bootstrap}}, nil
	}
	built, err := p.rebuild(ctx, bootstrap, progress)
	if err != nil {
		return program{}, fmt.Errorf("this host (%s/%s) cannot run the asset's bootstrap (linux, %v): %w",
			runtime.GOOS, runtime.GOARCH, machine, err)
	}
	return program{path: built}, nil
}

// machines maps Lambda's architectures to ELF's.
func machines() map[string]elf.Machine {
	return map[string]elf.Machine{"arm64": elf.EM_AARCH64, "x86_64": elf.EM_X86_64}
}

func hostArchitecture() string {
	if runtime.GOARCH == "amd64" {
		return "x86_64"
	}
	return runtime.GOARCH
}

// machineOf returns what an ELF file is built for, EM_NONE for a script.
func machineOf(path string) (elf.Machine, error) {
	f, err := os.Open(path)
	if err != nil {
		return elf.EM_NONE, err
	}
	defer func() { _ = f.Close() }()
	start := make([]byte, 2)
	if _, err := io.ReadFull(f, start); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return elf.EM_NONE, fmt.Errorf("code: bootstrap: %w", err)
	}
	if string(start) == "#!" {
		return elf.EM_NONE, nil
	}
	binary, err := elf.NewFile(f)
	if err != nil {
		return elf.EM_NONE, fmt.Errorf("code: bootstrap is neither a script nor a Linux program: %w", err)
	}
	return binary.Machine, nil
}
