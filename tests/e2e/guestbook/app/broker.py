"""A queue that behaves like clustered ones: it binds to its own name and tells clients that name.

Clients ask any address where the leader is (`LEADER`), and talk to the address that is answered.
Lines put in are given out once each.
"""

import collections
import os
import signal
import socketserver
import sys
import threading

ADVERTISED = os.environ.get("ADVERTISED", "broker:9000")
waiting = collections.deque()


class Client(socketserver.StreamRequestHandler):
    def handle(self):
        word, _, rest = self.rfile.readline().decode().strip().partition(" ")
        if word == "LEADER":
            self.wfile.write(f"{ADVERTISED}\n".encode())
        elif word == "PUT":
            waiting.append(rest)
            self.wfile.write(b"OK\n")
        elif word == "GET":
            line = waiting.popleft() if waiting else ""
            self.wfile.write(f"{line}\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def split(address):
    host, port = address.rsplit(":", 1)
    return host, int(port)


def main():
    # The name is this process's own: elsewhere than here it cannot be bound.
    with Server(split(os.environ.get("LISTEN", ADVERTISED)), Client) as server:
        stop = lambda *_: threading.Thread(target=server.shutdown).start()
        signal.signal(signal.SIGTERM, stop)
        print("listening on", server.server_address, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        import line

        sys.exit(0 if line.ask(ADVERTISED, "LEADER") == ADVERTISED else 1)
    main()
