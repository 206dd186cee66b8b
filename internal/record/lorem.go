package record

// compileWords compiles random.words, whose argument is how many: 1 to 3 without.
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

// loremCount compiles a function whose argument is how many of something there are:
// least to most without.
func loremCount(text func(c *compiler, least, most int) op, least, most int) compileFunc {
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

func (c *compiler) lorem(least, most int) op {
	return repeated{c.pool("lorem.word"), " ", least, most}
}

// sentence is words, of which the first has a capital letter and the last a stop.
func (c *compiler) sentence(least, most int) op {
	return capital{sequence{c.lorem(least, most), literal(".")}}
}

func (c *compiler) sentences(least, most int) op {
	return repeated{c.sentence(3, 10), " ", least, most}
}

func (c *compiler) lines(least, most int) op { return repeated{c.sentence(3, 10), "\n", least, most} }

// paragraph is up to three sentences more than it is asked for.
func (c *compiler) paragraph(least, most int) op { return c.sentences(least, most+3) }

func (c *compiler) paragraphs(least, most int) op {
	return repeated{c.paragraph(3, 3), "\n \r", least, most}
}

// compileText compiles lorem.text: any of lorem's functions.
func compileText(c *compiler, _ arguments) (op, error) {
	return c.forms("{{lorem.word}}", "{{lorem.words}}", "{{lorem.sentence}}", "{{lorem.sentences}}", "{{lorem.paragraph}}", "{{lorem.paragraphs}}", "{{lorem.lines}}")
}

// capital is a text whose first letter is a capital one.
type capital struct{ op }

func (c capital) put(buf []byte, at int, g *Generator) int {
	end := c.op.put(buf, at, g)
	if first := buf[at]; end > at && 'a' <= first && first <= 'z' {
		buf[at] = first - 'a' + 'A'
	}
	return end
}

// compileFileName compiles system.commonFileName: words and an extension, in lower
// case.
func compileFileName(c *compiler, args arguments) (op, error) {
	extension := newChoice(lists()["system.commonFileExt"])
	if given, ok := args.at(0).(string); ok {
		extension = literal(given)
	}
	return sequence{repeated{c.pool("file name"), "_", 1, 3}, literal("."), extension}, nil
}
