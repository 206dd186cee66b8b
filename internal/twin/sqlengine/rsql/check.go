package rsql

import "strings"

// checkExpressions returns an error if the tokens of a query or an expression contain
// functions, operators, types or constructs that Redshift doesn't have. PostgreSQL has many
// of them, and some access files, programs or other databases.
func checkExpressions(tokens []token) error {
	c := &cursor{tokens: tokens}
	lists := columnLists(tokens)
	for ; !c.done(); c.next() {
		for _, words := range unknownConstructs {
			if at := c.pos; c.accept(words) {
				return syntaxError(tokens[at])
			}
		}
		t := c.peek()
		switch {
		case !t.isName():
		case c.at(1).is("(") && !lists[c.pos]:
			if err := checkCall(c); err != nil {
				return err
			}
		case c.at(1).kind == text && (t.kind == quoted || !beforeText[t.value] && !types[t.value]):
			return syntaxError(c.at(1))
		case t.is("approximate") && c.at(1).isName() && c.at(2).is("("):
			return unsupported("APPROXIMATE")
		case t.is("top") && before(c, 1).is("select") && c.at(1).kind == number:
			return unsupported("SELECT TOP")
		}
	}
	return nil
}

// checkBrackets returns an error if a closing bracket doesn't match the opening one. Without
// this check, this package and PostgreSQL could find the end of a list in different places.
func checkBrackets(tokens []token) error {
	closing := map[string]string{"(": ")", "[": "]"}
	var open []token
	for _, t := range tokens {
		switch {
		case t.is("("), t.is("["):
			open = append(open, t)
		case t.is(")"), t.is("]"):
			if len(open) == 0 || closing[open[len(open)-1].value] != t.value {
				return syntaxError(t)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return syntaxError(token{})
	}
	return nil
}

// checkFields returns an error if a dot follows a closing bracket, as in (x).f and x[1].f.
// PostgreSQL would call the function f with the value. The caller must have replaced paths
// into SUPER columns by operators.
func checkFields(tokens []token) error {
	last := "" // the last token that is not empty
	for _, t := range tokens {
		if t.raw == "." && (strings.HasSuffix(last, ")") || strings.HasSuffix(last, "]")) {
			return syntaxError(t)
		}
		if t.raw != "" {
			last = t.raw
		}
	}
	return nil
}

// checkCall returns an error if the name at the cursor is that of an unknown function. The
// caller has checked that an opening parenthesis follows the name.
func checkCall(c *cursor) error {
	t := c.peek()
	name := strings.ToLower(t.value)
	// In "AS t (5)", "::t (5)" and "AS x (a)", the parentheses contain the length of a type,
	// or the columns of an alias.
	typed := before(c, 1).is("as") || before(c, 1).is("::")
	switch {
	case typed, t.kind == word && beforeParenthesis[name]:
		return nil
	case before(c, 1).is(".") && strings.ToLower(before(c, 2).value) != "pg_catalog":
	case functions[name]:
		return nil
	case unsupportedFunctions[name] && t.kind == word:
		return unsupported("%s", strings.ToUpper(name))
	case t.kind == word && types[name]:
		return syntaxError(c.at(1))
	}
	return &Error{Code: codeNoFunction, Message: "function " + name + " does not exist", At: t.at + 1}
}

// columnLists returns the indexes of names that are followed by a list of columns in
// parentheses, and so are not function calls. These are the target of INSERT INTO and
// similar statements, the name of a view that is created, and the names in a WITH clause.
func columnLists(tokens []token) map[int]bool {
	lists := map[int]bool{}
	c := &cursor{tokens: tokens}
	for ; !c.done(); c.next() {
		switch prev := before(c, 1); {
		case prev.is("into"), prev.is("view"):
			name := c.pos // after the loop, the last part of the name
			for tokens[name].isName() && name+2 < len(tokens) && tokens[name+1].is(".") {
				name += 2
			}
			lists[name] = true
		case prev.is("with"):
			withLists(&cursor{tokens: tokens, pos: c.pos}, lists)
		}
	}
	return lists
}

// withLists adds the indexes of the names in a WITH clause that have lists of columns.
func withLists(c *cursor, lists map[int]bool) {
	c.accept("recursive")
	for c.peek().isName() {
		name := c.pos
		c.next()
		listed := c.peek().is("(")
		if listed {
			if _, err := c.group(); err != nil {
				return // the parenthesis isn't closed, which checkBrackets refuses
			}
		}
		if !c.accept("as") {
			return
		}
		lists[name] = listed
		if _, err := c.group(); err != nil || !c.accept(",") {
			return
		}
	}
}

// checkNames returns an error if a token is a name that begins with pg_ and that Redshift
// doesn't have, or the name of one of the twin's own roles.
func checkNames(tokens []token) error {
	c := &cursor{tokens: tokens}
	for ; !c.done(); c.next() {
		t := c.peek()
		name := strings.ToLower(t.value)
		if t.isName() && serverRoles[name] {
			return &Error{Code: codeUndefined, Message: "user \"" + name + "\" does not exist", At: t.at + 1}
		}
		if !t.isName() || !strings.HasPrefix(strings.TrimPrefix(name, "_"), "pg_") || name == "pg_catalog" || functions[name] || systemRelations[name] {
			continue
		}
		if qualifier := strings.ToLower(before(c, 2).value); before(c, 1).is(".") && !strings.HasPrefix(qualifier, "pg_") && qualifier != "information_schema" {
			continue // a column, or a relation in a schema of a user
		}
		if c.at(1).is("(") {
			return &Error{Code: codeNoFunction, Message: "function " + name + " does not exist", At: t.at + 1}
		}
		return &Error{Code: codeNoRelation, Message: "relation \"" + name + "\" does not exist", At: t.at + 1}
	}
	return nil
}

// targets returns the names of the objects that a statement creates, changes or drops. For a
// Query, it returns Changes only, since the parsers of queries check other targets
// themselves.
func targets(st Statement) []Name {
	schemas := func(names ...string) (list []Name) {
		for _, n := range names {
			list = append(list, Name{Name: n})
		}
		return list
	}
	switch st := st.(type) {
	case CreateExternalSchema:
		return schemas(st.Name)
	case DropSchema:
		return schemas(st.Names...)
	case CreateMaterializedView:
		return []Name{st.Name}
	case AlterMaterializedView:
		return []Name{st.Name}
	case RefreshMaterializedView:
		return []Name{st.Name}
	case DropMaterializedView:
		return st.Names
	case CreateTable:
		return []Name{st.Name}
	case AppendTable:
		return []Name{st.Target, st.From}
	case CreateUser:
		return schemas(st.Name)
	case DropUsers:
		return schemas(st.Names...)
	case *Query:
		return st.Changes
	}
	return nil
}

// checkTargets returns an error if one of the objects belongs to the system catalog. A
// statement can't create, change or drop such an object, or grant privileges on it.
func checkTargets(names ...Name) error {
	for _, n := range names {
		schema, name := strings.ToLower(n.Schema), strings.ToLower(n.Name)
		switch {
		case strings.HasPrefix(schema, "pg_"), schema == "information_schema":
			return &Error{Code: codeNoPrivilege, Message: "permission denied for schema " + schema}
		case schema == "" && (strings.HasPrefix(name, "pg_") || systemRelations[name] || name == "information_schema"):
			return &Error{Code: codeNoPrivilege, Message: "permission denied: \"" + name + "\" is a system catalog"}
		}
	}
	return nil
}
