package attack

// statement is an attack that is a whole SQL statement, not an expression.
type statement struct {
	sql string
	// then is a second statement that executes the attack, if sql only stores it.
	then string
	// alone is true if the statement can't run in a transaction, and so not together with
	// other statements.
	alone bool
	// undo is SQL that reverts the attack's effect after a superuser has run it.
	undo string
}

// statements are SQL statements that access files, programs, settings, roles or other
// databases.
var statements = []statement{
	// Files and programs.
	{sql: "COPY victim (line) FROM '/etc/passwd'"},
	{sql: "COPY victim TO '/tmp/tributary-attack'"},
	{sql: "COPY (SELECT 1) TO '/tmp/tributary-attack'"},
	{sql: "COPY victim (line) FROM PROGRAM 'id'"},
	{sql: "COPY (SELECT 1) TO PROGRAM 'cat >/dev/null'"},
	{sql: "CREATE TABLE attack AS SELECT pg_read_file('/etc/passwd') AS a", undo: "DROP TABLE attack"},
	{sql: "CREATE TEMP TABLE attack AS SELECT pg_read_file('/etc/passwd') AS a"},
	{sql: "SELECT pg_read_file('/etc/passwd') AS a INTO attack", undo: "DROP TABLE attack"},
	{sql: "INSERT INTO victim SELECT pg_read_file('/etc/passwd')"},
	{sql: "INSERT INTO victim (line) VALUES (pg_read_file('/etc/passwd'))"},
	{sql: "UPDATE victim SET line = pg_read_file('/etc/passwd') WHERE line <> pg_read_file('/etc/passwd')"},
	{sql: "DELETE FROM victim WHERE line = pg_read_file('/etc/passwd')"},
	{sql: "DELETE FROM victim USING pg_read_file('/etc/passwd') AS f WHERE line = f"},
	{sql: "MERGE INTO victim USING (SELECT pg_read_file('/etc/passwd') AS f) s ON line = s.f WHEN MATCHED THEN DO NOTHING"},
	{sql: "INSERT INTO victim VALUES ('a') RETURNING pg_read_file('/etc/passwd')"},
	{sql: "CREATE TABLE attack (a text DEFAULT pg_read_file('/etc/passwd'))", then: "INSERT INTO attack DEFAULT VALUES", undo: "DROP TABLE attack"},
	{sql: `CREATE TABLE attack (a text DEFAULT U&"pg\005fread_file"('/etc/passwd'))`, then: "INSERT INTO attack DEFAULT VALUES", undo: "DROP TABLE attack"},
	{sql: "CREATE TABLE attack (a text CHECK (a <> pg_read_file('/etc/passwd')))", then: "INSERT INTO attack VALUES ('a')", undo: "DROP TABLE attack"},
	{sql: "ALTER TABLE victim ADD COLUMN attack text DEFAULT pg_read_file('/etc/passwd')", undo: "ALTER TABLE victim DROP COLUMN attack"},
	{sql: "ALTER TABLE victim ALTER COLUMN line SET DEFAULT pg_read_file('/etc/passwd')", then: "INSERT INTO victim DEFAULT VALUES", undo: "ALTER TABLE victim ALTER COLUMN line DROP DEFAULT"},
	{sql: "ALTER TABLE victim ALTER COLUMN line TYPE text USING pg_read_file('/etc/passwd')", undo: "ALTER TABLE victim ALTER COLUMN line TYPE varchar(4000) USING 'x'"},
	{sql: "CREATE VIEW attack AS SELECT pg_read_file('/etc/passwd') AS a", then: "SELECT a FROM attack", undo: "DROP VIEW attack"},
	{sql: "CREATE MATERIALIZED VIEW attack AS SELECT pg_read_file('/etc/passwd') AS a", undo: "DROP MATERIALIZED VIEW attack"},
	{sql: "CREATE RULE attack AS ON INSERT TO victim DO ALSO SELECT pg_read_file('/etc/passwd')", undo: "DROP RULE attack ON victim"},
	{sql: "CREATE TABLE attack (a bytea DEFAULT ('/etc/passwd'::text).pg_read_binary_file)", then: "INSERT INTO attack DEFAULT VALUES", undo: "DROP TABLE attack"},
	{sql: "EXPLAIN ANALYZE SELECT pg_read_file('/etc/passwd')"},
	{sql: "EXPLAIN (ANALYZE) SELECT pg_read_file('/etc/passwd')"},
	{sql: "PREPARE attack AS SELECT pg_read_file('/etc/passwd')", then: "EXECUTE attack"},
	{sql: "DO $$ BEGIN PERFORM pg_read_file('/etc/passwd'); END $$"},
	{sql: "CREATE FUNCTION attack() RETURNS text LANGUAGE sql AS $$ SELECT pg_read_file('/etc/passwd') $$", undo: "DROP FUNCTION attack"},
	{sql: "CREATE FUNCTION attack() RETURNS text LANGUAGE internal AS 'pg_read_file_all'", undo: "DROP FUNCTION attack"},
	{sql: "CREATE PROCEDURE attack() LANGUAGE plpgsql AS $$ BEGIN END $$", undo: "DROP PROCEDURE attack"},
	{sql: "CREATE AGGREGATE attack (oid) (sfunc = oidlarger, stype = oid)", undo: "DROP AGGREGATE attack (oid)"},
	{sql: "CREATE TRIGGER attack BEFORE UPDATE ON victim FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()", undo: "DROP TRIGGER attack ON victim"},
	{sql: "LOAD 'plpgsql'"},
	{sql: "CREATE EXTENSION file_fdw", undo: "DROP EXTENSION file_fdw"},
	{sql: "CREATE EXTENSION pgcrypto", undo: "DROP EXTENSION pgcrypto"},
	{sql: "CREATE FOREIGN DATA WRAPPER attack", undo: "DROP FOREIGN DATA WRAPPER attack"},

	// The catalog.
	{sql: "UPDATE pg_catalog.pg_proc SET prosrc = 'COPY (SELECT 1) TO PROGRAM ''true''' WHERE proname = 'nvl'"},
	{sql: "UPDATE pg_proc SET prosecdef = true WHERE proname = 'len'"},
	{sql: "INSERT INTO pg_catalog.pg_description VALUES (1, 1, 0, 'attack')", undo: "DELETE FROM pg_description WHERE objoid = 1"},
	{sql: "DELETE FROM pg_catalog.pg_description WHERE objoid = 1"},
	{sql: `UPDATE "pg_catalog"."pg_authid" SET rolsuper = rolsuper`},
	{sql: "UPDATE pg_database SET datallowconn = datallowconn"},
	{sql: "DELETE FROM pg_language WHERE lanname = 'attack'"},
	{sql: "MERGE INTO pg_catalog.pg_authid a USING victim v ON a.rolname = v.line WHEN MATCHED THEN UPDATE SET rolsuper = true"},
	{sql: "WITH a AS (UPDATE pg_catalog.pg_authid SET rolsuper = rolsuper RETURNING 1) SELECT count(*) FROM a"},
	{sql: "WITH x AS (SELECT 1) UPDATE pg_database SET datconnlimit = -1"},
	{sql: "WITH x AS (SELECT 1) DELETE FROM pg_description WHERE objoid = 1"},
	{sql: "WITH x AS (WITH y AS (SELECT 1) UPDATE pg_proc SET procost = procost RETURNING 1) SELECT 1", alone: true},
	{sql: "SELECT 1 AS a INTO information_schema.attack", undo: "DROP TABLE information_schema.attack"},
	{sql: "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO PUBLIC", undo: "REVOKE EXECUTE ON FUNCTION pg_read_file(text) FROM PUBLIC"},
	{sql: "GRANT SELECT ON pg_authid TO PUBLIC", undo: "REVOKE SELECT ON pg_authid FROM PUBLIC"},
	{sql: "ALTER FUNCTION pg_catalog.pg_read_file(text) SECURITY DEFINER", undo: "ALTER FUNCTION pg_catalog.pg_read_file(text) SECURITY INVOKER"},

	// Settings.
	{sql: "ALTER SYSTEM SET work_mem = '1MB'", alone: true, undo: "ALTER SYSTEM RESET work_mem"},
	{sql: "ALTER DATABASE postgres SET work_mem = '1MB'", undo: "ALTER DATABASE postgres RESET work_mem"},
	{sql: "ALTER ROLE CURRENT_USER SET log_statement = 'all'", undo: "ALTER ROLE ALL RESET ALL"},
	{sql: "ALTER ROLE ALL SET work_mem = '1MB'", undo: "ALTER ROLE ALL RESET ALL"},
	{sql: "SET session_replication_role = replica"},
	{sql: "SET LOCAL session_replication_role = replica"},
	{sql: "SET SESSION session_replication_role = replica"},
	{sql: "SET log_statement TO 'all'"},
	{sql: "SET allow_system_table_mods = on"},
	{sql: "SET session_preload_libraries = 'plpgsql'"},
	{sql: "SHOW data_directory"},
	{sql: "SHOW hba_file"},
	{sql: "SHOW unix_socket_directories"},

	// Roles.
	{sql: "CREATE ROLE attack SUPERUSER LOGIN", undo: "DROP ROLE attack"},
	{sql: "CREATE USER attack SUPERUSER", undo: "DROP ROLE attack"},
	{sql: "CREATE GROUP attack SUPERUSER", undo: "DROP ROLE attack"},
	{sql: "CREATE ROLE attack CREATEROLE CREATEDB", undo: "DROP ROLE attack"},
	{sql: "CREATE ROLE attack IN ROLE pg_read_server_files", undo: "DROP ROLE attack"},
	{sql: "CREATE ROLE attack ADMIN awsuser", undo: "DROP ROLE attack"},
	{sql: "CREATE GROUP attack WITH USER awsuser", undo: "DROP ROLE attack"},
	{sql: "ALTER ROLE awsuser REPLICATION", undo: "ALTER ROLE awsuser NOREPLICATION"},
	{sql: "ALTER USER awsuser BYPASSRLS", undo: "ALTER ROLE awsuser NOBYPASSRLS"},
	{sql: "GRANT pg_read_server_files TO awsuser", undo: "REVOKE pg_read_server_files FROM awsuser"},
	{sql: "GRANT pg_execute_server_program TO awsuser WITH ADMIN OPTION", undo: "REVOKE pg_execute_server_program FROM awsuser"},
	{sql: "GRANT rdsdb TO awsuser", undo: "REVOKE rdsdb FROM awsuser"},
	{sql: "SET ROLE rdsdb"},
	{sql: "SET LOCAL ROLE rdsdb"},
	{sql: "SET SESSION AUTHORIZATION rdsdb"},
	{sql: `SET SESSION AUTHORIZATION "rdsdb"`},
	{sql: "SET role TO rdsdb"},
	{sql: "SET session_authorization = 'rdsdb'"},
	{sql: "ALTER DEFAULT PRIVILEGES FOR ROLE rdsdb GRANT ALL ON TABLES TO PUBLIC", undo: "ALTER DEFAULT PRIVILEGES FOR ROLE rdsdb REVOKE ALL ON TABLES FROM PUBLIC"},
	{sql: "ALTER TABLE victim OWNER TO rdsdb", undo: "ALTER TABLE victim OWNER TO awsuser"},
	{sql: "CREATE SCHEMA attack AUTHORIZATION rdsdb", undo: "DROP SCHEMA attack"},

	// Other databases and the server.
	{sql: "CREATE DATABASE attack", alone: true, undo: "DROP DATABASE attack"},
	{sql: "ALTER DATABASE postgres CONNECTION LIMIT -1"},
	{sql: "GRANT CONNECT ON DATABASE postgres TO awsuser", undo: "REVOKE CONNECT ON DATABASE postgres FROM awsuser"},
	{sql: "CHECKPOINT", alone: true},
	{sql: "CREATE EXTENSION dblink", undo: "DROP EXTENSION dblink"},
	{sql: "CREATE EXTENSION postgres_fdw", undo: "DROP EXTENSION postgres_fdw"},
	{sql: "CREATE PUBLICATION attack FOR ALL TABLES", undo: "DROP PUBLICATION attack"},
	{sql: "CREATE SUBSCRIPTION attack CONNECTION 'dbname=postgres' PUBLICATION p WITH (connect = false)", undo: "ALTER SUBSCRIPTION attack SET (slot_name = NONE); DROP SUBSCRIPTION attack"},
	{sql: "COMMENT ON DATABASE postgres IS 'attack'", undo: "COMMENT ON DATABASE postgres IS NULL"},
	{sql: "COMMENT ON ROLE rdsdb IS 'attack'", undo: "COMMENT ON ROLE rdsdb IS NULL"},
}
