package watch

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// choice is what the user has chosen on the page. The query of the page's URL contains
// it.
type choice struct {
	window window
	group  string // the date part that rows are grouped by: second, minute, hour or day
	zone   string // the IANA name of a time zone
}

// window is the period before now that the page shows.
type window struct {
	name    string
	seconds int
	groups  []string // the groups that make a readable number of points; the first is the default
}

// windows returns the windows that can be chosen, shortest first. No group makes more
// than 1,440 points in its window.
func windows() []window {
	return []window{
		{"1m", 60, []string{"second"}},
		{"5m", 300, []string{"second", "minute"}},
		{"15m", 900, []string{"minute", "second"}},
		{"1h", 3600, []string{"minute", "hour"}},
		{"6h", 6 * 3600, []string{"minute", "hour"}},
		{"24h", 24 * 3600, []string{"hour", "minute", "day"}},
		{"7d", 7 * 24 * 3600, []string{"hour", "day"}},
		{"30d", 30 * 24 * 3600, []string{"day", "hour"}},
	}
}

// defaultWindow is shown if the URL names no window.
const defaultWindow = "5m"

// zoneName matches names that have the form of IANA time zone names.
var zoneName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$`)

// parseChoice reads a choice from a URL's query. The defaults are the last 5 minutes, the
// window's default group, and UTC. The error has one line for each problem.
func parseChoice(query url.Values) (choice, error) {
	c := choice{zone: "UTC"}
	var errs []error
	name := cmp.Or(query.Get("window"), defaultWindow)
	var names []string
	for _, w := range windows() {
		names = append(names, w.name)
		if w.name == name {
			c.window = w
		}
	}
	group := query.Get("group")
	switch {
	case c.window.name == "":
		errs = append(errs, fmt.Errorf("window: %q is unknown; write one of %s", name, strings.Join(names, ", ")))
	case group == "":
		c.group = c.window.groups[0]
	case !slices.Contains(c.window.groups, group):
		errs = append(errs, fmt.Errorf("group: %q is not available for the window %s; write one of %s", group, name, strings.Join(c.window.groups, ", ")))
	default:
		c.group = group
	}
	if zone := query.Get("zone"); zone != "" {
		c.zone = zone
		if !zoneName.MatchString(zone) || len(zone) > 64 {
			errs = append(errs, fmt.Errorf("zone: %q is not a time zone; write one such as %q", zone, "Europe/Berlin"))
		}
	}
	return c, errors.Join(errs...)
}
