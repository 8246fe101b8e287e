#!/bin/sh
# Run once by PostgreSQL's image, on an empty volume: a role and a database each for us and Prefect.
# A password reaches psql as a variable from standard input, so that no list of processes shows it.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv ours REPORTWATCH_PASSWORD
\getenv prefects PREFECT_PASSWORD
CREATE ROLE reportwatch LOGIN CREATEDB PASSWORD :'ours';
CREATE ROLE prefect LOGIN PASSWORD :'prefects';
CREATE DATABASE reportwatch OWNER reportwatch;
CREATE DATABASE prefect OWNER prefect;
REVOKE CONNECT ON DATABASE reportwatch, prefect FROM PUBLIC;
SQL
