package rsql

import (
	"slices"
	"strconv"
	"strings"
)

// parseCreateExternalSchema parses the tokens after CREATE EXTERNAL SCHEMA.
func parseCreateExternalSchema(c *cursor) (Statement, error) {
	s := CreateExternalSchema{IfNotExists: c.accept("if not exists")}
	var err error
	if s.Name, err = c.ident(); err != nil {
		return nil, err
	}
	if err := c.expect("from"); err != nil {
		return nil, err
	}
	if !c.accept("kinesis") {
		if t := c.peek(); externalSources[t.value] {
			return nil, unsupported("CREATE EXTERNAL SCHEMA … FROM %s; it supports KINESIS only", strings.ToUpper(t.value))
		}
		return nil, syntaxError(c.peek())
	}
	if c.accept("region") {
		t := c.next()
		if t.kind != text {
			return nil, syntaxError(t)
		}
		s.Region = t.value
	}
	if err := c.expect("iam_role"); err != nil {
		return nil, err
	}
	switch t := c.next(); {
	case t.is("default"):
		s.Role = "default"
	case t.kind == text:
		s.Role = t.value
	default:
		return nil, syntaxError(t)
	}
	return s, c.end()
}

// externalSources are the sources of external schemas that Redshift has and the twin doesn't.
var externalSources = set("data hive postgres mysql msk kafka redshift")

// parseDropSchema parses the tokens after DROP SCHEMA.
func parseDropSchema(c *cursor) (Statement, error) {
	s := DropSchema{IfExists: c.accept("if exists")}
	var err error
	if s.Names, err = c.idents(); err != nil {
		return nil, err
	}
	if c.accept("drop external database") {
		return nil, unsupported("DROP SCHEMA … DROP EXTERNAL DATABASE")
	}
	s.Cascade = c.behavior()
	return s, c.end()
}

// parseCreateMaterializedView parses the tokens after CREATE MATERIALIZED VIEW. The clauses
// have a fixed order. Redshift has no IF NOT EXISTS in this statement.
func parseCreateMaterializedView(c *cursor) (Statement, error) {
	if t := c.peek(); t.is("if") {
		return nil, syntaxError(t)
	}
	var s CreateMaterializedView
	var err error
	if s.Name, err = c.name(); err != nil {
		return nil, err
	}
	if err := parseAttributes(c, &s.Attributes); err != nil {
		return nil, err
	}
	if s.Attributes.SortStyle == "interleaved" {
		return nil, unsupported("INTERLEAVED SORTKEY on a materialized view")
	}
	if c.accept("auto refresh") {
		if s.AutoRefresh, err = c.yesNo(); err != nil {
			return nil, err
		}
	}
	if c.accept("using") {
		return nil, unsupported("CREATE MATERIALIZED VIEW … USING %s", strings.ToUpper(c.peek().value))
	}
	if err := c.expect("as"); err != nil {
		return nil, err
	}
	s.Query, err = parseSelect(c)
	return s, err
}

// parseAttributes parses BACKUP, and then DISTSTYLE, DISTKEY and SORTKEY in any order. All of
// them are optional.
func parseAttributes(c *cursor, a *Attributes) error {
	if c.accept("backup") {
		yes, err := c.yesNo()
		if err != nil {
			return err
		}
		a.NoBackup = !yes
	}
	for {
		switch t := c.peek(); {
		case t.is("diststyle") && a.DistStyle == "":
			c.next()
			style := c.next()
			if !slices.Contains([]string{"even", "all", "key", "auto"}, style.value) {
				return syntaxError(style)
			}
			a.DistStyle = style.value
		case t.is("distkey") && a.DistKey == nil:
			c.next()
			keys, err := parseKeys(c)
			if err != nil {
				return err
			}
			if len(keys) != 1 {
				return syntaxError(t)
			}
			a.DistKey = &keys[0]
		case (t.is("compound") || t.is("interleaved") || t.is("sortkey")) && a.SortStyle == "":
			if err := parseSortKey(c, a); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// parseSortKey parses [COMPOUND | INTERLEAVED] SORTKEY (…), or SORTKEY AUTO.
func parseSortKey(c *cursor, a *Attributes) error {
	a.SortStyle = "compound"
	if c.accept("interleaved") {
		a.SortStyle = "interleaved"
	} else {
		c.accept("compound")
	}
	if err := c.expect("sortkey"); err != nil {
		return err
	}
	if c.accept("auto") {
		a.SortStyle = "auto"
		return nil
	}
	var err error
	a.SortKey, err = parseKeys(c)
	return err
}

// parseKeys parses the list of a key's columns in parentheses.
func parseKeys(c *cursor) ([]Key, error) {
	inside, err := c.group()
	if err != nil {
		return nil, err
	}
	var keys []Key
	for _, part := range split(inside) {
		p := &cursor{tokens: part, keep: c.keep}
		if t := p.peek(); t.kind == number {
			n, err := strconv.Atoi(t.value)
			if err != nil || n < 1 {
				return nil, syntaxError(t)
			}
			p.next()
			keys = append(keys, Key{Ordinal: n})
		} else {
			name, err := p.ident()
			if err != nil {
				return nil, err
			}
			keys = append(keys, Key{Name: name})
		}
		if err := p.end(); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// parseAlterMaterializedView parses the tokens after ALTER MATERIALIZED VIEW.
func parseAlterMaterializedView(c *cursor) (Statement, error) {
	name, err := c.name()
	if err != nil {
		return nil, err
	}
	s := AlterMaterializedView{Name: name}
	switch {
	case c.accept("auto refresh"):
		yes, err := c.yesNo()
		if err != nil {
			return nil, err
		}
		s.AutoRefresh = &yes
	case c.peek().is("row"):
		return nil, unsupported("ALTER MATERIALIZED VIEW … ROW LEVEL SECURITY")
	default:
		if s.Attributes, err = parseAlterAttributes(c); err != nil {
			return nil, err
		}
	}
	return s, c.end()
}

// parseAlterAttributes parses ALTER DISTKEY, DISTSTYLE or SORTKEY.
func parseAlterAttributes(c *cursor) (*Attributes, error) {
	if err := c.expect("alter"); err != nil {
		return nil, err
	}
	a := &Attributes{}
	key := func() error {
		name, err := c.ident()
		a.DistStyle, a.DistKey = "key", &Key{Name: name}
		return err
	}
	switch {
	case c.accept("distkey"):
		return a, key()
	case c.accept("diststyle key distkey"):
		return a, key()
	case c.accept("diststyle"):
		t := c.next()
		if !t.is("all") && !t.is("even") && !t.is("auto") {
			return nil, syntaxError(t)
		}
		a.DistStyle = t.value
		return a, nil
	case c.accept("sortkey none"):
		a.SortStyle = "none"
		return a, nil
	}
	return a, parseSortKey(c, a)
}

// parseRefreshMaterializedView parses the tokens after REFRESH MATERIALIZED VIEW.
func parseRefreshMaterializedView(c *cursor) (Statement, error) {
	name, err := c.name()
	if err != nil {
		return nil, err
	}
	if c.behavior() {
		return nil, unsupported("REFRESH MATERIALIZED VIEW … CASCADE; refresh each view in order")
	}
	return RefreshMaterializedView{Name: name}, c.end()
}

// parseDropMaterializedView parses the tokens after DROP MATERIALIZED VIEW.
func parseDropMaterializedView(c *cursor) (Statement, error) {
	s := DropMaterializedView{IfExists: c.accept("if exists")}
	var err error
	if s.Names, err = c.names(); err != nil {
		return nil, err
	}
	s.Cascade = c.behavior()
	return s, c.end()
}
