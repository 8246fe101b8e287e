"""Read what somebody saved: pages as .html, .txt, .mhtml or .json, WARC and WACZ files, folders.

Which of them are pages is said by their media types: those of the source they are read for.
One page is in memory at a time. Whatever cannot be read becomes a SavedFault that names the file
and says why; nothing is skipped in silence but files of other types inside a folder.
"""

from __future__ import annotations

import gzip
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scrapers.encodings import BadBody
from scrapers.saved.mhtml import read_mhtml
from scrapers.saved.page import (
    BROKEN_GZIP,
    LARGEST_PAGE,
    WEB_TYPES,
    BadFile,
    SavedFault,
    SavedPage,
    checked,
)
from scrapers.saved.warc import WACZ, WARC, read_wacz, read_warc, reread_record

_TEXT = ".txt"
_MHTML = (".mhtml", ".mht")
_NAMED = {"text/html": (".html", ".htm", _TEXT, *_MHTML), "application/json": (".json",)}
_ARCHIVES = {WARC: read_warc, WACZ: read_wacz}
_ALIASES = (".htm", ".mht")


def read_saved(
    paths: Iterable[Path], media_types: Sequence[str] = WEB_TYPES
) -> Iterator[SavedPage | SavedFault]:
    """Yield the pages of files and folders, folders recursively and in sorted order.

    ``media_types`` are those that a page may be of; files of other types are none.
    """
    reader = _Reader(tuple(media_types))
    for path in paths:
        yield from reader.read_folder(path) if path.is_dir() else reader.read_named(path)


def reread(page_file: str, offset: int = 0) -> bytes:
    """Return the body of a page read before; raises OSError or ValueError if it is gone."""
    path = Path(page_file)
    try:
        if _kind(path, (WARC,)):
            return reread_record(path, offset)
        contents = checked(_unzipped(path))
        return read_mhtml(contents, WEB_TYPES)[0] if _kind(path, _MHTML) else contents
    except (BadFile, BadBody) as error:
        raise ValueError(f"{page_file}: {error}") from None


@dataclass(frozen=True)
class _Reader:
    """Reads the files of some media types."""

    media_types: tuple[str, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The ends of the names of files that may hold pages."""
        return (*(end for each in self.media_types for end in _NAMED.get(each, ())), *_ARCHIVES)

    @property
    def named(self) -> str:
        """The kinds of files that may hold pages, for messages."""
        return f"{', '.join(end for end in self.kinds if end not in _ALIASES)}, each also .gz"

    def read_named(self, path: Path) -> Iterator[SavedPage | SavedFault]:
        """Yield the pages of a file that the operator named."""
        if self._kind(path):
            yield from self._read_file(path)
        elif path.exists():
            yield SavedFault(str(path), f"not a saved page ({self.named})")
        else:
            yield SavedFault(str(path), "there is no such file or folder")

    def read_folder(self, folder: Path) -> Iterator[SavedPage | SavedFault]:
        """Yield the pages of a folder; files of other types are passed over."""
        is_empty = True
        for found in self._walk(folder, folder.resolve()):
            is_empty = False
            yield from [found] if isinstance(found, SavedFault) else self._read_file(found)
        if is_empty:
            yield SavedFault(str(folder), f"no saved pages ({self.named}) in this folder")

    def _walk(self, folder: Path, root: Path) -> Iterator[Path | SavedFault]:
        """Yield the page files below a folder; links lead to files inside ``root`` alone."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield SavedFault(str(folder), f"cannot be opened: {error.strerror}")
            return
        for entry in entries:
            path = folder / entry.name
            if entry.is_symlink() and not path.resolve().is_relative_to(root):
                if self._kind(path) or path.is_dir():
                    yield SavedFault(str(path), "a link that leads out of the folder: not followed")
            elif entry.is_dir(follow_symlinks=False):
                yield from self._walk(path, root)
            elif self._kind(path) and not path.is_dir():
                yield path

    def _kind(self, path: Path) -> str:
        return _kind(path, self.kinds)

    def _read_file(self, path: Path) -> Iterator[SavedPage | SavedFault]:
        kind = self._kind(path)
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise BadFile("not a regular file")
            if kind in _ARCHIVES:
                yield from _ARCHIVES[kind](path, self.media_types)
            else:
                yield self._read_page(path, kind)
        except BadFile as error:
            yield SavedFault(str(path), str(error))
        except OSError as error:
            yield SavedFault(str(path), f"cannot be read: {error.strerror or error}")

    def _read_page(self, path: Path, kind: str) -> SavedPage:
        contents = checked(_unzipped(path))
        if kind in _MHTML:
            body, url, retrieved_at = read_mhtml(contents, self.media_types)
            return SavedPage(str(path), body, url=url, retrieved_at=retrieved_at)
        media_type = next(each for each, ends in _NAMED.items() if kind in ends)
        return SavedPage(str(path), contents, media_type, is_text=kind == _TEXT)


def _kind(path: Path, kinds: Sequence[str]) -> str:
    """Return what a file holds by its name, without ``.gz``; ``""`` for no kind of page."""
    name = path.name.lower().removesuffix(".gz")
    return next((kind for kind in kinds if name.endswith(kind)), "")


def _unzipped(path: Path) -> bytes:
    """Return a file's bytes, as many as a page may have; raises BadFile, or OSError."""
    is_packed = path.name.lower().endswith(".gz")
    try:
        with gzip.open(path) if is_packed else path.open("rb") as stream:
            return stream.read(LARGEST_PAGE + 1)
    except BROKEN_GZIP as error:
        raise BadFile(f"broken gzip file: {error}") from None
