"""A JSON server of a few lines: a table of routes, each a function of the request's body."""

import json
import logging
import os
import signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())


def database():
    return psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=3)


def healthy(_):
    with database() as connection:
        connection.execute("SELECT 1")
    return 200, {"status": "ok"}


def serve(routes):
    """Answers `(method, path)` by the function in `routes` until SIGTERM."""
    routes = {("GET", "/healthz"): healthy} | routes

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            route = routes.get((self.command, self.path))
            try:
                status, content = route(body) if route else (404, {"error": "no such page"})
            except (psycopg.OperationalError, OSError) as error:
                status, content = 503, {"error": type(error).__name__}
            except (ValueError, KeyError):
                status, content = 400, {"error": "the body is wrong"}
            answer = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = handle_any

        def log_message(self, text, *values):
            logging.debug(text, *values)

    def stop(*_):
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    ThreadingHTTPServer(("", 8000), Handler).serve_forever()
