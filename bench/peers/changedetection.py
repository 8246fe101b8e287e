"""changedetection.io as one of the watchers: its server on loopback, asked through its API."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from bench.child import BenchFailed, cpu_of
from bench.peers.watcher import MAIN_REGION, Told, Watcher
from bench.services import free_port, running

START_SECONDS = 60
LOOK_SECONDS = 240
_PAUSE = 0.5
"""Seconds between two questions whether all was looked at: answering costs the server CPU."""


class ChangeDetection(Watcher):
    """One watch for each page: as it comes, or of the report's element alone.

    What it tells is a snapshot added to a watch's history: for each but the first it sends a
    notification. Its CPU seconds include answering our questions.
    """

    program = "changedetection.io"

    def __init__(self, folder: Path, *, is_tuned: bool) -> None:
        self.set_up = "tuned" if is_tuned else "as it comes"
        self._folder = folder
        self._options = {"include_filters": [MAIN_REGION]} if is_tuned else {}
        self._cpu = 0.0
        self._snapshots: dict[str, int] = {}
        self._checks: dict[str, int] = {}

    def environment(self) -> dict[str, str]:
        """Allow loopback addresses, and keep it from asking for a newer version of itself."""
        own = {"ALLOW_IANA_RESTRICTED_ADDRESSES": "true", "DISABLE_VERSION_CHECK": "true"}
        return {**super().environment(), **own}

    @contextmanager
    def watching(self, home: Path, origin: str, paths: Sequence[str]) -> Iterator[None]:
        """Run its server for as long as the block lasts."""
        with super().watching(home, origin, paths):
            port = free_port()
            self._api = f"http://127.0.0.1:{port}/api/v1"
            with (
                (home / "server.log").open("wb") as log,
                running(self._command(port), self.environment(), log) as server,
            ):
                self._server = server
                self._key = self._started()
                yield

    def _command(self, port: int) -> list[str]:
        """Return its server's command. Pages named there keep it from watching its examples."""
        command = [str(self._folder / "bin" / "changedetection.io"), "-C", "-d", str(self.home)]
        command += ["-h", "127.0.0.1", "-p", str(port), "-l", "ERROR"]
        for number, path in enumerate(self.paths):
            command += ["-u", self.origin + path]
            command += [f"-u{number}", json.dumps(self._options)] if self._options else []
        return command

    def _started(self) -> str:
        """Wait for the server and return the key to its API."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._server.poll() is None:
            try:
                settings = json.loads((self.home / "changedetection.json").read_text())
                self._key = str(settings["settings"]["application"]["api_access_token"])
                self._ask("/systeminfo")
            except (OSError, URLError, ValueError, KeyError):
                time.sleep(_PAUSE)
            else:
                return self._key
        raise BenchFailed(f"changedetection.io does not start: {self._log()}")

    def _log(self) -> str:
        return (self.home / "server.log").read_text(errors="replace")[-2000:]

    def _ask(self, path: str) -> Any:
        request = Request(self._api + path, headers={"x-api-key": self._key})
        with urlopen(request, timeout=60) as answer:  # nosec B310 # loopback
            return json.load(answer)

    def look(self) -> Told:
        """Have every watch checked once; the first check begins by itself when a watch is new."""
        if self._checks:
            self._ask("/watch?recheck_all=1")
        watches = self._checked()
        counts = {self.path_of(each["url"]): int(each["history_n"]) for each in watches}
        changed = [path for path, n in counts.items() for _ in range(n - self._seen(path))]
        self._snapshots = counts
        before, self._cpu = self._cpu, cpu_of(self._server.pid)
        errors = sum(bool(each["last_error"]) for each in watches)
        return Told(changed, errors, self._cpu - before)

    def _seen(self, path: str) -> int:
        return max(self._snapshots.get(path, 0), 1)

    def _checked(self) -> list[dict[str, Any]]:
        """Return the watches once each of them was checked again."""
        end = time.monotonic() + LOOK_SECONDS
        while time.monotonic() < end and self._server.poll() is None:
            time.sleep(_PAUSE)
            if self._ask("/systeminfo")["queue_size"]:
                continue
            watches = [self._ask(f"/watch/{name}") for name in self._ask("/watch")]
            counts = {each["uuid"]: each.get("check_count", 0) for each in watches}
            if all(count > self._checks.get(name, 0) for name, count in counts.items()):
                self._checks = counts
                return watches
        raise BenchFailed(f"changedetection.io does not get to an end: {self._log()}")
