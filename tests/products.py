"""What many tests start from, made once a checkout and kept: a migrated database, a filled home.

A product is kept under the digest of the program that made it, so a changed program makes its own.
Whoever comes first makes it while the other workers wait. Nobody writes to a product: copy it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAKERS = (
    "reports",
    "scrapers",
    "storage",
    "alerts",
    "documents",
    "exhibits",
    "services",
    "flows",
    "monitor",
    "cli",
    "deployments",
    "tests",
)
KEPT_SECONDS = 24 * 3600

Make = Callable[[Path], None]


class Products:
    """The products of this checkout's program, below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _digest()
        self._folder.mkdir(parents=True, exist_ok=True)
        _forget_others(self._folder)

    def get(self, name: str, make: Make) -> Path:
        """Return the folder of a product; ``make`` is given an empty one if it is not there yet."""
        made = self._folder / name
        with _alone(made.with_suffix(".lock")):
            if not made.exists():
                making = made.with_suffix(".making")
                shutil.rmtree(making, ignore_errors=True)
                making.mkdir()
                with _privately():
                    make(making)
                making.rename(made)
        return made


@contextmanager
def _privately() -> Iterator[None]:
    """Write files as the program does, whatever the umask of whoever comes first."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _digest() -> str:
    """Digest everything that a product may depend on: the program, its stages, its packages."""
    digest = hashlib.sha256(sys.version.encode())
    digest.update((ROOT / "uv.lock").read_bytes())
    for file in sorted(_sources()):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    for maker in MAKERS:
        for file in (ROOT / maker).rglob("*"):
            if file.is_file() and file.suffix != ".pyc" and not file.name.startswith("test_"):
                yield file


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _forget_others(kept: Path) -> None:
    """Remove what other states of the program made, once no run can be using it any more."""
    for other in kept.parent.iterdir():
        if other != kept and time.time() - other.stat().st_mtime > KEPT_SECONDS:
            with suppress(OSError):
                shutil.rmtree(other)
