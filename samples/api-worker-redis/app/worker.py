"""Takes jobs out of the queue, one after the other, until it is told to end."""

import json
import logging
import os
import signal
import time

from queue_client import Redis

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())
running = True


def stop(*_):
    """The job at hand is finished; the next one is left to another worker."""
    global running
    running = False


def work(redis):
    item = redis.call("BLPOP", "jobs", 1)
    if item is None:
        return
    job = json.loads(item[1])
    logging.info("job %s: %d characters", job["id"], len(job["body"]))
    time.sleep(0.2)
    redis.call("SET", "job:" + job["id"], "done", "EX", 3600)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    while running:
        try:
            with Redis() as redis:
                while running:
                    work(redis)
        except OSError as error:
            logging.warning("redis: %s", error)
            time.sleep(1)
