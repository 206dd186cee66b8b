// Command cmd attacks a twin, and prints the attacks that succeeded. It exits with status
// 1 if an attack succeeded or could not be tried.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/tributary-cdk/tributary/internal/attack"
)

func main() { os.Exit(run()) }

func run() int {
	o := attack.Options{Out: os.Stdout}
	var groups string
	flag.StringVar(&o.Tributary, "tributary", "build/tributary", "path of the tributary command whose twin is attacked")
	flag.StringVar(&groups, "groups", "", "comma-separated groups of attacks to try; empty means all")
	flag.Parse()
	if groups != "" {
		o.Groups = strings.Split(groups, ",")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	report, err := attack.Run(ctx, o)
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "attack:", err)
	}
	_, _ = fmt.Fprintln(os.Stdout, report)
	if err != nil || len(report.Succeeded) > 0 {
		return 1
	}
	return 0
}
