"""The guestbook: notes in PostgreSQL, a counter in Redis, a line to the queue for each note."""

import json
import os
import signal
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import line
import pg
import resp


def notes():
    found = pg.rows("SELECT id, body, exported FROM notes ORDER BY id")
    return [{"id": int(i), "body": body, "exported": done == "t"} for i, body, done in found]


def add(body):
    found = pg.rows(f"INSERT INTO notes (body) VALUES ({pg.quote(body)}) RETURNING id")
    number = found[0][0]
    resp.command(os.environ["CACHE_ADDRESS"], "INCR", "notes")
    line.ask(line.leader(os.environ["BROKER_ADDRESS"]), f"PUT {number}")
    return {"id": int(number)}


def about():
    with open(os.environ["ADMIN_TOKEN_FILE"], encoding="utf-8") as file:
        token = file.read().strip()
    return {
        "greeting": os.environ.get("GREETING"),
        "host": socket.gethostname(),
        "tokenLength": len(token),
        "sessionKey": bool(os.environ.get("SESSION_KEY")),
    }


def health():
    # Ready means that a request would be served: the tables of the migration are there.
    pg.rows("SELECT 1 FROM notes LIMIT 1")
    return {"ok": True}


PATHS = {
    "/healthz": health,
    "/api/about": about,
    "/api/notes": notes,
    "/api/count": lambda: {"count": resp.command(os.environ["CACHE_ADDRESS"], "GET", "notes")},
    "/api/migrations": lambda: pg.rows("SELECT version FROM migrations ORDER BY id"),
    "/api/cleanups": lambda: pg.rows("SELECT count(*) FROM cleanups"),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        action = PATHS.get(self.path)
        self.answer(action) if action else self.reply(404, {"error": "no such page"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.answer(lambda: add(body))

    def answer(self, action):
        try:
            self.reply(200, action())
        except (OSError, RuntimeError, pg.Error) as error:
            self.reply(503, {"error": str(error)})

    def reply(self, status, data):
        text = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """Silent: probes would fill the log."""


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    # Requests in progress are finished before the process ends.
    daemon_threads = False


def main():
    server = Server(("", int(os.environ.get("PORT", "8000"))), Handler)
    stop = lambda *_: threading.Thread(target=server.shutdown).start()
    signal.signal(signal.SIGTERM, stop)
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    main()
