"""Sends a mail for every order in the queue."""

import json
import logging
import os
import smtplib
import time
from email.message import EmailMessage

import pika

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())


def send(channel, method, _, body):
    order = json.loads(body)
    mail = EmailMessage()
    mail["From"], mail["To"] = "shop@example.com", order["email"]
    mail["Subject"] = f"Your order {order['id']}"
    mail.set_content(f"Thank you. Your receipt: {order['receipt']}\n")
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"]), timeout=10) as server:
        server.send_message(mail)
    channel.basic_ack(method.delivery_tag)
    logging.info("order %s: mail sent", order["id"])


def consume():
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
    channel = connection.channel()
    channel.queue_declare("orders", durable=True)
    channel.basic_qos(prefetch_count=1)
    channel.basic_consume("orders", send)
    channel.start_consuming()


if __name__ == "__main__":
    while True:
        try:
            consume()
        except (pika.exceptions.AMQPError, OSError) as error:
            logging.warning("again in 2 seconds: %s", type(error).__name__)
            time.sleep(2)
