"""PostgreSQL in one page: SCRAM login and simple queries, so that the stack needs no package."""

import base64
import hashlib
import hmac
import os
import socket
import struct
from urllib.parse import unquote, urlsplit


class Error(Exception):
    """What the server answered instead of rows."""


def quote(text):
    """A string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def rows(query, url=None):
    """The rows of one query, on a connection of its own: it survives a restart of the server."""
    with Connection(url or os.environ["DATABASE_URL"]) as connection:
        return connection.rows(query)


class Connection:
    def __init__(self, url, timeout=5):
        parts = urlsplit(url)
        self.user, self.password = unquote(parts.username), unquote(parts.password or "")
        self.socket = socket.create_connection((parts.hostname, parts.port or 5432), timeout)
        self.stream = self.socket.makefile("rb")
        words = ["user", self.user, "database", parts.path.strip("/"), "", ""]
        start = struct.pack("!i", 196608) + "\0".join(words[:4]).encode() + b"\0\0"
        self.socket.sendall(struct.pack("!i", len(start) + 4) + start)
        self._login()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.socket.close()

    def rows(self, query):
        self._send(b"Q", query.encode() + b"\0")
        found, error = [], None
        while True:
            kind, body = self._receive()
            if kind == b"D":
                found.append(self._row(body))
            elif kind == b"E":
                error = self._message(body)
            elif kind == b"Z":
                if error:
                    raise Error(error)
                return found

    def _login(self):
        nonce = base64.b64encode(os.urandom(18)).decode()
        bare = "n=,r=" + nonce
        while True:
            kind, body = self._receive()
            if kind == b"E":
                raise Error(self._message(body))
            if kind == b"Z":
                return
            if kind != b"R":
                continue
            code = struct.unpack("!i", body[:4])[0]
            if code == 10:
                first = ("n,," + bare).encode()
                self._send(b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(first)) + first)
            elif code == 11:
                self._send(b"p", self._proof(bare, body[4:].decode()))
            elif code not in (0, 12):
                raise Error(f"login of kind {code} is not known")

    def _proof(self, bare, challenge):
        said = dict(part.split("=", 1) for part in challenge.split(","))
        salted = hashlib.pbkdf2_hmac(
            "sha256", self.password.encode(), base64.b64decode(said["s"]), int(said["i"])
        )
        key = hmac.digest(salted, b"Client Key", "sha256")
        final = "c=biws,r=" + said["r"]
        signed = ",".join([bare, challenge, final]).encode()
        mask = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
        proof = bytes(a ^ b for a, b in zip(key, mask))
        return (final + ",p=" + base64.b64encode(proof).decode()).encode()

    def _send(self, kind, body):
        self.socket.sendall(kind + struct.pack("!i", len(body) + 4) + body)

    def _receive(self):
        head = self.stream.read(5)
        if len(head) < 5:
            raise Error("the server closed the connection")
        return head[:1], self.stream.read(struct.unpack("!i", head[1:])[0] - 4)

    @staticmethod
    def _row(body):
        at, row = 2, []
        for _ in range(struct.unpack("!h", body[:2])[0]):
            size = struct.unpack("!i", body[at : at + 4])[0]
            at += 4
            row.append(None if size < 0 else body[at : at + size].decode())
            at += max(size, 0)
        return row

    @staticmethod
    def _message(body):
        fields = [field.decode() for field in body.split(b"\0") if field]
        return next((field[1:] for field in fields if field.startswith("M")), "unknown error")
