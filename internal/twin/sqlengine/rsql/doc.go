// Package rsql reads Amazon Redshift's SQL and says it in PostgreSQL's: Parse
// tells what one statement is, with its names folded as Redshift folds them,
// and Rewrite turns a query's text into one that PostgreSQL runs. It does no
// I/O and knows no database.
//
// A statement that it doesn't know is refused by name, never passed on. So is, in a
// statement that it knows, every function, type, operator, setting, system table and
// clause that isn't in the lists of known.go. The grammar of an expression is left to
// PostgreSQL.
//
// The rewrites, all that there are:
//
//   - Quoted names fold to lower case, as unquoted ones do, unless
//     enable_case_sensitive_identifier is on; "AS #Users" names a column #users.
//   - TRY_CAST(x AS t) becomes a cast of try_cast(x, 't'), which is x where
//     it converts and else NULL.
//   - Types: VARCHAR(MAX) is VARCHAR(65535); VARBYTE loses its length; in a
//     cast or a column, DECIMAL is DECIMAL(18,0) and VARCHAR is VARCHAR(256).
//   - A step into a SUPER column (payload.a.b, payload.a[0]) becomes jsonb's
//     #> operator, or #>> under a cast.
//   - JSON_SERIALIZE is quoted, and the date part of DATEADD and DATEDIFF made a
//     string, since PostgreSQL's grammar would read them otherwise.
//   - :name becomes the named parameter's value as a string literal.
//   - In a streaming view's SELECT the stream becomes the relation that holds
//     the records being refreshed, on which can_json_parse(kinesis_data) and
//     json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'), …) are worked
//     out once a record instead of once a call.
//   - A comment becomes a blank.
//   - GRANT and REVOKE lose the word ROLE, which PostgreSQL doesn't take, and name the
//     database as PostgreSQL knows it.
//   - Where dependents are to be hidden, pg_depend becomes a view of it.
//   - What is cast to CHAR passes through single_byte, which refuses characters
//     of more than a byte.
//
// What differs still, since PostgreSQL runs what is left: the length of
// VARCHAR(n) counts characters, not bytes; SUPER keeps neither the order of an
// object's keys nor a key's first value of two.
package rsql
