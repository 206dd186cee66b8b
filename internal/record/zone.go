package record

import (
	"fmt"
	"time"
)

// zoneNames are the English names of time zones. Several zones have the same abbreviation, so
// the offset is a part of the key.
//
// Source: https://cldr.unicode.org
var zoneNames = map[zone]string{
	{"UTC", 0}:       "Coordinated Universal Time",
	{"GMT", 0}:       "Greenwich Mean Time",
	{"BST", 3600}:    "British Summer Time",
	{"IST", 3600}:    "Irish Standard Time",
	{"WET", 0}:       "Western European Standard Time",
	{"WEST", 3600}:   "Western European Summer Time",
	{"CET", 3600}:    "Central European Standard Time",
	{"CEST", 7200}:   "Central European Summer Time",
	{"EET", 7200}:    "Eastern European Standard Time",
	{"EEST", 10800}:  "Eastern European Summer Time",
	{"MSK", 10800}:   "Moscow Standard Time",
	{"SAST", 7200}:   "South Africa Standard Time",
	{"IST", 7200}:    "Israel Standard Time",
	{"IDT", 10800}:   "Israel Daylight Time",
	{"PKT", 18000}:   "Pakistan Standard Time",
	{"IST", 19800}:   "India Standard Time",
	{"WIB", 25200}:   "Western Indonesia Time",
	{"CST", 28800}:   "China Standard Time",
	{"HKT", 28800}:   "Hong Kong Standard Time",
	{"PST", 28800}:   "Philippine Standard Time",
	{"AWST", 28800}:  "Australian Western Standard Time",
	{"JST", 32400}:   "Japan Standard Time",
	{"KST", 32400}:   "Korean Standard Time",
	{"ACST", 34200}:  "Australian Central Standard Time",
	{"ACDT", 37800}:  "Australian Central Daylight Time",
	{"AEST", 36000}:  "Australian Eastern Standard Time",
	{"AEDT", 39600}:  "Australian Eastern Daylight Time",
	{"NZST", 43200}:  "New Zealand Standard Time",
	{"NZDT", 46800}:  "New Zealand Daylight Time",
	{"NST", -12600}:  "Newfoundland Standard Time",
	{"NDT", -9000}:   "Newfoundland Daylight Time",
	{"AST", -14400}:  "Atlantic Standard Time",
	{"ADT", -10800}:  "Atlantic Daylight Time",
	{"EST", -18000}:  "Eastern Standard Time",
	{"EDT", -14400}:  "Eastern Daylight Time",
	{"CST", -21600}:  "Central Standard Time",
	{"CDT", -18000}:  "Central Daylight Time",
	{"MST", -25200}:  "Mountain Standard Time",
	{"MDT", -21600}:  "Mountain Daylight Time",
	{"PST", -28800}:  "Pacific Standard Time",
	{"PDT", -25200}:  "Pacific Daylight Time",
	{"AKST", -32400}: "Alaska Standard Time",
	{"AKDT", -28800}: "Alaska Daylight Time",
	{"HST", -36000}:  "Hawaii-Aleutian Standard Time",
}

// longestZoneName is the highest length of a name in zoneNames, in bytes.
const longestZoneName = 40

// zone is a time zone at a time of the year.
type zone struct {
	abbreviation string
	offset       int // in seconds east of UTC
}

// appendZoneName appends the name of the time zone of t in the form in which JavaScript prints
// it. A zone that is not in zoneNames is printed as its offset.
func appendZoneName(dst []byte, t time.Time) []byte {
	abbreviation, offset := t.Zone()
	if name, ok := zoneNames[zone{abbreviation, offset}]; ok {
		return append(dst, name...)
	}
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Appendf(dst, "GMT%c%02d:%02d", sign, offset/3600, offset%3600/60)
}
