package record

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// source is the text of a template after clean, and the positions of the original text.
type source struct {
	text   string
	line   int         // the line of the first character, beginning with 1
	column int         // the column of the first character, beginning with 1, in characters
	starts []lineStart // the starts of the other lines, in order
}

// lineStart is the offset in the cleaned text at which a line of the original text begins.
type lineStart struct{ offset, line int }

// clean changes the text like KDG: it removes the blanks around the text and all newlines,
// and replaces the first {{current.timestamp}} by {{date.now}}.
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
			s.starts = append(s.starts, lineStart{b.Len(), s.line + i})
		}
		b.WriteString(line)
	}
	s.text = b.String()
	s.renameTimestamp()
	return s
}

// renameTimestamp replaces the first {{current.timestamp}}, an old name of date.now in KDG,
// and adjusts the offsets of the line starts after it.
func (s *source) renameTimestamp() {
	const old, now = "{{current.timestamp}}", "{{date.now}}"
	at := strings.Index(s.text, old)
	if at < 0 {
		return
	}
	s.text = strings.Replace(s.text, old, now, 1)
	for i := range s.starts {
		if s.starts[i].offset > at {
			s.starts[i].offset -= len(old) - len(now)
		}
	}
}

// position returns the line and the column of the original text for an offset in the cleaned
// text. The column counts characters.
func (s *source) position(offset int) (line, column int) {
	i := sort.Search(len(s.starts), func(i int) bool { return s.starts[i].offset > offset })
	if i == 0 {
		return s.line, s.column + utf8.RuneCountInString(s.text[:offset])
	}
	last := s.starts[i-1]
	return last.line, 1 + utf8.RuneCountInString(s.text[last.offset:offset])
}
