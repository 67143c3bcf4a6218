-- Database, owner, migrator and login roles of ONE compartment. Run it as a superuser, once for each compartment, on
-- whichever cluster is to hold it; running it again repairs what was changed by hand:
--
--     for compartment in staff issuance verification privacy; do
--         psql -X -v compartment=$compartment -f cardservice/roles.sql postgres
--     done
--
-- The cluster must serve nothing else: PUBLIC loses CONNECT on its other databases too.
-- Passwords are better given by `\password cs_desk` or replaced by peer or certificate authentication; for unattended
-- set-up, CARDSERVICE_ROLE_PASSWORDS may hold a JSON object, role to password or SCRAM verifier. See
-- docs/decisions/0008-postgresql-roles.md.

\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\if :{?compartment}
\else
  DO $$ BEGIN RAISE 'Say which compartment: -v compartment=staff, issuance, verification or privacy.'; END $$;
\endif
\if :{?database}
\else
  \set database :compartment
\endif
\getenv passwords CARDSERVICE_ROLE_PASSWORDS
\if :{?passwords}
\else
  \set passwords '{}'
\endif

-- No statement of this session, passwords least of all, goes to the server's log.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET log_error_verbosity = 'terse';
SET client_min_messages = 'warning';

-- Which process may connect to which database: the one place where this is decided on PostgreSQL.
SELECT 'cs_' || :'compartment' || '_owner' AS owner,
       'cs_' || :'compartment' || '_migrator' AS migrator,
       coalesce(array_agg(role), '{}') AS logins
FROM (VALUES
    ('staff', 'cs_desk'), ('staff', 'cs_office'), ('staff', 'cs_staff'),
    ('issuance', 'cs_desk'), ('issuance', 'cs_signer'), ('issuance', 'cs_publisher'), ('issuance', 'cs_holder'),
    ('issuance', 'cs_registrar'), ('issuance', 'cs_issuance'),
    ('verification', 'cs_gate'), ('verification', 'cs_office'), ('verification', 'cs_verification'),
    ('privacy', 'cs_desk'), ('privacy', 'cs_office'), ('privacy', 'cs_archivist'), ('privacy', 'cs_privacy')
) AS may_connect (compartment, role)
WHERE compartment = :'compartment' \gset
SELECT :'logins' = '{}' AS unknown \gset
\if :unknown
  DO $$ BEGIN RAISE 'There is no such compartment: choose staff, issuance, verification or privacy.'; END $$;
\endif

-- Roles. Nobody inherits anything; the owner never logs in, the migrator becomes the owner by SET ROLE.
SELECT format('CREATE ROLE %I', role) FROM unnest(:'logins'::text[] || ARRAY[:'owner', :'migrator']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
SELECT format('ALTER ROLE %I %s NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT',
              role, CASE WHEN role = :'owner' THEN 'NOLOGIN PASSWORD NULL' ELSE 'LOGIN' END)
FROM unnest(:'logins'::text[] || ARRAY[:'owner', :'migrator']) AS role \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', key, value) FROM json_each_text(:'passwords')
WHERE key = ANY (:'logins'::text[] || ARRAY[:'migrator']) \gexec
SELECT format('REVOKE %I FROM %I', granted.rolname, member.rolname)
FROM pg_auth_members JOIN pg_roles granted ON granted.oid = roleid JOIN pg_roles member ON member.oid = pg_auth_members.member
WHERE member.rolname = ANY (:'logins'::text[] || ARRAY[:'owner', :'migrator'])
   OR granted.rolname = ANY (:'logins'::text[] || ARRAY[:'owner', :'migrator']) \gexec
GRANT :"owner" TO :"migrator";

-- Database. C sorts by code point, as SQLite does, and no library update ever breaks an index.
SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C''', :'database', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', datname) FROM pg_database \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM %I', :'database', rolname) FROM pg_roles
WHERE rolname LIKE 'cs\_%' AND rolname <> :'owner' \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', :'database', role)
FROM unnest(:'logins'::text[] || ARRAY[:'migrator']) AS role \gexec

-- Settings of every session in this database; the log must hold no value (a failed statement would bring them).
SELECT format('ALTER DATABASE %I SET %s = %L', :'database', name, value) FROM (VALUES
    ('log_statement', 'none'),
    ('log_min_error_statement', 'panic'),
    ('log_error_verbosity', 'terse'),
    ('log_min_duration_statement', '-1'),
    ('log_min_duration_sample', '-1'),
    ('log_transaction_sample_rate', '0'),
    ('log_parameter_max_length', '0'),
    ('log_parameter_max_length_on_error', '0'),
    ('log_temp_files', '-1'),
    ('debug_print_parse', 'off'),
    ('debug_print_rewritten', 'off'),
    ('debug_print_plan', 'off'),
    ('search_path', 'public'),
    ('default_transaction_isolation', 'read committed'),
    ('synchronous_commit', 'on'),
    ('statement_timeout', '30s'),
    ('lock_timeout', '10s'),
    ('idle_in_transaction_session_timeout', '60s')
) AS setting (name, value) \gexec
-- A migration may take its time, but it must not make the desks wait for a lock.
SELECT format('ALTER ROLE %I IN DATABASE %I SET statement_timeout = 0', :'migrator', :'database') \gexec
-- Nor may the rewrite of a large register stop half way.
SELECT format('ALTER ROLE cs_registrar IN DATABASE %I SET statement_timeout = 0', :'database')
WHERE 'cs_registrar' = ANY (:'logins'::text[]) \gexec
-- A write-ahead log segment that is recycled keeps its old content until it is written again: delete it instead.
ALTER SYSTEM SET wal_recycle = off;
SELECT WHERE NOT pg_reload_conf();

\connect :"database"
SET log_statement = 'none';
SET client_min_messages = 'warning';
ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SELECT format('REVOKE ALL ON SCHEMA public FROM %I', rolname) FROM pg_roles
WHERE rolname LIKE 'cs\_%' AND rolname <> :'owner' \gexec
SELECT format('GRANT USAGE ON SCHEMA public TO %I', role) FROM unnest(:'logins'::text[]) AS role \gexec
-- PostgreSQL lets everybody execute a new function: not here.
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" REVOKE ALL ON FUNCTIONS FROM PUBLIC;
-- Large objects would be a store that no grant on a table covers.
SELECT format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', oid::regprocedure) FROM pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace
  AND proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import', 'lo_open', 'lo_put', 'lo_get', 'lo_unlink') \gexec
-- After the rewrite of the register the owner's function closes the segment that tells of the old order.
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO :"owner";
