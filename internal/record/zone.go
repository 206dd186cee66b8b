package record

import (
	"fmt"
	"time"
)

// zoneNames are the English names of time zones, by abbreviation and seconds east
// of Greenwich, since several zones share an abbreviation.
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

const longestZoneName = 40

type zone struct {
	abbreviation string
	offset       int
}

// appendZoneName appends the name of t's zone as JavaScript prints it: for one
// without a name, the offset.
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
