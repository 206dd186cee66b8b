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

// streamRefused are the words that the SELECT of a streaming view must not contain, with
// the text of the error. Redshift supports GROUP BY and aggregate functions in a streaming
// view; the twin doesn't.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion.html
var streamRefused = []struct{ words, why string }{
	{"join", "a streaming materialized view reads one stream; use JOIN in a view over this view"},
	{"order by", "ORDER BY isn't supported in a materialized view"},
	{"limit", "LIMIT isn't supported in a materialized view"},
	{"offset", "OFFSET isn't supported in a materialized view"},
	{"union", "set operations aren't supported in a streaming materialized view"},
	{"intersect", "set operations aren't supported in a streaming materialized view"},
	{"except", "set operations aren't supported in a streaming materialized view"},
	{"over (", "window functions aren't supported in a streaming materialized view"},
	{"select distinct", "DISTINCT isn't supported in a streaming materialized view"},
	{"group by", "the local twin doesn't run GROUP BY in a streaming materialized view; use GROUP BY in a view over this view"},
	{"having", "the local twin doesn't run HAVING in a streaming materialized view; use HAVING in a view over this view"},
	{"count (", "the local twin doesn't run COUNT in a streaming materialized view; use COUNT in a view over this view"},
	{"sum (", "the local twin doesn't run SUM in a streaming materialized view; use SUM in a view over this view"},
	{"avg (", "the local twin doesn't run AVG in a streaming materialized view; use AVG in a view over this view"},
	{"min (", "the local twin doesn't run MIN in a streaming materialized view; use MIN in a view over this view"},
	{"max (", "the local twin doesn't run MAX in a streaming materialized view; use MAX in a view over this view"},
	{"listagg (", "the local twin doesn't run LISTAGG in a streaming materialized view; use LISTAGG in a view over this view"},
}

// RewriteStream returns the text of a streaming view's SELECT for PostgreSQL. It replaces the
// stream by the relation source, which has StreamColumns. If the SELECT contains anything
// that a streaming view must not have, RewriteStream returns one *Error with all problems.
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
	valid, document := replaceParsing(tokens)
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

// checkStream returns an error with everything that the SELECT of a streaming view must not
// contain.
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

// expandStar replaces * in the SELECT list by the columns of a stream, since the relation
// from which PostgreSQL reads may have more columns.
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

// replaceParsing replaces calls that parse kinesis_data by columns that are computed once for
// each record: _valid, whether the data is JSON, and _document, the JSON document. It reports
// which of the columns the tokens use. For a record that is not JSON or too long for a
// VARCHAR, _document is NULL and the original call is evaluated, so that it fails or returns
// the same as without the columns.
func replaceParsing(tokens []token) (valid, document bool) {
	for i := range tokens {
		c := &cursor{tokens: tokens, pos: i}
		switch {
		case c.accept("can_json_parse (") && kinesisData(c) && c.accept(")"):
			blank(tokens[i+1 : c.pos])
			tokens[i].raw = "_valid"
			valid = true
		case (&cursor{tokens: tokens, pos: i}).accept("json_extract_path_text ( from_varbyte ("):
			c.pos = i + 4
			path, ok := extractedPath(c)
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

// kinesisData reads the name of a column, which may be qualified. It reports whether the
// column is kinesis_data.
func kinesisData(c *cursor) bool {
	if c.peek().isName() && c.at(1).is(".") {
		c.pos += 2
	}
	t := c.next()
	return t.isName() && t.value == "kinesis_data"
}

// extractedPath reads the tokens after "json_extract_path_text(from_varbyte(" and returns the
// path as string literals. It returns false if the call doesn't read kinesis_data as UTF-8,
// or if a part of the path is not a string literal.
func extractedPath(c *cursor) (path []string, ok bool) {
	if !kinesisData(c) || !c.accept(",") {
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
