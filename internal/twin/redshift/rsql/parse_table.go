package rsql

// parseCreateTable reads what follows CREATE TABLE.
func parseCreateTable(c *cursor) (Statement, error) {
	s := CreateTable{IfNotExists: c.accept("if not exists")}
	var err error
	if s.Name, err = c.name(); err != nil {
		return nil, err
	}
	var body []token
	if c.peek().is("(") {
		if body, err = c.group(); err != nil {
			return nil, err
		}
	}
	if err := parseAttributes(c, &s.Attributes); err != nil {
		return nil, err
	}
	if c.accept("as") {
		if s.IfNotExists {
			return nil, &Error{Code: codeSyntax, Message: "CREATE TABLE … AS has no IF NOT EXISTS"}
		}
		s.Columns = join(body)
		s.Query, err = parseSelect(c)
		return s, err
	}
	if body == nil {
		return nil, syntaxError(c.peek())
	}
	if err := parseBody(&s, body, c.keep); err != nil {
		return nil, err
	}
	return s, c.end()
}

// parseCreateTempTable reads what follows CREATE TEMP TABLE.
func parseCreateTempTable(c *cursor) (Statement, error) {
	parsed, err := parseCreateTable(c)
	s, ok := parsed.(CreateTable)
	if err != nil || !ok {
		return nil, err
	}
	s.Temp = true
	return s, nil
}

// parseBody reads a table's columns and constraints. Uniqueness is dropped,
// since Redshift doesn't enforce it; that a primary key isn't NULL stays.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/t_Defining_constraints.html
func parseBody(s *CreateTable, body []token, keep bool) error {
	var items []token
	for _, part := range split(body) {
		if len(part) == 0 {
			return syntaxError(token{})
		}
		c := &cursor{tokens: part, keep: keep}
		switch first := c.peek(); {
		case first.is("primary"), first.is("unique"):
			continue
		case first.is("foreign"), first.is("constraint"):
			return unsupported("%s in CREATE TABLE", first.raw)
		case c.accept("like"):
			like, err := c.name()
			if err != nil {
				return err
			}
			s.Like = &like
		default:
			var err error
			if part, err = parseColumn(s, c); err != nil {
				return err
			}
		}
		if len(items) > 0 {
			items = append(items, token{kind: operator, raw: ",", value: ","})
		}
		items = append(items, part...)
	}
	foldNames(items, keep)
	s.Body = join(items)
	return nil
}

// parseColumn reads a column's definition and returns it without what is
// Redshift's alone.
func parseColumn(s *CreateTable, c *cursor) ([]token, error) {
	name, err := c.ident()
	if err != nil {
		return nil, err
	}
	out := []token{c.tokens[0]}
	if err := rewriteType(c.tokens[c.pos:]); err != nil {
		return nil, err
	}
	for !c.done() {
		switch t := c.next(); {
		case t.is("distkey"):
			s.Attributes.DistStyle, s.Attributes.DistKey = "key", &Key{Name: name}
		case t.is("sortkey"):
			s.Attributes.SortStyle, s.Attributes.SortKey = "compound", []Key{{Name: name}}
		case t.is("encode"):
			c.next()
		case t.is("unique"):
		case t.is("primary"):
			if err := c.expect("key"); err != nil {
				return nil, err
			}
			out = append(out, token{kind: word, space: " ", raw: "NOT NULL"})
		case t.is("identity"), t.is("generated"), t.is("references"), t.is("collate"):
			return nil, unsupported("%s in CREATE TABLE", t.raw)
		default:
			out = append(out, t)
		}
	}
	return out, nil
}

// parseAlterTable reads what follows ALTER TABLE.
func parseAlterTable(c *cursor) (Statement, error) {
	target, err := c.name()
	if err != nil {
		return nil, err
	}
	if !c.accept("append from") {
		return alterTable(c, target)
	}
	s := AppendTable{Target: target}
	if s.From, err = c.name(); err != nil {
		return nil, err
	}
	if t := c.peek(); t.is("ignoreextra") || t.is("filltarget") {
		return nil, unsupported("ALTER TABLE … APPEND … %s", t.raw)
	}
	return s, c.end()
}

// alterTable passes on those changes of a table that mean the same in
// PostgreSQL.
func alterTable(c *cursor, target Name) (Statement, error) {
	switch t := c.peek(); {
	case t.is("rename"), t.is("owner"), t.is("drop"):
	case t.is("add") && (c.at(1).is("primary") || c.at(1).is("unique") || c.at(1).is("constraint") || c.at(1).is("foreign")):
		return nil, unsupported("ALTER TABLE … ADD %s", c.at(1).raw)
	case t.is("add"):
		at := 2
		if c.at(1).is("column") {
			at = 3
		}
		if err := rewriteType(c.tokens[min(c.pos+at, len(c.tokens)):]); err != nil {
			return nil, err
		}
	default:
		return nil, unsupported("ALTER TABLE … %s", t.raw)
	}
	return &Query{Verb: "ALTER TABLE", Changes: []Name{target}, tokens: c.tokens}, nil
}

// parseDropTable reads what follows DROP TABLE.
func parseDropTable(c *cursor) (Statement, error) {
	c.accept("if exists")
	names, err := c.names()
	if err != nil {
		return nil, err
	}
	c.behavior()
	return &Query{Verb: "DROP TABLE", Changes: names, tokens: c.tokens}, c.end()
}
