package ddlhandler

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// state says how far an object is, as the ledger holds it.
type state string

const (
	creating state = "creating" // its first CREATE may or may not have run
	updating state = "updating"
	live     state = "live"
	deleting state = "deleting"
	deleted  state = "deleted" // there is no object: a Delete came before its Create
)

// entry is the ledger's row of one object.
type entry struct {
	owner      owner
	handedFrom string // the logical id that gave the object to its owner, or nobody
	definition string // what the object is made from, if it exists: the hash of its Definition
	state      state
	request    string    // the request that changed the row last, and now owns it
	began      time.Time // when that request began, to the millisecond
	keptAt     time.Time // names the kept table of the last update, to the second: the column kept
	enteredBy  string    // the request that made the row
	running    running   // a statement that ran long, the last one
}

// running is a statement that runs, or that has run.
type running struct{ request, id string }

// String returns the statement as the ledger holds it.
func (r running) String() string { return r.request + " " + r.id }

func parseRunning(text string) running {
	request, id, _ := strings.Cut(text, " ")
	return running{request, id}
}

// nobody stands in the ledger where there is no value, since the Data API takes
// no empty parameter.
const nobody = "-"

// instant is how times stand in the ledger, in UTC.
const instant = "2006-01-02 15:04:05.000"

// entryColumns are the ledger's, in the order that elected reads.
const entryColumns = "stack_id, logical_id, handed_from, definition, state, request, began, kept, entered_by, running, elected"

// The columns that say whose a row is, by their places.
const (
	stackColumn, logicalColumn     = 0, 1
	enteredByColumn, electedColumn = 8, 10
)

// elected returns the one of an object's rows that says whose the object is: the one
// whose own request is elected. Nil means that the object is nobody's, or that nobody
// has been elected yet.
func elected(rows [][]string) (*entry, error) {
	for _, r := range rows {
		if want := strings.Count(entryColumns, ",") + 1; len(r) != want {
			return nil, fmt.Errorf("a row of %d columns; want %d", len(r), want)
		}
		if r[electedColumn] != r[enteredByColumn] {
			continue
		}
		began, err := time.Parse(instant, r[6])
		keptAt, err2 := time.Parse(instant, r[7])
		if err := errors.Join(err, err2); err != nil {
			return nil, err
		}
		return &entry{owner{r[stackColumn], r[logicalColumn]}, r[2], r[3], state(r[4]), r[5], began, keptAt, r[enteredByColumn], parseRunning(r[9])}, nil
	}
	return nil, nil
}

// unelected reports whether a row is the owner's and was not elected.
func unelected(row []string, by owner) bool {
	return owner{row[stackColumn], row[logicalColumn]} == by && row[electedColumn] != row[enteredByColumn]
}
