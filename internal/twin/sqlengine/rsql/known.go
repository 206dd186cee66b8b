package rsql

// functions are the functions that a statement may call. They are functions of Redshift that
// PostgreSQL has with the same meaning, or that catalog.sql defines. Parse refuses calls of
// other functions, so that a statement can't call functions that only PostgreSQL has.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html
var functions = set(
	// aggregates and window functions
	"any_value avg count max min stddev stddev_pop stddev_samp sum var_pop var_samp variance bit_and bit_or bool_and bool_or " +
		"percentile_cont percentile_disc cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number " +
		// conditional
		"coalesce greatest least nullif nvl " +
		// dates and times
		"age date_part date_trunc dateadd datediff extract getdate isfinite now timeofday timezone to_timestamp " +
		// numbers
		"abs acos asin atan atan2 cbrt ceil ceiling cos cot degrees dexp dlog1 dlog10 exp floor ln log mod pi power radians random round sign sin sqrt tan trunc " +
		// text
		"ascii btrim char_length character_length chr concat initcap left len length lower lpad ltrim md5 octet_length position quote_ident quote_literal " +
		"regexp_count regexp_instr regexp_replace regexp_substr repeat replace reverse right rpad rtrim split_part strpos substr substring textlen translate trim upper " +
		// JSON, SUPER, VARBYTE
		"can_json_parse from_varbyte is_valid_json json_extract_path_text json_parse json_serialize json_size to_varbyte " +
		// types
		"cast to_char to_date to_hex to_number try_cast " +
		// the session and the catalog
		"current_database current_schema current_schemas format_type has_database_privilege has_schema_privilege has_table_privilege " +
		"pg_backend_pid pg_get_userbyid pg_get_viewdef pg_table_is_visible version",
)

// unsupportedFunctions are functions of Redshift that the twin doesn't have. Parse refuses
// them with an error that says so.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html
var unsupportedFunctions = set("add_months approximate array array_concat array_flatten bpcharcmp bttext_pattern_cmp charindex checksum collate convert " +
	"convert_timezone crc32 current_aws_account current_setting current_user_id date_cmp date_cmp_timestamp date_part_year decode difference " +
	"farmhash64 fnv_hash from_hex func_sha1 get_array_length getbit grouping interval_cmp is_array is_bigint is_boolean is_char is_decimal is_float " +
	"is_integer is_object is_scalar is_smallint is_valid_json_array is_varchar json_array_length json_extract_array_element_text json_serialize_to_varbyte " +
	"json_typeof last_day listagg median months_between next_day nvl2 object object_transform octetindex pow ratio_to_report replicate sha sha1 sha2 " +
	"size soundex split_to_array strtol subarray sysdate timestamp_cmp timestamp_cmp_date to_timestamptz typeof")

// beforeParenthesis are the keywords that can be before a parenthesis without making a
// function call.
var beforeParenthesis = set("all and any as between by case cube distinct else escape except exists explain from group having ilike in insert " +
	"intersect into is join like limit materialized minus not of offset on or order over partition qualify rollup row rows select set sets " +
	"similar some then to union using values varying view when where with zone")

// beforeText are the keywords that can be before a string. After any other name, PostgreSQL
// takes the string for a value of the type with that name.
var beforeText = set("all and as between both by case distinct else escape for from having ilike in is leading like limit not offset on or password " +
	"select set then to trailing values when where zone")

// types are the types of Redshift. If the name of a type has two words, only the first word is
// in the list.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
var types = set("smallint int2 integer int int4 bigint int8 decimal numeric real float4 double float8 float boolean bool char character nchar bpchar " +
	"varchar nvarchar text date timestamp timestamptz time timetz interval super varbyte varbinary binary oid name")

// systemRelations are the system tables and views that a statement may read. They are those
// of Redshift that the twin has.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_system-tables.html
var systemRelations = set("pg_attrdef pg_attribute pg_cast pg_class pg_constraint pg_database pg_depend pg_description pg_external_schema pg_group " +
	"pg_index pg_inherits pg_namespace pg_operator pg_proc pg_rewrite pg_table_def pg_tables pg_type pg_user pg_views " +
	"stv_mv_info svv_external_schemas svv_mv_dependency svv_mv_info sys_mv_refresh_history sys_stream_scan_errors sys_stream_scan_states")

// serverRoles are the twin's own roles: the superuser, and the role that creates users.
var serverRoles = set("rdsdb redshift_users")

// unknownConstructs are tokens and sequences of tokens in PostgreSQL's SQL that Redshift
// doesn't have, or that the twin doesn't support.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-features.html
var unknownConstructs = []string{
	"on conflict", "returning", "lateral", "distinct on", "for update", "for share", "for no", "for key", ") filter (", "tablesample", "ordinality",
	"overriding", "current of", "collate", "table", "array [", "operator (", "rows from", "( insert", "( update", "( delete", "( merge", ") insert", ") update", ") delete", ") merge", "is json", "is document",
}
