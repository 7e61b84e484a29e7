"""Shows for every store where it is found and whether it answers.

The addresses come from the same variables in every environment.
"""

import json
import os
import signal
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlparse

DEFAULT_PORTS = {"postgresql": 5432, "http": 80, "https": 443}


def stores():
    """Name, host and port of each store; never the credentials of a URL."""
    database, search = urlparse(os.environ["DATABASE_URL"]), urlparse(os.environ["SEARCH_URL"])
    for name, url in (("database", database), ("search", search)):
        yield name, url.hostname, url.port or DEFAULT_PORTS[url.scheme]
    for name in ("cache", "events"):
        host, port = os.environ[f"{name.upper()}_ADDRESS"].rsplit(":", 1)
        yield name, host, int(port)


def reachable(host, port):
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/healthz":
            self.answer({"status": "ok"})
        else:
            self.answer({
                name: {"address": f"{host}:{port}", "reachable": reachable(host, port)}
                for name, host, port in stores()
            })

    def answer(self, content):
        body = json.dumps(content, indent=2).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def stop(*_):
    raise SystemExit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()
