"""Takes jobs over HTTP and puts them into the queue.

GET  /healthz      200 when Redis answers
POST /jobs         queues the body; needs the header `Authorization: Bearer $API_TOKEN`
GET  /jobs/<id>    what became of it
"""

import hmac
import json
import logging
import os
import signal
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from queue_client import Redis

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/healthz":
            self.check()
        elif self.path.startswith("/jobs/"):
            with Redis(timeout=5) as redis:
                state = redis.call("GET", "job:" + self.path.removeprefix("/jobs/"))
            self.answer(200 if state else 404, {"state": state or "unknown"})
        else:
            self.answer(404, {"error": "no such page"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path != "/jobs":
            self.answer(404, {"error": "no such page"})
        elif not self.allowed():
            self.answer(401, {"error": "wrong token"})
        else:
            job = uuid.uuid4().hex
            with Redis(timeout=5) as redis:
                redis.call("SET", "job:" + job, "queued")
                redis.call("RPUSH", "jobs", json.dumps({"id": job, "body": body}))
            self.answer(202, {"id": job})

    def check(self):
        try:
            with Redis(timeout=2) as redis:
                redis.call("PING")
            self.answer(200, {"status": "ok"})
        except (OSError, RuntimeError) as error:
            self.answer(503, {"status": str(error)})

    def allowed(self):
        wanted = "Bearer " + os.environ["API_TOKEN"]
        return hmac.compare_digest(self.headers.get("Authorization", "").encode(), wanted.encode())

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text, *values):
        logging.debug(text, *values)


def stop(*_):
    raise SystemExit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()
