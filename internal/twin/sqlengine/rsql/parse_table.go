package rsql

// parseCreateTable parses the tokens after CREATE TABLE.
func parseCreateTable(c *cursor) (Statement, error) {
	s := CreateTable{IfNotExists: c.accept("if not exists")}
	var err error
	if s.Name, err = c.name(); err != nil {
		return nil, err
	}
	var body []token
	at := c.pos
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
			return nil, &Error{Code: codeSyntax, Message: "IF NOT EXISTS isn't supported in CREATE TABLE … AS"}
		}
		if body != nil {
			if _, err := (&cursor{tokens: c.tokens, pos: at}).columns(); err != nil {
				return nil, err
			}
			foldNames(body, c.keep)
			s.Columns = join(body)
		}
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

// parseCreateTempTable parses the tokens after CREATE TEMP TABLE.
func parseCreateTempTable(c *cursor) (Statement, error) {
	parsed, err := parseCreateTable(c)
	s, ok := parsed.(CreateTable)
	if err != nil || !ok {
		return nil, err
	}
	s.Temp = true
	return s, nil
}

// parseBody parses the columns and constraints of a table and sets s.Body. It removes unique
// constraints and primary keys, since Redshift doesn't enforce them. A column that is declared
// as PRIMARY KEY becomes NOT NULL, which Redshift enforces.
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
		case c.accept("primary key"), c.accept("unique"):
			if _, err := c.columns(); err != nil {
				return err
			}
			if err := c.end(); err != nil {
				return err
			}
			continue
		case first.is("foreign"), first.is("constraint"):
			return unsupported("%s in CREATE TABLE", first.raw)
		case c.accept("like"):
			like, err := c.name()
			if err != nil {
				return err
			}
			s.Like = &like
			if !c.accept("including defaults") {
				c.accept("excluding defaults")
			}
			if err := c.end(); err != nil {
				return err
			}
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

// parseColumn parses a column's definition and returns its tokens for PostgreSQL, without
// Redshift's attributes. It adds DISTKEY and SORTKEY to s.Attributes.
func parseColumn(s *CreateTable, c *cursor) ([]token, error) {
	name, err := c.ident()
	if err != nil {
		return nil, err
	}
	typeEnd := c.pos + typeLength(c.tokens[c.pos:])
	if err := rewriteType(c.tokens[c.pos:]); err != nil {
		return nil, err
	}
	out := append([]token{}, c.tokens[:typeEnd]...)
	for c.pos = typeEnd; !c.done(); {
		switch t := c.next(); {
		case t.is("distkey"):
			s.Attributes.DistStyle, s.Attributes.DistKey = "key", &Key{Name: name}
		case t.is("sortkey"):
			s.Attributes.SortStyle, s.Attributes.SortKey = "compound", []Key{{Name: name}}
		case t.is("encode"):
			if _, err := c.ident(); err != nil {
				return nil, err
			}
		case t.is("unique"), t.is("null"):
		case t.is("not") && c.accept("null"):
			out = append(out, token{kind: word, space: " ", raw: "NOT NULL"})
		case t.is("primary") && c.accept("key"):
			out = append(out, token{kind: word, space: " ", raw: "NOT NULL"})
		case t.is("default"):
			value, err := defaultValue(c)
			if err != nil {
				return nil, err
			}
			out = append(append(out, t), value...)
		case t.is("identity"), t.is("generated"), t.is("references"), t.is("collate"):
			return nil, unsupported("%s in CREATE TABLE", t.raw)
		default:
			return nil, syntaxError(t)
		}
	}
	return out, nil
}

// columnWords are the words that can follow the value of a column's DEFAULT.
var columnWords = set("distkey sortkey encode unique null not primary identity generated references collate")

// defaultValue parses the expression after DEFAULT in a column's definition. It checks the
// expression like those in a query.
func defaultValue(c *cursor) ([]token, error) {
	from := c.pos
	for depth := 0; !c.done() && (depth > 0 || !columnWords[c.peek().value] || c.peek().kind != word || c.pos == from); {
		switch t := c.next(); {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		}
	}
	value := c.tokens[from:c.pos]
	if len(value) == 0 {
		return nil, syntaxError(c.peek())
	}
	if err := checkExpressions(value); err != nil {
		return nil, err
	}
	if err := checkFields(value); err != nil {
		return nil, err
	}
	return value, rewriteCasts(value)
}

// parseAlterTable parses the tokens after ALTER TABLE.
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

// alterTable parses the tokens after ALTER TABLE and the table's name. It accepts changes
// that mean the same in PostgreSQL.
func alterTable(c *cursor, target Name) (Statement, error) {
	var err error
	switch t := c.peek(); {
	case c.accept("rename to"), c.accept("owner to"):
		_, err = c.ident()
	case c.accept("rename"):
		c.accept("column")
		if _, err = c.ident(); err == nil {
			err = c.expect("to")
		}
		if err == nil {
			_, err = c.ident()
		}
	case c.accept("drop"):
		if next := c.peek(); next.is("constraint") || next.is("primary") {
			return nil, unsupported("ALTER TABLE … DROP %s", next.raw)
		}
		c.accept("column")
		_, err = c.ident()
		c.behavior()
	case t.is("add") && (c.at(1).is("primary") || c.at(1).is("unique") || c.at(1).is("constraint") || c.at(1).is("foreign")):
		return nil, unsupported("ALTER TABLE … ADD %s", c.at(1).raw)
	case c.accept("add"):
		err = addColumn(c)
	default:
		return nil, unsupported("ALTER TABLE … %s", t.raw)
	}
	if err != nil {
		return nil, err
	}
	return &Query{Verb: "ALTER TABLE", Changes: []Name{target}, tokens: c.tokens}, c.end()
}

// addColumn parses the tokens after ADD in ALTER TABLE, which are a column's definition. It
// replaces them by the definition for PostgreSQL.
func addColumn(c *cursor) error {
	c.accept("column")
	var attributes CreateTable
	definition, err := parseColumn(&attributes, &cursor{tokens: c.tokens[c.pos:], keep: c.keep})
	if err != nil {
		return err
	}
	if attributes.Attributes.DistStyle != "" || attributes.Attributes.SortStyle != "" {
		return unsupported("ALTER TABLE … ADD COLUMN with a key")
	}
	c.tokens = append(c.tokens[:c.pos:c.pos], definition...)
	c.pos = len(c.tokens)
	return nil
}

// parseDropTable parses the tokens after DROP TABLE.
func parseDropTable(c *cursor) (Statement, error) {
	c.accept("if exists")
	names, err := c.names()
	if err != nil {
		return nil, err
	}
	c.behavior()
	return &Query{Verb: "DROP TABLE", Changes: names, tokens: c.tokens}, c.end()
}
