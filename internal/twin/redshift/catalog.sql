-- What Redshift has and PostgreSQL lacks, made once in the database that every
-- cluster's databases are copied from. It all lies in pg_catalog, as Redshift's
-- own does, so that no search_path hides it; the twin's books lie in
-- pg_streaming. Function bodies hold no backslash, since Redshift reads one as
-- an escape and the sessions do, too.

SET allow_system_table_mods = on;
SET check_function_bodies = off;

CREATE DOMAIN pg_catalog.varbyte AS bytea;

-- https://docs.aws.amazon.com/redshift/latest/dg/limitations-super.html
-- The names of the constraints are what a statement that breaks them fails with.
CREATE FUNCTION pg_catalog.has_long_string(value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN EXISTS (SELECT FROM jsonb_path_query(value, '$.**') AS v WHERE jsonb_typeof(v) = 'string' AND octet_length(v #>> '{}') > 65535);
CREATE DOMAIN pg_catalog.super AS jsonb
	CONSTRAINT "a string within a SUPER value is longer than 65535 bytes"
	CHECK (pg_column_size(VALUE) <= 65535 OR NOT pg_catalog.has_long_string(VALUE));

-- https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
-- What goes into a CHAR passes through this.
CREATE DOMAIN pg_catalog.single_byte AS text
	CONSTRAINT "multibyte character not supported for CHAR" CHECK (octet_length(VALUE) = char_length(VALUE));

-- In a cluster's database the name is the one that its users know.
CREATE OR REPLACE FUNCTION pg_catalog.current_database() RETURNS name LANGUAGE sql STABLE PARALLEL SAFE
RETURN pg_catalog.current_setting('redshift.database')::name;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_VARBYTE.html
CREATE DOMAIN pg_catalog.longest_varchar AS text
	CONSTRAINT "the text is longer than a VARCHAR's 65535 bytes" CHECK (octet_length(VALUE) <= 65535);
CREATE FUNCTION pg_catalog.from_varbyte(value bytea, format text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE lower(format)
	WHEN 'hex' THEN encode(value, 'hex')
	WHEN 'base64' THEN encode(value, 'base64')
	ELSE convert_from(value, format::name)
END::pg_catalog.longest_varchar;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_TO_VARBYTE.html
CREATE FUNCTION pg_catalog.to_varbyte(value text, format text) RETURNS varbyte LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE lower(format)
	WHEN 'hex' THEN decode(value, 'hex')
	WHEN 'base64' THEN decode(value, 'base64')
	ELSE convert_to(value, format::name)
END;

-- https://docs.aws.amazon.com/redshift/latest/dg/JSON_PARSE.html
CREATE FUNCTION pg_catalog.json_parse(value text) RETURNS super LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value::jsonb::super;
CREATE FUNCTION pg_catalog.json_parse(value bytea) RETURNS super LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN convert_from(value, 'UTF8')::jsonb::super;

-- https://docs.aws.amazon.com/redshift/latest/dg/CAN_JSON_PARSE.html
-- It tests what json_parse makes: json, unlike jsonb, would accept \u0000.
CREATE FUNCTION pg_catalog.can_json_parse(value text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN pg_input_is_valid(value, 'pg_catalog.super');
CREATE FUNCTION pg_catalog.can_json_parse(value bytea) RETURNS boolean LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE
AS $$ BEGIN
	RETURN pg_input_is_valid(convert_from(value, 'UTF8'), 'pg_catalog.super');
EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
	RETURN false;
END $$;

-- https://docs.aws.amazon.com/redshift/latest/dg/IS_VALID_JSON.html
CREATE FUNCTION pg_catalog.is_valid_json(value text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN pg_input_is_valid(value, 'json');

-- https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html
-- Up to five levels; the boolean says whether invalid JSON gives NULL, not an
-- error. The cast is outside the CASE, where no planner folds it beforehand.
CREATE FUNCTION pg_catalog.json_extract_path_text(j text, a text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN j::json #>> ARRAY[a];
CREATE FUNCTION pg_catalog.json_extract_path_text(j text, a text, b text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN j::json #>> ARRAY[a, b];
CREATE FUNCTION pg_catalog.json_extract_path_text(j text, a text, b text, c text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN j::json #>> ARRAY[a, b, c];
CREATE FUNCTION pg_catalog.json_extract_path_text(j text, a text, b text, c text, d text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN j::json #>> ARRAY[a, b, c, d];
CREATE FUNCTION pg_catalog.json_extract_path_text(j text, a text, b text, c text, d text, e text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN j::json #>> ARRAY[a, b, c, d, e];
CREATE FUNCTION pg_catalog.json_extract_path_text(j text, a text, nulls boolean) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN (CASE WHEN NOT nulls OR pg_input_is_valid(j, 'json') THEN j END)::json #>> ARRAY[a];
CREATE FUNCTION pg_catalog.json_extract_path_text(j text, a text, b text, nulls boolean) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN (CASE WHEN NOT nulls OR pg_input_is_valid(j, 'json') THEN j END)::json #>> ARRAY[a, b];
CREATE FUNCTION pg_catalog.json_extract_path_text(j text, a text, b text, c text, nulls boolean) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN (CASE WHEN NOT nulls OR pg_input_is_valid(j, 'json') THEN j END)::json #>> ARRAY[a, b, c];
CREATE FUNCTION pg_catalog.json_extract_path_text(j text, a text, b text, c text, d text, nulls boolean) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN (CASE WHEN NOT nulls OR pg_input_is_valid(j, 'json') THEN j END)::json #>> ARRAY[a, b, c, d];
CREATE FUNCTION pg_catalog.json_extract_path_text(j text, a text, b text, c text, d text, e text, nulls boolean) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN (CASE WHEN NOT nulls OR pg_input_is_valid(j, 'json') THEN j END)::json #>> ARRAY[a, b, c, d, e];

-- https://docs.aws.amazon.com/redshift/latest/dg/JSON_SERIALIZE.html
-- https://docs.aws.amazon.com/redshift/latest/dg/r_json_size.html
-- Null is the text null. PostgreSQL puts a blank behind each comma and colon.
CREATE FUNCTION pg_catalog.json_compact(value jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(regexp_replace(value::text, E'("([^"\\\\]|\\\\.)*")|([,:]) ', E'\\1\\3', 'g'), 'null');
CREATE FUNCTION pg_catalog.json_size(value super) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN octet_length(json_compact(value));
CREATE FUNCTION pg_catalog.json_serialize(value super) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$ DECLARE
	serialized text := json_compact(value);
BEGIN
	IF octet_length(serialized) > 65535 THEN
		RAISE EXCEPTION 'the SUPER value is % bytes long as JSON, but a VARCHAR holds 65535', octet_length(serialized) USING ERRCODE = 'string_data_right_truncation';
	END IF;
	RETURN serialized;
END $$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html
-- It returns value where it converts to type, else NULL. PostgreSQL also reads
-- words (NaN, now, infinity), 0x1f and 1_000, which are no Redshift values.
-- In PL/pgSQL, pg_input_is_valid remembers the first type it was called with as
-- long as the type is a mere variable: hence the expression.
CREATE FUNCTION pg_catalog.try_cast(value text, type text) RETURNS text LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
AS $$ BEGIN
	IF value !~ '[0-9]' OR NOT pg_input_is_valid(value, type || '') THEN
		RETURN NULL;
	END IF;
	IF value ~* '[_a-df-z]' AND type !~ '^(date|time)' THEN
		RETURN NULL;
	END IF;
	RETURN value;
END $$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_TO_TIMESTAMP.html
-- Redshift reads the empty string as the year 1, PostgreSQL as 1 BC.
CREATE FUNCTION pg_catalog.pg_to_timestamp(value text, format text) RETURNS timestamptz
LANGUAGE internal STABLE STRICT PARALLEL SAFE AS 'to_timestamp';
CREATE OR REPLACE FUNCTION pg_catalog.to_timestamp(text, text) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN $1 = '' THEN '0001-01-01 00:00:00+00'::timestamptz ELSE pg_catalog.pg_to_timestamp($1, $2) END;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_GETDATE.html
CREATE FUNCTION pg_catalog.getdate() RETURNS timestamp LANGUAGE sql STABLE PARALLEL SAFE
RETURN date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC');

-- https://docs.aws.amazon.com/redshift/latest/dg/r_LEN.html
CREATE FUNCTION pg_catalog.len(value text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN char_length(value);
CREATE FUNCTION pg_catalog.len(value bytea) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN octet_length(value);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_NVL_function.html
CREATE FUNCTION pg_catalog.nvl(a anycompatible, b anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT coalesce(a, b) $$;
CREATE FUNCTION pg_catalog.nvl(a anycompatible, b anycompatible, c anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT coalesce(a, b, c) $$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_DATEADD_function.html
CREATE FUNCTION pg_catalog.dateadd(part text, n bigint, value timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value + n * CASE WHEN lower(part) IN ('quarter', 'quarters', 'qtr', 'qtrs') THEN interval '3 months' ELSE ('1 ' || part)::interval END;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_DATEDIFF_function.html
-- It counts the boundaries between two times, not the time between them.
CREATE FUNCTION pg_catalog.datediff(part text, a timestamp, b timestamp) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$ BEGIN
	CASE lower(rtrim(part, 'sS'))
	WHEN 'year' THEN RETURN extract(year FROM b) - extract(year FROM a);
	WHEN 'quarter' THEN RETURN (extract(year FROM b) - extract(year FROM a)) * 4 + extract(quarter FROM b) - extract(quarter FROM a);
	WHEN 'month' THEN RETURN (extract(year FROM b) - extract(year FROM a)) * 12 + extract(month FROM b) - extract(month FROM a);
	WHEN 'week' THEN RETURN (date_trunc('week', b)::date - date_trunc('week', a)::date) / 7;
	WHEN 'day' THEN RETURN b::date - a::date;
	WHEN 'hour' THEN RETURN extract(epoch FROM date_trunc('hour', b) - date_trunc('hour', a)) / 3600;
	WHEN 'minute' THEN RETURN extract(epoch FROM date_trunc('minute', b) - date_trunc('minute', a)) / 60;
	WHEN 'second' THEN RETURN extract(epoch FROM date_trunc('second', b) - date_trunc('second', a));
	ELSE RAISE EXCEPTION 'the local twin does not know the date part "%"', part USING ERRCODE = 'feature_not_supported';
	END CASE;
END $$;

CREATE SCHEMA pg_streaming;

CREATE TABLE pg_streaming.external_schema (
	schema oid PRIMARY KEY,
	role text NOT NULL,
	region text NOT NULL
);

-- What Redshift stores of a table's or view's rows' place; keys are columns.
CREATE TABLE pg_streaming.attributes (
	relation oid PRIMARY KEY,
	backup boolean NOT NULL,
	dist_style text NOT NULL,
	dist_key text NOT NULL,
	sort_style text NOT NULL,
	sort_key text[] NOT NULL
);

CREATE TABLE pg_streaming.view (
	relation oid PRIMARY KEY,
	external_schema oid NOT NULL REFERENCES pg_streaming.external_schema,
	stream text NOT NULL,
	query text NOT NULL, -- the SELECT that a refresh runs, rewritten when the view was made
	auto_refresh boolean NOT NULL
);

CREATE TABLE pg_streaming.checkpoint (
	relation oid REFERENCES pg_streaming.view ON DELETE CASCADE,
	shard_id text,
	sequence_number text NOT NULL, -- of the last record read
	PRIMARY KEY (relation, shard_id)
);

CREATE TABLE pg_streaming.refresh (
	user_id integer NOT NULL,
	session_id integer NOT NULL DEFAULT pg_backend_pid(),
	transaction_id bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
	schema_name text NOT NULL,
	relation oid NOT NULL,
	mv_name text NOT NULL,
	refresh_type text NOT NULL,
	status text NOT NULL,
	start_time timestamp NOT NULL,
	end_time timestamp NOT NULL
);

CREATE TABLE pg_streaming.scan (
	external_schema_name text NOT NULL,
	stream_name text NOT NULL,
	mv_name text NOT NULL,
	transaction_id bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
	query_id bigint NOT NULL,
	record_time timestamp NOT NULL,
	partition_id text NOT NULL,
	latest_position text NOT NULL,
	scanned_rows bigint NOT NULL,
	skipped_rows bigint NOT NULL,
	scanned_bytes bigint NOT NULL,
	stream_record_time_min timestamp NOT NULL,
	stream_record_time_max timestamp NOT NULL
);

CREATE TABLE pg_streaming.scan_error (
	external_schema_name text NOT NULL,
	stream_name text NOT NULL,
	mv_name text NOT NULL,
	transaction_id bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
	query_id bigint NOT NULL,
	record_time timestamp NOT NULL,
	partition_id text NOT NULL,
	stream_timestamp timestamp NOT NULL,
	position text NOT NULL,
	error_code integer NOT NULL,
	error_reason text NOT NULL
);

-- A streaming view is a table here. Nobody writes to it but a refresh, which
-- turns triggers off for itself.
CREATE FUNCTION pg_streaming.refuse_change() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN
	RAISE EXCEPTION 'cannot change materialized view "%"', TG_TABLE_NAME USING ERRCODE = 'wrong_object_type';
END $$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_PG_EXTERNAL_SCHEMA.html
CREATE VIEW pg_catalog.pg_external_schema AS
SELECT schema AS esoid, 9 AS eskind, ''::text AS esdbname,
	json_build_object('IAM_ROLE', role, 'REGION', nullif(region, ''))::text AS esoptions
FROM pg_streaming.external_schema;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_EXTERNAL_SCHEMAS.html
-- Kind 9 is a Kinesis data stream.
CREATE VIEW pg_catalog.svv_external_schemas AS
SELECT e.esoid, e.eskind::smallint AS eskind, n.nspname AS schemaname, n.nspowner::integer AS esowner,
	e.esdbname AS databasename, e.esoptions
FROM pg_external_schema e JOIN pg_namespace n ON n.oid = e.esoid;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_MV_INFO.html
-- Staleness is always u, unknown. State 1 is incremental, 0 recomputed.
CREATE VIEW pg_catalog.svv_mv_info AS
SELECT current_database()::char(128) AS database_name, n.nspname::char(128) AS schema_name,
	pg_get_userbyid(c.relowner)::char(128) AS user_name, c.relname::char(128) AS name, 'u'::char(1) AS is_stale,
	CASE WHEN v.relation IS NULL THEN 0 ELSE 1 END AS state,
	CASE WHEN v.auto_refresh THEN 't' ELSE 'f' END::char(1) AS autorefresh, 'f'::char(1) AS autorewrite
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_streaming.view v ON v.relation = c.oid
WHERE c.relkind = 'm' OR v.relation IS NOT NULL;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_MV_INFO.html
CREATE VIEW pg_catalog.stv_mv_info AS
SELECT database_name AS db_name, schema_name AS schema, name, 0::bigint AS updated_upto_xid, is_stale,
	user_name AS owner_user_name, state, autorefresh, autorewrite
FROM svv_mv_info;

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_MV_REFRESH_HISTORY.html
CREATE VIEW pg_catalog.sys_mv_refresh_history AS
SELECT user_id, session_id, transaction_id, current_database()::char(128) AS database_name, schema_name::char(128),
	relation::bigint AS mv_id, mv_name::char(128), refresh_type::char(32), status, start_time, end_time,
	(extract(epoch FROM end_time - start_time) * 1000000)::bigint AS duration
FROM pg_streaming.refresh;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SYS_STREAM_SCAN_STATES.html
CREATE VIEW pg_catalog.sys_stream_scan_states AS
SELECT external_schema_name::char(128), stream_name::char(255), mv_name::char(128), transaction_id, query_id, record_time,
	partition_id::char(128), latest_position::char(128), scanned_rows, skipped_rows, scanned_bytes,
	stream_record_time_min, stream_record_time_max
FROM pg_streaming.scan;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SYS_STREAM_SCAN_ERRORS.html
-- Timestamp type A is the time of arrival.
CREATE VIEW pg_catalog.sys_stream_scan_errors AS
SELECT external_schema_name::char(128), stream_name::char(255), mv_name::char(128), transaction_id, query_id, record_time,
	partition_id::char(128), 'A'::char(1) AS stream_timestamp_type, stream_timestamp, position::char(128),
	error_code, error_reason::varchar(16383)
FROM pg_streaming.scan_error;

GRANT USAGE ON SCHEMA pg_streaming TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_external_schema, pg_catalog.svv_external_schemas, pg_catalog.svv_mv_info, pg_catalog.stv_mv_info,
	pg_catalog.sys_mv_refresh_history, pg_catalog.sys_stream_scan_states, pg_catalog.sys_stream_scan_errors TO PUBLIC;
