"""The few Redis commands that this project needs, in Redis' own protocol."""

import os
import socket
from urllib.parse import urlparse


class Redis:
    """One connection to the server that REDIS_URL names."""

    def __init__(self, timeout=None):
        url = urlparse(os.environ.get("REDIS_URL", "redis://localhost:6379/0"))
        self._socket = socket.create_connection((url.hostname, url.port or 6379), timeout=5)
        self._socket.settimeout(timeout)
        self._lines = self._socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._lines.close()
        self._socket.close()

    def call(self, *words):
        """Sends a command and returns its answer: text, number, list or None."""
        parts = [str(word).encode() for word in words]
        message = b"*%d\r\n" % len(parts)
        message += b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        self._socket.sendall(message)
        return self._answer()

    def _answer(self):
        line = self._lines.readline()
        if not line:
            raise ConnectionError("redis closed the connection")
        kind, rest = line[:1], line[1:].strip()
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"+":
            return rest.decode()
        size = int(rest)
        if kind == b":":
            return size
        if size < 0:
            return None
        if kind == b"$":
            return self._lines.read(size + 2)[:-2].decode()
        return [self._answer() for _ in range(size)]
