"""The client of the queue."""

import socket


def ask(address, text):
    """One line there, one line back."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), 3) as connection:
        connection.sendall(f"{text}\n".encode())
        return connection.makefile().readline().strip()


def leader(bootstrap):
    """The address that the queue itself names, as clients of clustered queues use it."""
    return ask(bootstrap, "LEADER")
