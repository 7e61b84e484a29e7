"""Lists the products."""

from web import database, serve


def products(_):
    with database() as connection:
        rows = connection.execute("SELECT id, name, cents FROM products ORDER BY id").fetchall()
    return 200, [{"id": id, "name": name, "cents": cents} for id, name, cents in rows]


if __name__ == "__main__":
    serve({("GET", "/api/products"): products})
