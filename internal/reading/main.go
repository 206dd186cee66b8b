package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	seed := flag.Uint64("seed", 1, "which texts are picked")
	n := flag.Int("n", 60, "how many texts are picked; 0 for all, in the order of the files")
	flag.Parse()
	if err := run(os.Stdout, *seed, *n, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "reading:", err)
		os.Exit(1)
	}
}

// run writes n texts to out, of the files that git knows under dirs, or under the current
// directory if there are none.
func run(out io.Writer, seed uint64, n int, dirs []string) error {
	list, err := exec.Command("git", append([]string{"ls-files", "--"}, dirs...)...).Output() // #nosec G204 -- no shell reads the directories
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	var texts []text
	for file := range strings.Lines(string(list)) {
		found, err := textsOf(".", strings.TrimSuffix(file, "\n"))
		if err != nil {
			return err
		}
		texts = append(texts, found...)
	}
	for i, t := range pick(texts, seed, n) {
		_, _ = fmt.Fprintf(out, "%d. %s:%d %s\n%s\n\n", i+1, t.file, t.line, t.kind, t.shown)
	}
	return nil
}

// pick returns n of the texts, sorted by place; all of them if n is 0.
func pick(texts []text, seed uint64, n int) []text {
	texts = slices.Clone(texts)
	if n > 0 && n < len(texts) {
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(texts), func(i, j int) { // #nosec G404 -- must be repeatable
			texts[i], texts[j] = texts[j], texts[i]
		})
		texts = texts[:n]
	}
	slices.SortStableFunc(texts, func(a, b text) int {
		return cmp.Or(strings.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	return texts
}

// textsOf returns the texts of a file below dir, in the order of the lines; none if the
// file contains no code.
func textsOf(dir, file string) ([]text, error) {
	isGo := path.Ext(file) == ".go"
	isScript := file == "Makefile" || strings.HasPrefix(file, "scripts/") && path.Ext(file) == ""
	if !isGo && !isScript || strings.Contains(file, "/testdata/") {
		return nil, nil
	}
	source, err := os.ReadFile(filepath.Join(dir, file)) // #nosec G304 -- git named it
	if err != nil {
		return nil, err
	}
	if isScript {
		return scriptTexts(file, string(source)), nil
	}
	return goTexts(file, string(source))
}
