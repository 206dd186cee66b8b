-- Revokes privileges, so that a statement can't access anything outside its database even
-- if the parser accepts it. This file is run once, after catalog.sql and systemviews.sql, in
-- the database from which the databases of clusters are copied. The roles that run
-- statements are not superusers and own no database. This file revokes what PostgreSQL
-- grants to every role on files, programs, settings, sessions, large objects, other
-- databases, and functions that run a text as SQL.

-- https://www.postgresql.org/docs/17/xfunc-volatility.html
-- Functions that have side effects, or that read data outside the database, are volatile.
-- Execution of all volatile functions is revoked, except for three that do neither.
DO $$ DECLARE
	refused regprocedure;
BEGIN
	FOR refused IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND (
		provolatile = 'v' AND proname NOT IN ('random', 'clock_timestamp', 'timeofday')
		OR proname ~ '^(current_setting|inet_|lo_|pg_(available|conf|control|current_logfile|event_trigger|extension|file|filenode|get_(backend|publication|replication|shmem)|hba|ident|ls|last_wal|logical|mcv|postmaster|read|relation_file|replication|show|stat|tablespace|timezone_names|wal))'
		OR proname ~ '_(to|and)_xml'
	) LOOP
		EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', refused);
	END LOOP;
END $$;

-- Tables and views with data of the server, of other sessions and of other databases.
DO $$ DECLARE
	refused regclass;
BEGIN
	FOR refused IN SELECT oid FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v')
		AND relname ~ '^pg_(available|backend|config|cursors|db_role|file|hba|ident|largeobject|locks|prepared|publication|replication|settings|shmem|stat|subscription|tablespace|timezone|user_mapping|wait)'
	LOOP
		EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', refused);
	END LOOP;
END $$;

-- No role can create functions.
REVOKE USAGE ON LANGUAGE sql, plpgsql FROM PUBLIC;

-- Returns the name of the database in PostgreSQL, which GRANT and REVOKE need.
-- current_database() returns the name in Redshift, since catalog.sql has replaced it.
CREATE FUNCTION pg_streaming.own_name() RETURNS name LANGUAGE internal STABLE STRICT AS 'current_database';

-- Users, groups and roles. The role redshift_users creates them. It can do nothing else, and
-- can drop and grant only roles that it has created. A role can be dropped only in the
-- database in which it was created. The cluster's admin user becomes a member of each role,
-- and so gets the role's privileges, as a superuser has them in Redshift. The functions have
-- a parameter for a secret key, which only the twin knows. Otherwise a view could call them
-- with the privileges of the user who reads the view.
CREATE ROLE redshift_users NOLOGIN CREATEROLE;
CREATE SCHEMA pg_streaming_users AUTHORIZATION redshift_users;
CREATE TABLE pg_streaming_users.key (key text NOT NULL);
CREATE TABLE pg_streaming_users.made (name text PRIMARY KEY);
ALTER TABLE pg_streaming_users.key OWNER TO redshift_users;
ALTER TABLE pg_streaming_users.made OWNER TO redshift_users;
GRANT USAGE ON SCHEMA pg_streaming TO redshift_users;
GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock(bigint) TO redshift_users;
CREATE FUNCTION pg_streaming_users.check_key(given text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$ BEGIN
	IF NOT EXISTS (SELECT FROM pg_streaming_users.key WHERE key = given) THEN
		RAISE EXCEPTION 'permission denied to make users' USING ERRCODE = 'insufficient_privilege';
	END IF;
END $$;
CREATE FUNCTION pg_streaming.create_user(key text, name text, may_connect boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN
	PERFORM pg_streaming_users.check_key(key);
	PERFORM pg_advisory_xact_lock(0); -- two concurrent GRANTs on one database would fail
	EXECUTE format('CREATE ROLE %I', name);
	INSERT INTO pg_streaming_users.made VALUES (name);
	EXECUTE format('GRANT %I TO %I', name, session_user);
	IF may_connect THEN
		EXECUTE format('ALTER ROLE %I LOGIN', name);
		EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', pg_streaming.own_name(), name);
	END IF;
EXCEPTION WHEN unique_violation THEN -- a session of another database has created it at the same time
	RAISE EXCEPTION 'role "%" already exists', name USING ERRCODE = 'duplicate_object';
END $$;
CREATE FUNCTION pg_streaming.drop_user(key text, dropped text, if_exists boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN
	PERFORM pg_streaming_users.check_key(key);
	PERFORM pg_advisory_xact_lock(0);
	DELETE FROM pg_streaming_users.made WHERE made.name = dropped;
	IF NOT FOUND AND if_exists THEN
		RETURN;
	ELSIF NOT FOUND THEN
		RAISE EXCEPTION 'role "%" does not exist', dropped USING ERRCODE = 'undefined_object';
	END IF;
	EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM %I', pg_streaming.own_name(), dropped);
	EXECUTE format('DROP ROLE %I', dropped);
END $$;
REVOKE EXECUTE ON FUNCTION pg_streaming.create_user, pg_streaming.drop_user, pg_streaming_users.check_key FROM PUBLIC;
ALTER FUNCTION pg_streaming_users.check_key OWNER TO redshift_users;
ALTER FUNCTION pg_streaming.create_user OWNER TO redshift_users;
ALTER FUNCTION pg_streaming.drop_user OWNER TO redshift_users;

-- https://www.postgresql.org/docs/17/event-trigger-matrix.html
-- Refuses all DDL commands except those that Redshift's statements need. One that it refuses
-- is CREATE EXTENSION, which PostgreSQL allows to every role that may create schemas.
CREATE FUNCTION pg_streaming.refuse_command() RETURNS event_trigger LANGUAGE plpgsql
AS $$ BEGIN
	IF tg_tag NOT IN (
		'ALTER MATERIALIZED VIEW', 'ALTER SCHEMA', 'ALTER TABLE', 'ALTER VIEW', 'COMMENT', 'CREATE MATERIALIZED VIEW', 'CREATE SCHEMA',
		'CREATE TABLE', 'CREATE TABLE AS', 'CREATE TRIGGER', 'CREATE VIEW', 'DROP MATERIALIZED VIEW', 'DROP SCHEMA', 'DROP TABLE',
		'DROP VIEW', 'GRANT', 'REFRESH MATERIALIZED VIEW', 'REVOKE', 'SELECT INTO'
	) THEN
		RAISE EXCEPTION 'permission denied for the command %', tg_tag USING ERRCODE = 'insufficient_privilege';
	END IF;
END $$;
CREATE EVENT TRIGGER refuse_command ON ddl_command_start EXECUTE FUNCTION pg_streaming.refuse_command();
