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

// program is the command that an execution environment runs.
type program struct {
	path string
	args []string
}

// programs finds the command that runs a function's bootstrap on this host.
type programs struct {
	dir      string     // for compiled programs, each in a directory named by its bootstrap's SHA-256
	workDir  string     // see Options
	emulator string     // see Options
	mu       sync.Mutex // one build at a time
}

// find returns the program for a bootstrap and one of Lambda's architectures. If the
// host can run the bootstrap, it is the bootstrap itself; else it is the emulator, if
// there is one; else it is the program that [programs.rebuild] returns.
func (p *programs) find(ctx context.Context, bootstrap, architecture string, progress func(string)) (program, error) {
	machine, err := machineOf(bootstrap)
	if err != nil {
		return program{}, err
	}
	if machine == elf.EM_NONE {
		return program{path: bootstrap}, nil // a script, which an interpreter of the host runs
	}
	want, host := machines()[architecture], machines()[hostArchitecture()]
	switch {
	case machine != want:
		return program{}, fmt.Errorf("code: bootstrap is built for %v, but Architectures is %q", machine, architecture)
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
		return program{}, fmt.Errorf("code: bootstrap is built for linux, %v, which this host (%s/%s) cannot run: %w",
			machine, runtime.GOOS, runtime.GOARCH, err)
	}
	return program{path: built}, nil
}

// machines maps Lambda's names of architectures to those of ELF.
func machines() map[string]elf.Machine {
	return map[string]elf.Machine{"arm64": elf.EM_AARCH64, "x86_64": elf.EM_X86_64}
}

// hostArchitecture returns Lambda's name of this host's architecture.
func hostArchitecture() string {
	if runtime.GOARCH == "amd64" {
		return "x86_64"
	}
	return runtime.GOARCH
}

// machineOf returns the architecture that an ELF file is built for; EM_NONE for a script.
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
