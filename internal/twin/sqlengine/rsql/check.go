package rsql

import "strings"

// checkExpressions refuses what Redshift lacks in tokens that hold a query or an
// expression: functions, operators, types and constructs. PostgreSQL would run much
// of it, and some of that reaches files, programs or other databases.
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

// checkBrackets refuses brackets that don't close as they were opened: a list in
// parentheses could end elsewhere than it seems to.
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

// checkFields refuses a name behind a dot that follows a value: (x).f, x[1].f.
// PostgreSQL calls the function f with it. Steps into a SUPER column have become
// operators by then.
func checkFields(tokens []token) error {
	last := ""
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

// checkCall refuses the call that the name under the cursor makes, unless it is of
// a known function.
func checkCall(c *cursor) error {
	t := c.peek()
	name := strings.ToLower(t.value)
	typed := before(c, 1).is("as") || before(c, 1).is("::") // a type's length, or an alias's columns
	switch {
	case typed, t.kind == word && beforeParenthesis[name]:
		return nil
	case before(c, 1).is(".") && strings.ToLower(before(c, 2).value) != "pg_catalog":
	case functions[name]:
		return nil
	case lacking[name] && t.kind == word:
		return unsupported("%s", strings.ToUpper(name))
	case t.kind == word && types[name]:
		return syntaxError(c.at(1))
	}
	return &Error{Code: codeNoFunction, Message: "function " + name + " does not exist", At: t.at + 1}
}

// columnLists returns the places of names that a list of columns follows, in
// parentheses: of a relation that is written to or made, and of a WITH clause's.
func columnLists(tokens []token) map[int]bool {
	lists := map[int]bool{}
	c := &cursor{tokens: tokens}
	for ; !c.done(); c.next() {
		switch prev := before(c, 1); {
		case prev.is("into"), prev.is("view"):
			at := c.pos
			for tokens[at].isName() && at+2 < len(tokens) && tokens[at+1].is(".") {
				at += 2
			}
			lists[at] = true
		case prev.is("with"):
			withLists(&cursor{tokens: tokens, pos: c.pos}, lists)
		}
	}
	return lists
}

// withLists adds the names of a WITH clause that have lists of columns.
func withLists(c *cursor, lists map[int]bool) {
	c.accept("recursive")
	for c.peek().isName() {
		name := c.pos
		c.next()
		listed := c.peek().is("(")
		if listed {
			if _, err := c.group(); err != nil {
				return // the parenthesis has no end: it is refused elsewhere
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

// checkNames refuses names of PostgreSQL's own, wherever they stand: those that
// begin with pg_ and that Redshift hasn't, and the roles of the twin itself.
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
			continue // a column, or a relation of a schema of the user's
		}
		if c.at(1).is("(") {
			return &Error{Code: codeNoFunction, Message: "function " + name + " does not exist", At: t.at + 1}
		}
		return &Error{Code: codeNoRelation, Message: "relation \"" + name + "\" does not exist", At: t.at + 1}
	}
	return nil
}

// targets returns what a statement makes, changes or drops. Of a Query they are
// those that its parser has not checked itself.
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

// checkTargets refuses to make, change or drop what is the catalog's, or to grant
// anything on it.
func checkTargets(names ...Name) error {
	for _, n := range names {
		schema, name := strings.ToLower(n.Schema), strings.ToLower(n.Name)
		switch {
		case strings.HasPrefix(schema, "pg_"), schema == "information_schema":
			return &Error{Code: codeNoPrivilege, Message: "permission denied for schema " + schema}
		case schema == "" && (strings.HasPrefix(name, "pg_") || systemRelations[name] || name == "information_schema"):
			return &Error{Code: codeNoPrivilege, Message: "permission denied: " + name + " is the system's"}
		}
	}
	return nil
}
