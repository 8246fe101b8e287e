"""Answer from saved pages as the publisher's site would, its listings made of the pages held.

The bodies stay on disk and are read when they are asked for, so that an edited or deleted file is
an edited or missing page at the next request.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from reports.text.canonical import canonical_block
from scrapers.read.page import blocks
from scrapers.saved.files import SavedFault, SavedPage, read_saved, reread
from scrapers.saved.server import Answer
from scrapers.saved.wordpress import Post, answer, is_hint_path
from scrapers.source import Link, Source

_KEPT_BODIES = 32
_HEADING_BYTES = 4096


@dataclass(frozen=True)
class _Held:
    """Where a page is held, and how the listings name it."""

    file: str
    offset: int
    url: str
    label: str
    media_type: str


class Replay:
    """The saved pages of some files and folders, by the path they were published at.

    ``say`` is told of every page that cannot be served and of pages that share an address; the
    later of two is served. ``has_hints`` has the site tell, as WordPress does, when each page was
    modified: when its file was.
    """

    def __init__(
        self,
        paths: Iterable[Path],
        sources: Iterable[Source],
        say: Callable[[str], None],
        *,
        has_hints: bool = False,
    ) -> None:
        self._sources = tuple(sources)
        self._say = say
        self._has_hints = has_hints
        self._pages: dict[str, _Held] = {}
        self._listings: dict[str, Answer] = {}
        self._body = lru_cache(_KEPT_BODIES)(_read_body)
        types = dict.fromkeys(each for source in self._sources for each in source.media_types)
        for found in read_saved(paths, tuple(types)):
            self._take(found)
        for source in self._sources:
            self._listings.update(_listings(source, self._pages.values()))

    def __len__(self) -> int:
        return len(self._pages)

    def __call__(self, target: str) -> Answer:
        """Answer the path of a request as the publisher's site would."""
        path = _path(target)
        if (listing := self._listings.get(path)) is not None:
            return listing
        held = self._pages.get(path)
        if held is None:
            return self._hinted(target) or _missing("There is no such page among those held.")
        try:
            return self._body(held.file, held.offset, held.media_type, *_age(held.file))
        except (OSError, ValueError):
            return _missing("The file that held this page is gone or cannot be read.")

    def _hinted(self, target: str) -> Answer | None:
        """Answer what WordPress tells of modifications; None for any other request."""
        path, _, query = target.partition("?")
        if not (self._has_hints and is_hint_path(path)):
            return None
        return answer(list(self._posts()), path, query)

    def _posts(self) -> Iterator[Post]:
        for number, held in enumerate(self._pages.values(), 1):
            with suppress(OSError):
                at = datetime.fromtimestamp(Path(held.file).stat().st_mtime, UTC)
                yield Post(number, held.url, held.label, at, at)

    def _take(self, found: SavedPage | SavedFault) -> None:
        if isinstance(found, SavedFault):
            self._say(f"{found.file}: {found.reason}")
        elif found.is_text:
            self._say(f"{found.file}: saved as text, the site has no such page; left out")
        elif not (url := self._url(found)):
            self._say(f"{found.file}: neither the page nor its name tells its address; left out")
        else:
            label = _label(found.body, url)
            self._hold(_Held(found.file, found.offset, url, label, found.media_type))

    def _hold(self, held: _Held) -> None:
        path = _path(held.url)
        if (earlier := self._pages.get(path)) is not None:
            self._say(f"{held.file}: has the address of {earlier.file}, which is left out")
        self._pages[path] = held

    def _url(self, page: SavedPage) -> str:
        """Return where a page was published: as captured, as it says, as its name says."""
        sources = [each for each in self._sources if page.media_type in each.media_types]
        for source in sources:
            for url in (page.url, source.page_url(page.body)):
                if url and source.owns(url):
                    return url
        return next(filter(None, (_named(page.file, source) for source in sources)), "")


def _listings(source: Source, pages: Iterable[_Held]) -> dict[str, Answer]:
    """Return a family's collection page and index pages by path, as far as pages are held."""
    editions: dict[str, list[Link]] = {}
    for held in pages:
        is_own = source.owns(held.url) and held.media_type in source.media_types
        edition = source.edition_of(held.url) if is_own else ""
        if edition and _path(held.url) != _path(source.index_url(edition)):
            editions.setdefault(edition, []).append(Link(held.url, held.label))
    if not editions:
        return {}
    found = {_path(source.collection_url): source.render_collection(tuple(sorted(editions)))}
    for edition, links in editions.items():
        links.sort(key=lambda link: link.label)
        found[_path(source.index_url(edition))] = source.render_index(edition, tuple(links))
    content_type = f"{source.media_types[0]}; charset=utf-8"
    return {path: Answer(200, page.encode(), content_type) for path, page in found.items()}


def _path(url: str) -> str:
    """Return the path of an address or a request, as pages are found by: no slash at its end."""
    try:
        return unquote(urlsplit(url).path).rstrip("/") or "/"
    except ValueError:
        return ""


def _named(file: str, source: Source) -> str:
    """Return the address that a file name ``…/EDITION/SLUG.html`` stands for, or ``""``."""
    path = Path(file)
    slug = path.name.partition(".htm")[0]
    if not path.parent.name.isalnum():
        return ""
    index = source.index_url(path.parent.name)
    url = f"{index.rstrip('/')}/{slug}/"
    return url if slug and source.edition_of(url) == path.parent.name else ""


def _label(body: bytes, url: str) -> str:
    """Return what a listing calls a page: its heading's last part, else its path's."""
    start = body.find(b"<h1")
    heading = next(iter(blocks(body[start : start + _HEADING_BYTES])), None) if start >= 0 else None
    name = heading.text.rpartition(": ")[2] if heading else ""
    return canonical_block(name) or _path(url).rpartition("/")[2].replace("-", " ").title()


def _age(file: str) -> tuple[int, int]:
    """Return what changes when a file does."""
    told = Path(file).stat()
    return told.st_mtime_ns, told.st_size


def _read_body(file: str, offset: int, media_type: str, _changed_ns: int, _size: int) -> Answer:
    return Answer(200, reread(file, offset), f"{media_type}; charset=utf-8")


def _missing(why: str) -> Answer:
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page not found</title>'
        f"</head><body><h1>Page not found</h1><p>{html.escape(why)}</p></body></html>"
    )
    return Answer(404, page.encode())
