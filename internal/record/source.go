package record

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// source is a template's text after KDG's cleaning, and where it came from.
type source struct {
	text   string
	line   int      // of the text's first character, from 1
	column int      // of it, from 1, in characters
	breaks []lineup // where lines began, in order
}

// lineup says that at an offset of the cleaned text a line of the template began.
type lineup struct{ offset, line int }

// clean drops blanks around the text and all newlines, and makes the first
// {{current.timestamp}} a {{date.now}}, as KDG does.
func clean(text string) source {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	blank := func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }
	trimmed := strings.TrimLeftFunc(text, blank)
	lead := text[:len(text)-len(trimmed)]
	trimmed = strings.TrimRightFunc(trimmed, blank)
	s := source{
		line:   1 + strings.Count(lead, "\n"),
		column: 1 + utf8.RuneCountInString(lead[strings.LastIndex(lead, "\n")+1:]),
	}
	var b strings.Builder
	for i, line := range strings.Split(trimmed, "\n") {
		if i > 0 {
			s.breaks = append(s.breaks, lineup{b.Len(), s.line + i})
		}
		b.WriteString(line)
	}
	s.text = b.String()
	s.renameTimestamp()
	return s
}

// renameTimestamp replaces KDG's old name of date.now, and moves the breaks after
// it along.
func (s *source) renameTimestamp() {
	const old, now = "{{current.timestamp}}", "{{date.now}}"
	at := strings.Index(s.text, old)
	if at < 0 {
		return
	}
	s.text = strings.Replace(s.text, old, now, 1)
	for i := range s.breaks {
		if s.breaks[i].offset > at {
			s.breaks[i].offset -= len(old) - len(now)
		}
	}
}

// position returns the line and the column, in characters, of an offset of the
// cleaned text in the template as it was written.
func (s *source) position(offset int) (line, column int) {
	i := sort.Search(len(s.breaks), func(i int) bool { return s.breaks[i].offset > offset })
	if i == 0 {
		return s.line, s.column + utf8.RuneCountInString(s.text[:offset])
	}
	last := s.breaks[i-1]
	return last.line, 1 + utf8.RuneCountInString(s.text[last.offset:offset])
}
