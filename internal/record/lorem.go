package record

// compileWords compiles random.words. Its argument is the number of words (default: 1 to 3).
func compileWords(c *compiler, args arguments) (op, error) {
	least, most := 1, 3
	if args.at(0) != nil {
		n, err := args.count(0, 0, mostRepeated)
		if err != nil {
			return nil, err
		}
		least, most = n, n
	}
	return repeated{c.pool("random.word"), " ", least, most}, nil
}

// compileLorem compiles a function whose argument is a number of words, sentences, lines or
// paragraphs. The default is a random number from least to most. text returns the op.
func compileLorem(text func(c *compiler, least, most int) op, least, most int) compileFunc {
	return func(c *compiler, args arguments) (op, error) {
		if args.at(0) != nil {
			n, err := args.count(0, 0, mostRepeated)
			if err != nil {
				return nil, err
			}
			return text(c, n, n), nil
		}
		return text(c, least, most), nil
	}
}

// lorem returns an op that prints words.
func (c *compiler) lorem(least, most int) op {
	return repeated{c.pool("lorem.word"), " ", least, most}
}

// sentence returns an op that prints words with a capital letter at the start and a full
// stop at the end.
func (c *compiler) sentence(least, most int) op {
	return capital{sequence{c.lorem(least, most), literal(".")}}
}

// sentences returns an op that prints sentences with blanks between them.
func (c *compiler) sentences(least, most int) op {
	return repeated{c.sentence(3, 10), " ", least, most}
}

// lines returns an op that prints one sentence per line.
func (c *compiler) lines(least, most int) op { return repeated{c.sentence(3, 10), "\n", least, most} }

// paragraph returns an op that prints least to most+3 sentences.
func (c *compiler) paragraph(least, most int) op { return c.sentences(least, most+3) }

// paragraphs returns an op that prints paragraphs on lines of their own.
func (c *compiler) paragraphs(least, most int) op {
	return repeated{c.paragraph(3, 3), "\n \r", least, most}
}

// compileText compiles lorem.text, which prints the text of a random lorem function.
func compileText(c *compiler, _ arguments) (op, error) {
	return c.forms("{{lorem.word}}", "{{lorem.words}}", "{{lorem.sentence}}", "{{lorem.sentences}}", "{{lorem.paragraph}}", "{{lorem.paragraphs}}", "{{lorem.lines}}")
}

// capital is an op that prints the text of another op with an upper-case first letter.
type capital struct{ op }

func (c capital) put(buf []byte, at int, g *Generator) int {
	end := c.op.put(buf, at, g)
	if first := buf[at]; end > at && 'a' <= first && first <= 'z' {
		buf[at] = first - 'a' + 'A'
	}
	return end
}

// compileFileName compiles system.commonFileName, which prints words and an extension in
// lower case. Its optional argument is the extension.
func compileFileName(c *compiler, args arguments) (op, error) {
	extension := newChoice(lists()["system.commonFileExt"])
	if given, ok := args.at(0).(string); ok {
		extension = literal(given)
	}
	return sequence{repeated{c.pool("file name"), "_", 1, 3}, literal("."), extension}, nil
}
