// Package rsql parses Amazon Redshift's SQL and rewrites it for PostgreSQL. Parse returns
// the kind and the parts of one statement, and folds names to lower case as Redshift does.
// Rewrite returns a text of the statement that PostgreSQL can run. The package does no I/O
// and has no access to a database.
//
// Parse refuses a statement of an unknown kind. It also refuses a statement that contains a
// function, type, operator, setting, system table or clause that isn't in the lists of this
// package, most of which are in known.go. It doesn't check the grammar of expressions, which
// PostgreSQL does.
//
// Rewrite makes these changes, and no others:
//
//   - Quoted names become lower case, unless enable_case_sensitive_identifier is on.
//     "AS #Users" names a column #users.
//   - TRY_CAST(x AS t) becomes a cast of try_cast(x, 't'). That function returns x if x can
//     be converted to t, and NULL otherwise.
//   - Types: VARCHAR(MAX) becomes VARCHAR(65535). VARBYTE(n) becomes VARBYTE. In a cast or a
//     column definition, DECIMAL becomes DECIMAL(18,0), and VARCHAR becomes VARCHAR(256).
//   - A path into a SUPER column (payload.a.b, payload.a[0]) becomes the operator #> of
//     jsonb. If its value is cast or compared, it becomes #>>.
//   - The name JSON_SERIALIZE becomes a quoted name, and the date part of DATEADD and
//     DATEDIFF becomes a string, since they have other meanings in PostgreSQL's grammar.
//   - :name becomes the value of the named parameter, as a string literal.
//   - In the SELECT of a streaming view, the stream becomes a relation that contains the
//     records of the refresh. This relation evaluates can_json_parse(kinesis_data) and the
//     JSON document of json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'), …) once
//     for each record, instead of once for each call.
//   - A comment becomes a space.
//   - In GRANT and REVOKE, the word ROLE is removed, which PostgreSQL doesn't have there, and
//     the name of the database becomes its name in PostgreSQL.
//   - If dependents are hidden, pg_depend becomes pg_streaming.pg_depend, a view without them.
//   - A value that is cast to CHAR is first cast to single_byte, which refuses characters of
//     more than one byte.
//
// These differences from Redshift remain: The length of VARCHAR(n) counts characters and not
// bytes. SUPER doesn't keep the order of an object's keys. If an object has a key twice,
// SUPER keeps the last value instead of the first.
package rsql
