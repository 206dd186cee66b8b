package rsql

import (
	"slices"
	"strings"
)

// parseCreateUser returns a parser for the tokens after CREATE USER, GROUP or ROLE: a name,
// and for a user also a password or PASSWORD DISABLE. The parser ignores the password, since
// no one can sign in to the twin with it.
func parseCreateUser(kind string) func(*cursor) (Statement, error) {
	return func(c *cursor) (Statement, error) {
		name, err := c.ident()
		if err != nil {
			return nil, err
		}
		if kind == "USER" {
			c.accept("with")
			if err := c.expect("password"); err != nil {
				return nil, err
			}
			if t := c.next(); t.kind != text && !t.is("disable") {
				return nil, syntaxError(t)
			}
		}
		if !c.done() {
			return nil, unsupported("CREATE %s … %s", kind, c.peek().raw)
		}
		return CreateUser{Kind: kind, Name: name}, nil
	}
}

// parseDropUsers parses the tokens after DROP USER, GROUP or ROLE.
func parseDropUsers(c *cursor) (Statement, error) {
	s := DropUsers{IfExists: c.accept("if exists")}
	var err error
	if s.Names, err = c.idents(); err != nil {
		return nil, err
	}
	return s, c.end()
}

// privileges are the privileges that mean the same in PostgreSQL.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
var privileges = set("select insert update delete truncate references usage create")

// parseGrant returns a parser for GRANT or REVOKE of privileges on relations, schemas and the
// database. The parser removes the word ROLE before a name, since users, groups and roles are
// the same in PostgreSQL.
func parseGrant(verb string) func(*cursor) (Statement, error) {
	return func(c *cursor) (Statement, error) {
		c.tokens = slices.Clone(c.tokens) // parseGrantees removes words in place
		if verb == "REVOKE" {
			c.accept("grant option for")
		}
		if err := parsePrivileges(c, verb); err != nil {
			return nil, err
		}
		var database *int
		if c.accept("on database") {
			database = new(c.pos)
			if _, err := c.ident(); err != nil {
				return nil, err
			}
		} else if err := parseGrantedObjects(c, verb); err != nil {
			return nil, err
		}
		if err := parseGrantees(c, verb); err != nil {
			return nil, err
		}
		if verb == "GRANT" {
			c.accept("with grant option")
		} else {
			c.behavior()
		}
		return &Query{Verb: verb, database: database, tokens: c.tokens}, c.end()
	}
}

// parsePrivileges parses ALL [PRIVILEGES], or a list of privileges, each of which may have a
// list of columns.
func parsePrivileges(c *cursor, verb string) error {
	if c.accept("all") {
		c.accept("privileges")
		return nil
	}
	for {
		if t := c.next(); t.kind != word || !privileges[t.value] {
			return unsupported("%s %s", verb, strings.ToUpper(t.raw))
		}
		if c.peek().is("(") {
			if _, err := c.columns(); err != nil {
				return err
			}
		}
		if !c.accept(",") {
			return nil
		}
	}
}

// parseGrantedObjects parses ON and the relations or schemas of the privileges.
func parseGrantedObjects(c *cursor, verb string) error {
	if !c.accept("on") {
		return unsupported("%s of a role or of a system permission", verb)
	}
	schemas := c.accept("schema") || c.accept("all tables in schema")
	if t := c.peek(); !schemas && !c.accept("table") && t.kind == word && unsupportedGrants[t.value] && c.at(1).isName() {
		return unsupported("%s … ON %s", verb, strings.ToUpper(t.value))
	}
	names, err := c.names()
	if err != nil {
		return err
	}
	for _, n := range names {
		if schemas && n.Schema != "" {
			return syntaxError(c.peek())
		}
	}
	return checkTargets(names...)
}

// unsupportedGrants are words after ON that begin a kind of object on which Redshift can grant
// privileges and the twin can't.
var unsupportedGrants = set("all assumerole copy datashare external function functions language model procedure procedures")

// parseGrantees parses TO or FROM and the list of users, groups and roles.
func parseGrantees(c *cursor, verb string) error {
	preposition := map[string]string{"GRANT": "to", "REVOKE": "from"}[verb]
	if err := c.expect(preposition); err != nil {
		return err
	}
	for {
		switch t := c.peek(); {
		case t.is("role") && c.at(1).isName():
			c.tokens[c.pos].raw = ""
			c.next()
		case t.is("group") && c.at(1).isName():
			c.next()
		}
		if _, err := c.ident(); err != nil {
			return err
		}
		if !c.accept(",") {
			return nil
		}
	}
}
