"""A server of buckets on loopback, which speaks as S3 does: moto's, in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

PATIENCE = 60.0


@dataclass
class BucketServer:
    """A running server; buckets are made by their names."""

    origin: str
    made: int = field(default=0)

    @property
    def environment(self) -> dict[str, str]:
        """What a program finds the server by."""
        return {
            "AWS_ENDPOINT_URL": self.origin,
            "AWS_ACCESS_KEY_ID": "key-of-the-test",
            "AWS_SECRET_ACCESS_KEY": "secret-of-the-test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def create(self) -> str:
        """Make a bucket and return the address of a place in it."""
        self.made += 1
        name = f"pages-{os.getpid()}-{self.made}"
        with urlopen(Request(f"{self.origin}/{name}", method="PUT"), timeout=PATIENCE):
            return f"s3://{name}/captured"


@contextmanager
def serve_buckets() -> Iterator[BucketServer]:
    """Run a server until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, **quiet) as child:
        try:
            origin = f"http://127.0.0.1:{port}"
            _wait(origin, child)
            yield BucketServer(origin)
        finally:
            child.kill()


def _wait(origin: str, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"{origin}/moto-api/", timeout=PATIENCE):
                return
        except (URLError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError(f"moto's server did not answer at {urlsplit(origin).netloc}")
