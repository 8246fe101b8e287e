"""What every program beside which we measure must do here: look once a round, and tell."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

MAIN_REGION = ".report__content"
"""The element that carries a report's words, for programs that can be told to look there alone."""

_OWN = ("REPORTWATCH_", "PREFECT_", "XDG_")
"""Beginnings of variables that would bring a user's own set-up in."""


@dataclass(frozen=True)
class Told:
    """What a program told of one round: paths of pages said to have changed, and its own errors.

    A path stands there as often as it was told; ``""`` stands for what is no page of the replica.
    ``cpu`` are the seconds of user and system time since it was asked last.
    """

    changed: Sequence[str]
    errors: int
    cpu: float


class Watcher(ABC):
    """A program with a set-up, a folder of its own, and a port of the replica to watch."""

    program: str
    set_up: str
    home: Path
    origin: str
    paths: Sequence[str]

    @property
    def name(self) -> str:
        """Return how it is called in tables."""
        return f"{self.program}, {self.set_up}"

    @contextmanager
    def watching(self, home: Path, origin: str, paths: Sequence[str]) -> Iterator[None]:
        """Prepare in an empty folder, and stay for as long as the block lasts."""
        self.home, self.origin, self.paths = home, origin, paths
        home.mkdir(parents=True)
        self.prepare()
        yield

    def prepare(self) -> None:
        """Write what the program needs before its first look; most need nothing."""
        return

    @abstractmethod
    def look(self) -> Told:
        """Look at all pages once."""

    def path_of(self, url: str) -> str:
        """Return the path of a page of the replica, ``""`` for any other address."""
        path = urlsplit(url).path
        return path if path in self.paths else ""

    def environment(self) -> dict[str, str]:
        """Return the variables to start with: nothing of this user's own set-up."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_OWN)}
        return {**kept, "HOME": str(self.home)}
