"""Answer from saved pages as the publisher's site would, with plain lists of them as its listings.

The bodies stay on disk and are read when they are asked for, so that an edited or deleted file is
an edited or missing page at the next request.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from deployments.sample_site.site import SiteResponse
from deployments.sample_site.wordpress import Post, answer, is_hint_path
from reports.text.canonical import canonical_block
from scrapers.fetch.response import entity_tag
from scrapers.read.page import blocks
from scrapers.saved.files import read_saved, reread
from scrapers.saved.page import SavedFault, SavedPage
from scrapers.saved.warc import wacz_of
from scrapers.source import WEB_PAGE, Link, Source

_KEPT_BODIES = 32
_HEADING_BYTES = 4096


@dataclass(frozen=True)
class _Stored:
    """Where a page is stored, and how the listings name it."""

    file: str
    offset: int
    url: str
    label: str
    media_type: str


class Replay:
    """The saved pages of some files and folders, by the path they were published at.

    ``say`` is called with a message for every page that cannot be served and for pages that share
    an address; the later of two is served. With ``has_hints`` the site says, as WordPress does,
    when each page was modified: when its file was.
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
        self._pages: dict[str, _Stored] = {}
        self._listings: dict[str, SiteResponse] = {}
        self._body = lru_cache(_KEPT_BODIES)(_read_body)
        types = dict.fromkeys(each for source in self._sources for each in source.media_types)
        for found in read_saved(paths, tuple(types)):
            self._take(found)
        for source in self._sources:
            self._listings.update(_listings(source, self._pages.values()))

    def __len__(self) -> int:
        return len(self._pages)

    def render(self, path: str) -> SiteResponse:
        """Answer a GET of ``path`` as the publisher's site would."""
        key = _path(path)
        if (listing := self._listings.get(key)) is not None:
            return listing
        page = self._pages.get(key)
        if page is None:
            return self._hinted(path) or _missing("There is no such page among those stored.")
        try:
            return self._body(page.file, page.offset, page.media_type, *_age(page.file))
        except (OSError, ValueError):
            return _missing("The file of this page is gone or cannot be read.")

    def _hinted(self, target: str) -> SiteResponse | None:
        """Return what WordPress says of modifications; None for any other request."""
        path, _, query = target.partition("?")
        if not (self._has_hints and is_hint_path(path)):
            return None
        return answer(list(self._posts()), path, query)

    def _posts(self) -> Iterator[Post]:
        for number, page in enumerate(self._pages.values(), 1):
            with suppress(OSError):
                at = datetime.fromtimestamp(Path(page.file).stat().st_mtime, UTC)
                yield Post(number, page.url, page.label, at, at)

    def _take(self, found: SavedPage | SavedFault) -> None:
        if isinstance(found, SavedFault):
            self._say(f"{found.file}: {found.reason}")
        elif found.is_text:
            self._say(f"{found.file}: saved as text, the site has no such page; left out")
        elif not (url := self._url(found)):
            self._say(f"{found.file}: neither the page nor its name says its address; left out")
        else:
            label = _label(found.body, url)
            self._add(_Stored(found.file, found.offset, url, label, found.media_type))

    def _add(self, page: _Stored) -> None:
        path = _path(page.url)
        if (earlier := self._pages.get(path)) is not None:
            self._say(f"{page.file}: has the address of {earlier.file}, which is left out")
        self._pages[path] = page

    def _url(self, page: SavedPage) -> str:
        """Return where a page was published: as captured, as it says, as its name says."""
        sources = [each for each in self._sources if page.media_type in each.media_types]
        for source in sources:
            for url in (page.url, source.page_url(page.body)):
                if url and source.owns(url):
                    return url
        return next(filter(None, (_named(page.file, source) for source in sources)), "")


def _listings(source: Source, pages: Iterable[_Stored]) -> dict[str, SiteResponse]:
    """Return a family's collection page and index pages by path, as far as pages are stored."""
    editions: dict[str, list[Link]] = {}
    for page in pages:
        is_own = source.owns(page.url) and page.media_type in source.media_types
        edition = source.edition_of(page.url) if is_own else ""
        if edition and _path(page.url) != _path(source.index_url(edition)):
            editions.setdefault(edition, []).append(Link(page.url, page.label))
    if not editions:
        return {}
    titles = {edition: f"{edition} {source.family}" for edition in sorted(editions)}
    indexes = [Link(source.index_url(edition), title) for edition, title in titles.items()]
    media_type = source.media_types[0]
    found = {source.collection_url: plain_list(source.family, indexes, media_type)}
    for edition, links in editions.items():
        links.sort(key=lambda link: link.label)
        found[source.index_url(edition)] = plain_list(titles[edition], links, media_type)
    return {_path(url): _tagged(listing, media_type) for url, listing in found.items()}


def plain_list(title: str, links: Sequence[Link], media_type: str = WEB_PAGE) -> bytes:
    """Return a list of links that every source reads: a web page, or a set of links (RFC 9264)."""
    if media_type != WEB_PAGE:
        listed = [{"href": each.url, "title": each.label} for each in links]
        return json.dumps({"linkset": [{"item": listed}]}).encode()
    rows = (
        f'<li><a href="{html.escape(each.url)}">{html.escape(each.label)}</a></li>'
        for each in links
    )
    return _page(title, f"<ul>{''.join(rows)}</ul>")


def _path(url: str) -> str:
    """Return the path of an address or a request, as pages are found by: no slash at its end."""
    try:
        return unquote(urlsplit(url).path).rstrip("/") or "/"
    except ValueError:
        return ""


def _named(file: str, source: Source) -> str:
    """Return the address that a file name ``…/EDITION/SLUG.html`` means, or ``""``."""
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
    found = (wacz_of(Path(file)) or Path(file)).stat()
    return found.st_mtime_ns, found.st_size


def _read_body(file: str, offset: int, media_type: str, _changed: int, _size: int) -> SiteResponse:
    return _tagged(reread(file, offset), media_type)


def _tagged(body: bytes, media_type: str) -> SiteResponse:
    headers = {"Content-Type": f"{media_type}; charset=utf-8", "ETag": entity_tag(body)}
    return SiteResponse(200, headers, body)


def _missing(why: str) -> SiteResponse:
    page = _page("Page not found", f"<p>{html.escape(why)}</p>")
    return SiteResponse(404, {"Content-Type": f"{WEB_PAGE}; charset=utf-8"}, page)


def _page(title: str, content: str) -> bytes:
    name = html.escape(title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title></head>'
        f"<body><h1>{name}</h1>{content}</body></html>"
    ).encode()
