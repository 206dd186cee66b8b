-- The tables in the schema pg_streaming, in which the twin stores external schemas,
-- streaming views and refreshes, and Redshift's system views that read these tables. This
-- file is run once, after catalog.sql.

CREATE TABLE pg_streaming.external_schema (
	schema oid PRIMARY KEY,
	role text NOT NULL,
	region text NOT NULL
);

-- Attributes of tables and views: BACKUP, and the distribution and sort keys with the names
-- of columns. An empty dist_key or sort_key means that there is no key.
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
	query text NOT NULL, -- the rewritten SELECT that a refresh runs
	auto_refresh boolean NOT NULL
);

CREATE TABLE pg_streaming.checkpoint (
	relation oid REFERENCES pg_streaming.view ON DELETE CASCADE,
	shard_id text,
	sequence_number text NOT NULL, -- of the last record that a refresh has read
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

-- A streaming view is a table in PostgreSQL. Only transactions that set redshift.refreshing
-- to on, as a refresh does, can change its rows.
CREATE FUNCTION pg_streaming.refuse_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN
	IF current_setting('redshift.refreshing', true) = 'on' THEN
		RETURN NULL; -- allows the statement
	END IF;
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
-- is_stale is always u, which means unknown. A state of 1 means that a refresh is
-- incremental, 0 that it recomputes the view.
CREATE VIEW pg_catalog.svv_mv_info AS
SELECT current_database()::char(128) AS database_name, n.nspname::char(128) AS schema_name,
	pg_get_userbyid(c.relowner)::char(128) AS user_name, c.relname::char(128) AS name, 'u'::char(1) AS is_stale,
	CASE WHEN v.relation IS NULL THEN 0 ELSE 1 END AS state,
	CASE WHEN v.auto_refresh THEN 't' ELSE 'f' END::char(1) AS autorefresh, 'f'::char(1) AS autorewrite
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_streaming.view v ON v.relation = c.oid
WHERE c.relkind = 'm' OR v.relation IS NOT NULL;

-- Each row is a relation that depends on a materialized view. Only the views below read it.
CREATE VIEW pg_streaming.on_materialized_view WITH (security_invoker) AS
SELECT DISTINCT r.ev_class AS dependent, d.refobjid AS relation, d.objid AS rule
FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class c ON c.oid = d.refobjid
WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND r.ev_class <> d.refobjid
	AND (c.relkind = 'm' OR EXISTS (SELECT FROM pg_streaming.view v WHERE v.relation = c.oid));

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_MV_DEPENDENCY.html
-- Each row says that the view name depends on the materialized view dependent_name.
CREATE VIEW pg_catalog.svv_mv_dependency AS
SELECT current_database()::char(128) AS database_name, n.nspname::char(128) AS schema_name, c.relname::char(128) AS name,
	current_database()::char(128) AS dependent_database_name, m.nspname::char(128) AS dependent_schema_name,
	o.relname::char(128) AS dependent_name
FROM pg_streaming.on_materialized_view d
	JOIN pg_class c ON c.oid = d.dependent JOIN pg_namespace n ON n.oid = c.relnamespace
	JOIN pg_class o ON o.oid = d.relation JOIN pg_namespace m ON m.oid = o.relnamespace
WHERE c.relkind = 'm';

-- pg_depend without the relations that depend on a materialized view. If the twin hides
-- dependents, it reads this view instead of pg_depend. The view is a security_invoker: with
-- its owner's privileges, users could change the catalog through it.
CREATE VIEW pg_streaming.pg_depend WITH (security_invoker) AS
SELECT d.* FROM pg_catalog.pg_depend d
WHERE NOT EXISTS (SELECT FROM pg_streaming.on_materialized_view h WHERE h.rule = d.objid AND h.relation = d.refobjid);

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
-- stream_timestamp_type A is the time of arrival.
CREATE VIEW pg_catalog.sys_stream_scan_errors AS
SELECT external_schema_name::char(128), stream_name::char(255), mv_name::char(128), transaction_id, query_id, record_time,
	partition_id::char(128), 'A'::char(1) AS stream_timestamp_type, stream_timestamp, position::char(128),
	error_code, error_reason::varchar(16383)
FROM pg_streaming.scan_error;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_PG_TABLE_DEF.html
-- The columns of the relations in the search path. The twin has no column encodings.
CREATE VIEW pg_catalog.pg_table_def AS
SELECT n.nspname AS schemaname, c.relname AS tablename, a.attname AS "column", format_type(a.atttypid, a.atttypmod)::char(128) AS type,
	'none'::char(32) AS encoding, coalesce(k.dist_key = a.attname, false) AS distkey,
	coalesce(array_position(k.sort_key, a.attname::text), 0) AS sortkey, a.attnotnull AS notnull
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
	LEFT JOIN pg_streaming.attributes k ON k.relation = c.oid
WHERE c.relkind IN ('r', 'm') AND a.attnum > 0 AND NOT a.attisdropped AND pg_table_is_visible(c.oid);

GRANT USAGE ON SCHEMA pg_streaming TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA pg_streaming TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_external_schema, pg_catalog.svv_external_schemas, pg_catalog.svv_mv_info, pg_catalog.svv_mv_dependency, pg_catalog.stv_mv_info,
	pg_catalog.sys_mv_refresh_history, pg_catalog.sys_stream_scan_states, pg_catalog.sys_stream_scan_errors, pg_catalog.pg_table_def TO PUBLIC;
