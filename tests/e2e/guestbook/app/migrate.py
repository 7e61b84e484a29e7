"""Makes the tables. Each run leaves a line, so that one can see how often it ran."""

import os

import pg

STATEMENTS = [
    "CREATE TABLE IF NOT EXISTS migrations (id serial PRIMARY KEY, version text)",
    "CREATE TABLE IF NOT EXISTS cleanups (id serial PRIMARY KEY, at timestamptz DEFAULT now())",
    "CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, body text, exported bool DEFAULT false)",
    f"INSERT INTO migrations (version) VALUES ({pg.quote(os.environ.get('SCHEMA', '1'))})",
]

for statement in STATEMENTS:
    pg.rows(statement)
print("migrated", flush=True)
