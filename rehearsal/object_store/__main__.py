"""`python -m rehearsal.object_store`: serve, say where, and end when standard input ends."""

from __future__ import annotations

import logging
import sys

from moto.server import ThreadedMotoServer


def main() -> int:
    """Serve until nobody holds the other end of standard input."""
    logging.getLogger("werkzeug").setLevel(
        logging.ERROR
    )  # a line a request fills the pipe of whoever started this
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(f"{host}:{port}", flush=True)
    sys.stdin.read()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
