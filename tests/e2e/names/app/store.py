"""Binds to the name that it tells its clients, and does not start before it reaches itself."""

import os
import signal
import socketserver
import sys

host, port = os.environ["ADVERTISED"].rsplit(":", 1)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(f"{host}:{port}\n".encode())


socketserver.ThreadingTCPServer.allow_reuse_address = True
with socketserver.ThreadingTCPServer((host, int(port)), Handler) as server:
    server.serve_forever()
