package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestRunGroupsContinuesAfterAFailure(t *testing.T) {
	t.Parallel()
	succeed := func(context.Context, int) ([]row, error) {
		return []row{{name: "size", figure: 2, unit: "KB", against: "before", ratio: 0.5, goal: 0.4, goalText: "≤0.4"}}, nil
	}
	fail := func(context.Context, int) ([]row, error) { return nil, errors.New("no Chromium") }
	var out strings.Builder
	err := runGroups(t.Context(), []group{{"page", fail}, {"records", succeed}}, 1, &out)
	if want := "group page failed: no Chromium"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if want := "size\t2\tKB\tbefore\t0.5\t≤0.4\tmissed\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
