package ddlhandler

import (
	"errors"
	"strings"
	"time"
)

// state is the state of an object in the ledger.
type state string

const (
	creating state = "creating" // the object's first CREATE may or may not have run
	updating state = "updating" // an Update has begun
	live     state = "live"     // the last Create or Update has succeeded
	deleting state = "deleting" // a Delete has begun
	// deleted is the state of a tombstone: a Delete arrived before its Create, and no
	// object exists.
	deleted state = "deleted"
)

// entry is the ledger's row of one object.
type entry struct {
	owner      owner
	handedFrom string // the logical ID of the construct that had the object before its owner; noValue if none
	definition string // the hash of the Definition that the object was made from, if it exists
	state      state
	request    string           // the ID of the request that changed the row last and now owns it
	began      time.Time        // when that request began, to the millisecond
	keptAt     time.Time        // the time in the kept table's name, to the second; the column is named kept
	enteredBy  string           // the ID of the request that inserted the row
	running    runningStatement // the last statement that ran for longer than a second
}

// runningStatement identifies a statement that runs or has run.
type runningStatement struct{ request, id string }

// String returns the value of the ledger's column running.
func (r runningStatement) String() string { return r.request + " " + r.id }

func parseRunning(text string) runningStatement {
	request, id, _ := strings.Cut(text, " ")
	return runningStatement{request, id}
}

// noValue means in the ledger that a column has no value. The Data API accepts no empty
// parameter.
const noValue = "-"

// timeLayout is the format of times in the ledger, which are in UTC.
const timeLayout = "2006-01-02 15:04:05.000"

// entryColumns are the ledger's columns, in the order in which elected parses them.
const entryColumns = "stack_id, logical_id, handed_from, definition, state, request, began, kept, entered_by, running, elected"

// These are the indexes in entryColumns of the columns that identify a row's owner.
const (
	stackColumn, logicalColumn     = 0, 1
	enteredByColumn, electedColumn = 8, 10
)

// elected returns the elected row among an object's rows: the row whose elected column
// equals its own entered_by. This row identifies the object's owner. It returns nil if the
// object has no owner, or no row has been elected yet.
func elected(rows [][]string) (*entry, error) {
	for _, r := range rows {
		if r[electedColumn] != r[enteredByColumn] {
			continue
		}
		began, err := time.Parse(timeLayout, r[6])
		keptAt, err2 := time.Parse(timeLayout, r[7])
		if err := errors.Join(err, err2); err != nil {
			return nil, err
		}
		return &entry{owner{r[stackColumn], r[logicalColumn]}, r[2], r[3], state(r[4]), r[5], began, keptAt, r[enteredByColumn], parseRunning(r[9])}, nil
	}
	return nil, nil
}

// isUnelected reports whether a row was inserted for this owner and is not elected.
func isUnelected(row []string, by owner) bool {
	return owner{row[stackColumn], row[logicalColumn]} == by && row[electedColumn] != row[enteredByColumn]
}
