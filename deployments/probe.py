"""Ask a program whether it lives: ``python -m deployments.probe [--any] URL``.

For containers, whose image has neither curl nor wget. Exit code 0 says that it answers, 1 that it
does not. ``tcp://HOST:PORT`` asks only for a connection.
"""

from __future__ import annotations

import argparse
import socket
import sys
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

SECONDS = 5.0
"""How long an answer may take."""


def answers(url: str, *, of_any_kind: bool) -> str:
    """Return "" if an address answers, else why it does not count.

    An answer must be of the 200s, unless ``of_any_kind``: a monitor whose source is stale answers
    503 on `/healthz` and is well itself.
    """
    address = urlsplit(url)
    try:
        if address.scheme == "tcp":
            with socket.create_connection((address.hostname, address.port), SECONDS):
                return ""
        # No proxy of the environment: the program is beside us.
        with build_opener(ProxyHandler({})).open(url, timeout=SECONDS):
            return ""
    except HTTPError as error:
        with error:
            return "" if of_any_kind else f"it answers {error.code}"
    except (OSError, ValueError) as error:
        return str(error)


def main(arguments: list[str] | None = None) -> int:
    """Ask once; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deployments.probe", description=__doc__)
    parser.add_argument("url", metavar="URL", help="http://, or tcp://HOST:PORT")
    parser.add_argument("--any", action="store_true", help="any HTTP answer counts, also an error")
    asked = parser.parse_args(arguments)
    why = answers(asked.url, of_any_kind=asked.any)
    if why:
        sys.stderr.write(f"{asked.url}: {why}\n")
    return 1 if why else 0


if __name__ == "__main__":
    sys.exit(main())
