"""Measure where payloads lie: first crawls that leave them in each place, reading back, moves.

``python -m bench.places``; ``--beside CHECKOUT`` lets another checkout crawl in turn with this one.
The bucket is moto's server on loopback, whose own CPU is not counted: it stands for no network.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from bench.__main__ import _corpus, _kept_bytecode
from bench.child import Cost, run
from bench.contest import Product, check
from bench.services import page_server

STARTS_WITHIN = 60.0
OTHER = "import sys; sys.path.insert(0, {!r}); from cli.app import main; main()"


class AtPlace(Product):
    """The product with a place for payloads; of another checkout, if one is given."""

    def __init__(self, home: Path, place: str, checkout: str = "") -> None:
        super().__init__(home)
        self._place = place
        self._checkout = checkout

    def environment(self) -> dict[str, str]:
        return {
            **super().environment(),
            **({"REPORTWATCH_PAYLOADS": self._place} if self._place else {}),
        }

    def command(self, origin: str, editions: Sequence[str], urls: Sequence[str]) -> list[str]:
        words = super().command(origin, editions, urls)
        if not self._checkout:
            return words
        return [words[0], "-c", OTHER.format(self._checkout), *words[3:]]

    def does(self, *words: str) -> Cost:
        """Run another command over what it holds."""
        return run([sys.executable, "-m", "cli", *words], self.environment())[0]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.places", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=0)
    parser.add_argument("--beside", default="", help="another checkout, which crawls too")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="reportwatch-bench-") as scratch,
        _kept_bytecode(Path(scratch) / "bytecode"),
        page_server(_corpus(), chosen.pages, 0) as site,
        buckets() as origin,
    ):
        found: dict[str, list[dict[str, float]]] = {}
        moves: dict[str, list[float]] = {}
        for number in range(chosen.rounds + 1):  # the first compiles, and is not counted
            for name, each in _contestants(Path(scratch) / str(number), origin, chosen.beside):
                cost, counts = each.look(site.origins["tagged"], site.editions)
                check(name, counts, {"published": site.pages})
                if number:
                    found.setdefault(name, []).append(_told(each, cost, site.pages, name))
                if number and name == "database":
                    _move(
                        each, Path(scratch) / f"moved-{number}", _bucket(origin), site.pages, moves
                    )
        medians = {
            name: {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}
            for name, rounds in found.items()
        }
        moved = {name: statistics.median(each) for name, each in moves.items()}
        print(json.dumps({"pages": site.pages, "places": medians, "moves": moved}, indent=2))


def _contestants(home: Path, origin: str, beside: str) -> Iterator[tuple[str, AtPlace]]:
    if beside:
        yield "beside", AtPlace(home / "beside", "", beside)
    yield "database", AtPlace(home / "database", "")
    yield "folder", AtPlace(home / "folder", str(home / "pages"))
    yield "bucket", AtPlace(home / "bucket", _bucket(origin))


def _told(each: AtPlace, cost: Cost, pages: int, name: str) -> dict[str, float]:
    told: dict[str, Any] = {
        "cpu_ms": cost.cpu / pages * 1000,
        "wall_ms": cost.wall / pages * 1000,
        "peak_mb": cost.peak_mb,
        "database_mb": each.database.stat().st_size / 1e6,
    }
    if name != "beside":
        told["verify_ms"] = each.does("verify").wall / pages * 1000
    return told


def _move(
    each: AtPlace, folder: Path, bucket: str, pages: int, moves: dict[str, list[float]]
) -> None:
    for name, place in (("folder", str(folder)), ("bucket", bucket), ("database", "database")):
        wall = each.does("db", "payloads", "--to", place).wall
        moves.setdefault(f"to {name}", []).append(wall / pages * 1000)


def _bucket(origin: str) -> str:
    name = f"pages-{time.monotonic_ns()}"
    with urlopen(Request(f"{origin}/{name}", method="PUT")):  # nosec B310 # loopback
        return f"s3://{name}/captured"


@contextmanager
def buckets() -> Iterator[str]:
    """Run moto's server until the block ends, with what finds it in the environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    os.environ |= {
        "AWS_ENDPOINT_URL": origin,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        try:
            deadline = time.monotonic() + STARTS_WITHIN
            while time.monotonic() < deadline:
                try:
                    urlopen(f"{origin}/moto-api/").close()  # nosec B310 # loopback
                    break
                except (URLError, ConnectionError):
                    time.sleep(0.1)
            yield origin
        finally:
            child.kill()


if __name__ == "__main__":
    main()
