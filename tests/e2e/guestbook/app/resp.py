"""Redis in half a page."""

import socket


def command(address, *words):
    """Sends one command and gives its answer."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), 3) as connection:
        parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in map(str, words)]
        connection.sendall(f"*{len(parts)}\r\n{''.join(parts)}".encode())
        stream = connection.makefile("rb")
        line = stream.readline().decode().rstrip("\r\n")
        kind, rest = line[:1], line[1:]
        if kind == "-":
            raise RuntimeError(rest)
        if kind == "$":
            return None if rest == "-1" else stream.read(int(rest)).decode()
        return rest
