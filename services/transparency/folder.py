"""The log as a folder of files, in the layout of C2SP tlog-tiles: any web server can serve it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from reports.transparency.tiles import WIDTH, Tile, tiles_of
from services.assembly import Parts
from storage.database.copies import sync_folder

NAME = "log"
CHECKPOINT = "checkpoint"
ENDED = "ended"


class LogFolder:
    """The published files of one log. Each is written whole, or not at all."""

    def __init__(self, parts: Parts) -> None:
        self.path = parts.settings.home.absolute() / NAME

    def checkpoint(self) -> bytes:
        """Return the published checkpoint, ``b""`` if there is none."""
        try:
            return (self.path / CHECKPOINT).read_bytes()
        except FileNotFoundError:
            return b""

    def publish(self, size: int, read: Callable[[Tile], bytes], note: bytes) -> None:
        """Write what a tree of a size is published as, and its checkpoint last."""
        for each in tiles_of(size):
            path = self.path / each.path
            if not path.exists():
                _write(path, read(each))
            if each.width == WIDTH:
                shutil.rmtree(f"{path}.p", ignore_errors=True)
        if self.checkpoint() != note:
            _write(self.path / CHECKPOINT, note)

    def put_aside(self, name: str) -> None:
        """Move the files of a log that ended out of the way of a new one."""
        if self.path.exists():
            ended = self.path.with_name(f"{NAME}-{ENDED}")
            ended.mkdir(mode=0o700, exist_ok=True)
            target = ended / name
            if not target.exists():
                self.path.rename(target)
                sync_folder(ended)


def _write(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.fresh")
    with fresh.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
