"""Brings the database to the present form, as often as it is run."""

from web import database

STEPS = [
    "CREATE TABLE IF NOT EXISTS products (id serial PRIMARY KEY, name text UNIQUE, cents int)",
    """CREATE TABLE IF NOT EXISTS orders (
        id serial PRIMARY KEY, product int REFERENCES products, email text NOT NULL)""",
    """INSERT INTO products (name, cents) VALUES ('Tea', 450), ('Cup', 990)
        ON CONFLICT (name) DO NOTHING""",
]

if __name__ == "__main__":
    with database() as connection:
        for step in STEPS:
            connection.execute(step)
    print(f"{len(STEPS)} steps done")
