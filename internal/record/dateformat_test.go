package record_test

import (
	"fmt"
	"testing"
)

// TestDateFormats tests the texts that moment 2.17.1 prints, in the time zone -08:00 and in
// UTC.
func TestDateFormats(t *testing.T) {
	t.Parallel()
	tests := []struct{ format, now, utc string }{
		{`dddd, MMMM Do YYYY, h:mm:ss a`, "Sunday, November 22nd 2026, 10:57:13 am", "Sunday, November 22nd 2026, 6:57:13 pm"},
		{`ddd, hA`, "Sun, 10AM", "Sun, 6PM"},
		{`DD/MMM/YYYY:HH:mm:ss Z ZZ`, "22/Nov/2026:10:57:13 -08:00 -0800", "22/Nov/2026:18:57:13 +00:00 +0000"},
		{`ddLLLL`, "SundaySu, November 22, 2026 10:57 AM", "SundaySu, November 22, 2026 6:57 PM"}, // LLLL is replaced before the format is split into tokens
		{`[at] [a]b] \MM \LT`, "at a]b MM LT", "at a]b MM LT"},
		{`X x SSS SSSS S`, "1795373833 1795373833250 250 2500 2", "1795373833 1795373833250 250 2500 2"},
		{`Q Qo DDD DDDo DDDD`, "4 4th 326 326th 326", "4 4th 326 326th 326"},
		{`w wo ww W GG GGGG gg gggg e E d do`, "48 48th 48 47 26 2026 26 2026 0 7 0 0th", "48 48th 48 47 26 2026 26 2026 0 7 0 0th"},
		{`Y YY YYYYYY YYYYY`, "2026 26 +002026 02026", "2026 26 +002026 02026"},
		{`k kk h hh hmm Hmmss A a`, "10 10 10 10 1057 105713 AM am", "18 18 6 06 657 185713 PM pm"},
		{`T-é[`, "T-é[", "T-é["},
		{`z zz`, " ", "UTC Coordinated Universal Time"},
		{`ll LTS`, "Nov 22, 2026 10:57:13 AM", "Nov 22, 2026 6:57:13 PM"},
	}
	for _, test := range tests {
		t.Run(test.format, func(t *testing.T) {
			t.Parallel()
			got := render(t, fmt.Sprintf("<{{date.now(%q)}}|{{date.utc(%q)}}>", test.format, test.format), 1)[0]
			if want := "<" + test.now + "|" + test.utc + ">"; got != want {
				t.Errorf("want %q, got %q", want, got)
			}
		})
	}
}
