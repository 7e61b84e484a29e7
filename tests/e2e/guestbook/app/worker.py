"""Takes notes from the queue, writes them to the exports that nginx serves, and keeps an archive."""

import os
import signal
import sys
import time

import line
import pg


def export(number):
    found = pg.rows(f"SELECT body FROM notes WHERE id = {int(number)}")
    for (body,) in found:
        for path in ("/exports/notes.txt", "/archive/notes.txt"):
            with open(path, "a", encoding="utf-8") as file:
                file.write(f"{number} {body}\n")
        pg.rows(f"UPDATE notes SET exported = true WHERE id = {int(number)}")


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    address = os.environ["BROKER_ADDRESS"]
    while True:
        try:
            number = line.ask(line.leader(address), "GET")
            if number:
                export(number)
                continue
        except (OSError, pg.Error) as error:
            print("trying again:", error, flush=True)
        time.sleep(0.5)


if __name__ == "__main__":
    main()
