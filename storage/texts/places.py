"""Places outside the database for the packed bytes of payloads: a folder, or a bucket.

An object has a name that nobody used before and nobody uses again (``Payloads`` has the rows that
name them), so that none is ever written over and a half-written one is read by nobody.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit

from storage.database.copies import sync_folder
from storage.database.errors import PlaceFailed
from storage.texts.markers import MARKER, SAYS

DATABASE = "database"
"""What people call the database itself, where they name a place."""

BUCKETS = ("s3", "gs", "gcs", "az", "abfs", "abfss")
"""Kinds of buckets: an object in them is there as a whole or not at all."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


class Place(Protocol):
    """A place of objects. Every method raises PlaceFailed if the place cannot be used."""

    def prepare(self) -> None:
        """Make sure that the place is there and can be used, before anything is put into it."""

    def put(self, objects: Mapping[str, bytes]) -> None:
        """Write objects under new names; they are durable once this returns."""

    def get(self, names: Sequence[str]) -> dict[str, bytes]:
        """Return objects by their names, without those that are not there."""

    def remove(self, names: Sequence[str]) -> None:
        """Remove objects; one that is not there is no failure."""


def address_of(text: str) -> str:
    """Return the address of a place that people named, ``""`` for the database.

    A folder's is ``file:///…``, a bucket's ``s3://bucket/prefix``. Raises ValueError, which never
    repeats what might be a password.
    """
    text = text.strip()
    if text in ("", DATABASE):
        return ""
    found = _SCHEME.match(text)
    if not found:
        return _of_folder(Path(text))
    scheme = found[1].lower()
    if scheme == "file":
        return _of_folder(Path(unquote(urlsplit(text).path) or "."))
    if scheme not in BUCKETS:
        raise ValueError(f"{scheme}:// is no place for payloads: name a folder, or s3://BUCKET")
    parts = urlsplit(text)
    if "@" in parts.netloc or ":" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(
            "must be BUCKET/PREFIX alone after ://, without a key, a port or a question mark: the "
            "keys of a bucket come from the environment (AWS_ACCESS_KEY_ID, AWS_PROFILE, …)"
        )
    if not parts.netloc:
        raise ValueError("must name a bucket, such as s3://bucket/prefix")
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def shown(address: str) -> str:
    """Return how a place is told to people: a folder by its path."""
    if not address:
        return DATABASE
    return unquote(urlsplit(address).path) if address.startswith("file://") else address


def place_at(address: str) -> Place:
    """Return the place at an address; one program has one of each."""
    return _opened(address, os.getpid())


@lru_cache(maxsize=16)
def _opened(address: str, _process: int) -> Place:  # a bucket's connections survive no fork
    if address.startswith("file://"):
        return Folder(Path(shown(address)))
    from storage.texts.buckets import Bucket

    return Bucket(address)


def _of_folder(path: Path) -> str:
    return f"file://{quote(str(path.expanduser().absolute()))}"


class Folder:
    """A folder: each object is a file in one of 256 folders by the beginning of its name."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def prepare(self) -> None:
        """Make the folder, private to its owner, and mark it as ours.

        The mark tells it from an empty folder on which a disk is not mounted just now.
        """
        try:
            self._path.mkdir(mode=0o700, exist_ok=True)
            marker = self._path / MARKER
            if not marker.exists():
                _write(marker, SAYS.encode(), os.O_TRUNC)
                sync_folder(self._path)
                sync_folder(self._path.parent)
        except OSError as error:
            raise self._failure(error) from None

    def put(self, objects: Mapping[str, bytes]) -> None:
        """Write files and have them, and their names, survive a power cut."""
        self._check()
        folders = {self._file(name).parent for name in objects}
        try:
            if made := [each for each in sorted(folders) if not each.is_dir()]:
                for folder in made:
                    folder.mkdir(mode=0o700, exist_ok=True)
                sync_folder(self._path)
            for name, body in objects.items():
                _write(self._file(name), body, os.O_EXCL)
            for folder in folders:
                sync_folder(folder)
        except OSError as error:
            raise self._failure(error) from None

    def get(self, names: Sequence[str]) -> dict[str, bytes]:
        """Read files."""
        found = {}
        for name in names:
            try:
                found[name] = self._file(name).read_bytes()
            except FileNotFoundError:
                self._check()
            except OSError as error:
                raise self._failure(error) from None
        return found

    def remove(self, names: Sequence[str]) -> None:
        """Remove files."""
        self._check()
        try:
            for name in names:
                self._file(name).unlink(missing_ok=True)
        except OSError as error:
            raise self._failure(error) from None

    def _file(self, name: str) -> Path:
        return self._path / name[:2] / name

    def _check(self) -> None:
        try:
            is_ours = (self._path / MARKER).exists()
        except OSError as error:
            raise self._failure(error) from None
        if not is_ours:
            raise PlaceFailed(
                f"the payloads' folder {self._path} cannot be used: it has no {MARKER}. Is its "
                "disk mounted? Nothing was lost; bring the folder back and run again"
            )

    def _failure(self, error: OSError) -> PlaceFailed:
        return PlaceFailed(
            f"the payloads' folder {self._path} cannot be used: {error.strerror}. Nothing was "
            "lost; see to the folder, its disk's space and its owner, and run again"
        )


def _write(file: Path, body: bytes, how: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | how, 0o600)
    try:
        left = memoryview(body)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
