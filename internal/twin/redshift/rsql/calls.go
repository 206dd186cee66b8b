package rsql

import "strings"

// checkCalls refuses calls of functions that reach out of the database, which
// PostgreSQL has and Redshift lacks, and names the functions of Redshift's that
// the twin lacks. PostgreSQL itself lets the owner of everything, as whom the
// twin's statements run, read the machine's files.
func checkCalls(tokens []token) error {
	for i, t := range tokens {
		called := i+1 < len(tokens) && tokens[i+1].is("(")
		switch name := strings.ToLower(t.value); {
		case !t.isName():
		case called && reachesOut(name):
			return &Error{Code: codeNoFunction, Message: "function " + name + " does not exist", At: t.at + 1}
		case called && t.kind == word && lacking[name], t.is("approximate") && i+2 < len(tokens) && tokens[i+1].isName() && tokens[i+2].is("("):
			return unsupported("%s", strings.ToUpper(name))
		case t.is("top") && i > 0 && tokens[i-1].is("select") && i+1 < len(tokens) && tokens[i+1].kind == number:
			return unsupported("SELECT TOP")
		}
	}
	return nil
}

// reachesOut reports whether PostgreSQL's function of that name touches files,
// other servers, other sessions' settings or the server itself.
//
// Source: https://www.postgresql.org/docs/17/functions-admin.html
func reachesOut(name string) bool {
	for _, prefix := range []string{"pg_read_", "pg_ls_", "pg_stat_file", "pg_file_", "pg_logical_", "pg_create_", "pg_replication_", "pg_wal_", "pg_switch_", "pg_promote", "pg_reload_", "pg_rotate_", "pg_log_", "pg_import_", "lo_", "dblink", "query_to_xml", "table_to_xml", "database_to_xml", "schema_to_xml", "cursor_to_xml"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return reaching[name]
}

var reaching = set("set_config pg_terminate_backend loread lowrite currval nextval setval txid_current")

// lacking are functions of Redshift's that the twin hasn't.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html
var lacking = set("listagg median ratio_to_report convert_timezone add_months months_between last_day next_day " +
	"farmhash64 fnv_hash strtol crc32 func_sha1 sha1 sha2 get_array_length object_transform array_flatten subarray split_to_array")
