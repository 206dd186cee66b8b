-- Types and functions that Redshift has and PostgreSQL doesn't. This file is run once, in
-- the database from which the databases of clusters are copied. Everything is in pg_catalog,
-- as in Redshift, so that it is found with any search_path. Function bodies contain no
-- backslashes: the sessions, like Redshift, treat a backslash as an escape.

SET allow_system_table_mods = on;
SET check_function_bodies = off;

CREATE DOMAIN pg_catalog.varbyte AS bytea;

-- https://docs.aws.amazon.com/redshift/latest/dg/limitations-super.html
-- The name of a constraint is the text of the error of a statement that violates it.
CREATE FUNCTION pg_catalog.has_long_string(value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN EXISTS (SELECT FROM jsonb_path_query(value, '$.**') AS v WHERE jsonb_typeof(v) = 'string' AND octet_length(v #>> '{}') > 65535);
CREATE DOMAIN pg_catalog.super AS jsonb
	CONSTRAINT "a string within a SUPER value is longer than 65535 bytes"
	CHECK (pg_column_size(VALUE) <= 65535 OR NOT pg_catalog.has_long_string(VALUE));

-- https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
-- rsql casts values to this type before it casts them to CHAR.
CREATE DOMAIN pg_catalog.single_byte AS text
	CONSTRAINT "multibyte character not supported for CHAR" CHECK (octet_length(VALUE) = char_length(VALUE));

-- current_database() returns the database's name in Redshift. PostgreSQL replaces calls of
-- the function by the function's body only if it can inline the body. Otherwise it calls its
-- own current_database(). So the body must be one that PostgreSQL can inline.
CREATE SCHEMA pg_streaming;
CREATE FUNCTION pg_streaming.database_name() RETURNS name LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
RETURN pg_catalog.current_setting('redshift.database')::name;
CREATE OR REPLACE FUNCTION pg_catalog.current_database() RETURNS name LANGUAGE sql STABLE PARALLEL SAFE
RETURN pg_streaming.database_name();

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
-- It tests the type that json_parse returns: json, unlike jsonb, would accept \u0000.
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
-- The path has up to five levels. If nulls is true, invalid JSON returns NULL instead of an
-- error. The cast is outside the CASE, so that the planner doesn't evaluate it in advance.
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
-- The text of NULL is null. In PostgreSQL's text of a jsonb, a space follows each comma and
-- colon; json_compact removes it.
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
-- It returns value if value can be converted to type, and NULL otherwise. PostgreSQL also
-- accepts words (NaN, now, infinity), 0x1f and 1_000, which Redshift doesn't. In PL/pgSQL,
-- pg_input_is_valid uses the type of its first call again if the type is a plain variable.
-- It doesn't if the type is an expression, such as type || ''.
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
-- The empty string means the year 1 in Redshift, and 1 BC in PostgreSQL.
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
-- It returns how many boundaries of the date part, such as midnights, are between two times.
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
