"""Answer as the publisher's WordPress does: its REST collection and its site maps (Yoast).

The shapes are those of WordPress 6 (``class-wp-rest-posts-controller.php``) as far as a watcher
needs them: paging, ``_fields``, ``modified_after``, ordering, and the errors of pages that are not.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, urljoin

from deployments.sample_site.site import SiteResponse

REST_PATH = "/wp-json/wp/v2/state_report"
MAP_INDEX_PATH = "/sitemap_index.xml"
_MAP = re.compile(r"/state_report-sitemap\d*\.xml")
MAP_ENTRIES = 1000
"""Addresses in one of Yoast's site maps."""
MOST_PER_PAGE = 100
SITE_ZONE = timezone(timedelta(hours=-5))
"""The time zone of a WordPress site: ``modified`` is given, and asked for, in its own time."""

_JSON = "application/json; charset=UTF-8"
_XML = "text/xml; charset=UTF-8"


@dataclass(frozen=True)
class Post:
    """One report as WordPress knows it; ``date`` and ``modified`` are UTC."""

    number: int
    url: str
    title: str
    date: datetime
    modified: datetime

    def as_json(self) -> dict[str, Any]:
        """Return the post as the collection shows it."""
        return {
            "id": self.number,
            "date_gmt": _moment(self.date),
            "modified": _moment(self.modified.astimezone(SITE_ZONE)),
            "modified_gmt": _moment(self.modified),
            "slug": self.url.rstrip("/").rpartition("/")[2],
            "link": self.url,
            "title": {"rendered": html.escape(self.title)},
        }


_ORDERS: Mapping[str, Callable[[Post], Any]] = {
    "date": lambda post: (post.date, post.number),
    "modified": lambda post: (post.modified, post.number),
    "id": lambda post: post.number,
}


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def answer(self) -> SiteResponse:
        refusal = {"code": self.code, "message": str(self), "data": {"status": 400}}
        return SiteResponse(400, {"Content-Type": _JSON}, json.dumps(refusal).encode())


def is_hint_path(path: str) -> bool:
    """Return whether a path is the collection's or a site map's."""
    return path.rstrip("/") == REST_PATH or path == MAP_INDEX_PATH or bool(_MAP.fullmatch(path))


def answer(posts: Sequence[Post], path: str, query: str) -> SiteResponse | None:
    """Return what the collection and the site maps of a site say, None for any other path."""
    if path.rstrip("/") == REST_PATH:
        try:
            return _collection(posts, dict(parse_qsl(query)))
        except _Refused as refused:
            return refused.answer()
    if path == MAP_INDEX_PATH:
        return _map_index(posts)
    maps = {name: part for name, part in _maps(posts)}
    return _map(maps[path]) if path in maps else None


def _collection(posts: Sequence[Post], asked: Mapping[str, str]) -> SiteResponse:
    size, page = _number(asked, "per_page", 10, MOST_PER_PAGE), _number(asked, "page", 1)
    found = [post for post in posts if post.modified > _after(asked)]
    found.sort(key=_order(asked), reverse=asked.get("order", "desc") == "desc")
    pages = -(-len(found) // size)
    if found and page > pages:
        message = "The page number requested is larger than the number of pages available."
        raise _Refused("rest_post_invalid_page_number", message)
    shown = [_narrowed(post.as_json(), asked) for post in found[(page - 1) * size : page * size]]
    headers = {
        "Content-Type": _JSON,
        "X-WP-Total": str(len(found)),
        "X-WP-TotalPages": str(pages),
    }
    return SiteResponse(200, headers, json.dumps(shown).encode())


def _number(asked: Mapping[str, str], name: str, default: int, most: int = 10**9) -> int:
    given = asked.get(name, str(default))
    if not (given.isdecimal() and 1 <= int(given) <= most):
        raise _Refused("rest_invalid_param", f"Invalid parameter(s): {name}")
    return int(given)


def _after(asked: Mapping[str, str]) -> datetime:
    try:
        moment = datetime.fromisoformat(asked.get("modified_after", "0001-01-01T00:00:00"))
    except ValueError:
        raise _Refused("rest_invalid_param", "Invalid parameter(s): modified_after") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SITE_ZONE)


def _order(asked: Mapping[str, str]) -> Callable[[Post], Any]:
    try:
        return _ORDERS[asked.get("orderby", "date")]
    except KeyError:
        raise _Refused("rest_invalid_param", "Invalid parameter(s): orderby") from None


def _narrowed(post: dict[str, Any], asked: Mapping[str, str]) -> dict[str, Any]:
    """Keep what ``_fields`` names; ``title.rendered`` names all that a title has here."""
    if not asked.get("_fields"):
        return post
    names = {name.strip().partition(".")[0] for name in asked["_fields"].split(",")}
    return {name: value for name, value in post.items() if name in names}


def _maps(posts: Sequence[Post]) -> list[tuple[str, Sequence[Post]]]:
    starts = range(0, max(len(posts), 1), MAP_ENTRIES)
    return [
        (f"/state_report-sitemap{number if number > 1 else ''}.xml", posts[at : at + MAP_ENTRIES])
        for number, at in enumerate(starts, 1)
    ]


def _map_index(posts: Sequence[Post]) -> SiteResponse:
    rows = [
        _entry("sitemap", urljoin(part[0].url, name), max(post.modified for post in part))
        for name, part in _maps(posts)
        if part
    ]
    return _document("sitemapindex", rows)


def _map(posts: Sequence[Post]) -> SiteResponse:
    return _document("urlset", [_entry("url", post.url, post.modified) for post in posts])


def _entry(kind: str, url: str, modified: datetime) -> str:
    moment = modified.isoformat(timespec="seconds")
    return f"<{kind}><loc>{html.escape(url)}</loc><lastmod>{moment}</lastmod></{kind}>"


def _document(kind: str, rows: Sequence[str]) -> SiteResponse:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "\n".join(rows)
        + f"\n</{kind}>\n"
    )
    headers = {"Content-Type": _XML, "X-Robots-Tag": "noindex, follow"}
    return SiteResponse(200, headers, text.encode())


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
