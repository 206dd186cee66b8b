package rsql

import "strings"

// parameters are the session settings that a statement may show and change. They are
// settings of Redshift that PostgreSQL has with the same meaning.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html
var parameters = set("datestyle extra_float_digits search_path statement_timeout timezone")

// parseSet parses the tokens after SET.
func parseSet(c *cursor) (Statement, error) {
	t := c.next()
	name := strings.ToLower(t.value)
	switch {
	case !t.isName():
		return nil, syntaxError(t)
	case name == CaseSensitiveIdentifier, name == CaseSensitiveSuper:
		return parseSwitch(c, name)
	case !parameters[name]:
		return nil, unsupported("SET %s", strings.ToUpper(t.raw))
	case !c.accept("to") && !c.accept("="):
		return nil, syntaxError(c.peek())
	}
	for {
		if t := c.next(); t.raw == "" || t.kind == operator || t.kind == param {
			return nil, syntaxError(t)
		}
		if !c.accept(",") {
			return &Query{Verb: "SET", tokens: c.tokens}, c.end()
		}
	}
}

// parseSwitch parses the value of a setting that is on or off.
func parseSwitch(c *cursor, name string) (Statement, error) {
	if !c.accept("to") && !c.accept("=") {
		return nil, syntaxError(c.peek())
	}
	switch t := c.next(); fold(t.value) {
	case "true", "on":
		return Set{Parameter: name, On: true}, c.end()
	case "false", "off", "default":
		return Set{Parameter: name}, c.end()
	default:
		return nil, syntaxError(t)
	}
}

// parseShow parses the tokens after SHOW.
func parseShow(c *cursor) (Statement, error) { return parseParameter("SHOW", c) }

// parseReset parses the tokens after RESET.
func parseReset(c *cursor) (Statement, error) { return parseParameter("RESET", c) }

// parseParameter parses the name of one setting, which ends the statement.
func parseParameter(verb string, c *cursor) (Statement, error) {
	t := c.next()
	if !t.isName() {
		return nil, syntaxError(t)
	}
	if !parameters[strings.ToLower(t.value)] || !c.done() {
		return nil, unsupported("%s %s", verb, strings.ToUpper(join(c.tokens[1:])))
	}
	return &Query{Verb: verb, tokens: c.tokens}, nil
}
