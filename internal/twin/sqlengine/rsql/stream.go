package rsql

import (
	"fmt"
	"slices"
	"strings"
)

// StreamColumns are the columns of a stream, in order, with PostgreSQL's types.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
const StreamColumns = "approximate_arrival_timestamp timestamp, partition_key varchar(256), shard_id char(20), " +
	"sequence_number varchar(128), refresh_time timestamp, kinesis_data varbyte"

// columnNames are the names in StreamColumns.
const columnNames = "approximate_arrival_timestamp, partition_key, shard_id, sequence_number, refresh_time, kinesis_data"

// streamRefused are the words that a streaming view's SELECT may not have, and
// why. Redshift groups and aggregates a stream; the twin doesn't.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion.html
var streamRefused = []struct{ words, why string }{
	{"join", "a streaming materialized view reads one stream; join in a view on top of it"},
	{"order by", "ORDER BY isn't supported in a materialized view"},
	{"limit", "LIMIT isn't supported in a materialized view"},
	{"offset", "OFFSET isn't supported in a materialized view"},
	{"union", "set operations aren't supported in a streaming materialized view"},
	{"intersect", "set operations aren't supported in a streaming materialized view"},
	{"except", "set operations aren't supported in a streaming materialized view"},
	{"over (", "window functions aren't supported in a streaming materialized view"},
	{"select distinct", "DISTINCT isn't supported in a streaming materialized view"},
	{"group by", "the local twin doesn't run GROUP BY in a streaming materialized view; aggregate in a view on top of it"},
	{"having", "the local twin doesn't run HAVING in a streaming materialized view; aggregate in a view on top of it"},
	{"count (", "the local twin doesn't run COUNT in a streaming materialized view; aggregate in a view on top of it"},
	{"sum (", "the local twin doesn't run SUM in a streaming materialized view; aggregate in a view on top of it"},
	{"avg (", "the local twin doesn't run AVG in a streaming materialized view; aggregate in a view on top of it"},
	{"min (", "the local twin doesn't run MIN in a streaming materialized view; aggregate in a view on top of it"},
	{"max (", "the local twin doesn't run MAX in a streaming materialized view; aggregate in a view on top of it"},
	{"listagg (", "the local twin doesn't run LISTAGG in a streaming materialized view; aggregate in a view on top of it"},
}

// RewriteStream returns a streaming view's SELECT in PostgreSQL's words, with
// the stream replaced by the relation source, which has StreamColumns. All that
// the SELECT has and a streaming view may not is one *Error.
func (q *Query) RewriteStream(e Env, source string) (string, error) {
	if err := q.checkStream(); err != nil {
		return "", err
	}
	tokens, err := q.rewrite(e)
	if err != nil {
		return "", err
	}
	expandStar(tokens)
	r := q.Relations[0]
	valid, document := hoist(tokens)
	from := source
	if valid {
		from = "(SELECT *, pg_catalog.can_json_parse(kinesis_data) AS _valid FROM " + from + " OFFSET 0)"
	}
	if document {
		from = "(SELECT *, CASE WHEN _valid AND pg_catalog.octet_length(kinesis_data) <= 65535 THEN pg_catalog.convert_from(kinesis_data, 'UTF8')::json END AS _document FROM " + from + " AS r OFFSET 0)"
	}
	if r.Alias == "" {
		from += " AS " + QuoteIdent(r.Name.Name)
	}
	blank(tokens[r.from+1 : r.to])
	tokens[r.from].raw = from
	return join(tokens), nil
}

// checkStream refuses what a streaming view's SELECT may not have.
func (q *Query) checkStream() error {
	var problems []string
	add := func(why string) {
		if !slices.Contains(problems, why) {
			problems = append(problems, why)
		}
	}
	if q.tokens[0].is("with") {
		add("a WITH clause isn't supported in a streaming materialized view")
	}
	if len(q.Relations) != 1 {
		add(streamRefused[0].why)
	}
	c := &cursor{tokens: q.tokens}
	for ; !c.done(); c.next() {
		if before(c, 1).is("(") && c.peek().is("select") {
			add("a subquery isn't supported in a streaming materialized view")
		}
		for _, refused := range streamRefused {
			if at := c.pos; c.accept(refused.words) {
				c.pos = at
				add(refused.why)
			}
		}
	}
	if problems == nil {
		return nil
	}
	return &Error{Code: codeUnsupported, Message: strings.Join(problems, "; ")}
}

// expandStar writes out * in the SELECT list, since the relation that is read
// has more columns than the stream.
func expandStar(tokens []token) {
	for i, t := range tokens {
		if !t.is("*") || i == 0 {
			continue
		}
		switch p := tokens[i-1]; {
		case p.is("select"), p.is(","):
			tokens[i].raw = columnNames
		case p.is(".") && i > 1:
			owner := tokens[i-2].raw
			blank(tokens[i-2 : i])
			tokens[i].raw = owner + "." + strings.ReplaceAll(columnNames, ", ", ", "+owner+".")
			tokens[i].space = " "
		}
	}
}

// hoist replaces calls that parse kinesis_data by what was worked out once a
// record: valid, whether it is JSON, and document, the JSON itself. It reports
// which of them are used. A record that isn't valid, or too long for a VARCHAR,
// takes the call as written, and so fails, or not, as it would have.
func hoist(tokens []token) (valid, document bool) {
	for i := range tokens {
		c := &cursor{tokens: tokens, pos: i}
		switch {
		case c.accept("can_json_parse (") && data(c) && c.accept(")"):
			blank(tokens[i+1 : c.pos])
			tokens[i].raw = "_valid"
			valid = true
		case (&cursor{tokens: tokens, pos: i}).accept("json_extract_path_text ( from_varbyte ("):
			c.pos = i + 4
			path, ok := extraction(c)
			if !ok {
				continue
			}
			tokens[i].raw = fmt.Sprintf("(CASE WHEN _document IS NOT NULL THEN _document #>> ARRAY[%s] ELSE %s", strings.Join(path, ","), tokens[i].raw)
			tokens[c.pos-1].raw = ") END)"
			valid, document = true, true
		}
	}
	return valid, document
}

// data reads kinesis_data, with or without its relation.
func data(c *cursor) bool {
	if c.peek().isName() && c.at(1).is(".") {
		c.pos += 2
	}
	t := c.next()
	return t.isName() && t.value == "kinesis_data"
}

// extraction reads the rest of json_extract_path_text(from_varbyte( and
// returns the path as string literals, or false if it isn't one of literals.
func extraction(c *cursor) (path []string, ok bool) {
	if !data(c) || !c.accept(",") {
		return nil, false
	}
	encoding := c.next()
	if encoding.kind != text || strings.ReplaceAll(fold(encoding.value), "-", "") != "utf8" || !c.accept(")") {
		return nil, false
	}
	for c.accept(",") {
		switch t := c.next(); {
		case t.kind == text:
			path = append(path, QuoteLiteral(t.value))
		case (t.is("true") || t.is("false")) && c.peek().is(")"):
		default:
			return nil, false
		}
	}
	return path, len(path) > 0 && c.accept(")")
}
