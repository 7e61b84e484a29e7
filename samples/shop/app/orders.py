"""Takes orders: into the database, then a message into the queue."""

import hashlib
import hmac
import json
import os
from pathlib import Path

import pika

from web import database, serve


def receipt(order):
    """A number that only the shop can make, with the key from its secret file."""
    key = Path(os.environ["PAYMENT_KEY_FILE"]).read_bytes().strip()
    return hmac.new(key, str(order).encode(), hashlib.sha256).hexdigest()[:16]


def announce(message):
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
    try:
        channel = connection.channel()
        channel.queue_declare("orders", durable=True)
        channel.basic_publish("", "orders", json.dumps(message).encode())
    finally:
        connection.close()


def place(body):
    wanted = json.loads(body)
    with database() as connection:
        row = connection.execute(
            "INSERT INTO orders (product, email) VALUES (%s, %s) RETURNING id",
            (wanted["product"], wanted["email"]),
        ).fetchone()
    order = {"id": row[0], "email": wanted["email"], "receipt": receipt(row[0])}
    announce(order)
    return 201, order


if __name__ == "__main__":
    serve({("POST", "/api/orders"): place})
