"""Ask the REST collection of a WordPress site what was modified.

https://developer.wordpress.org/rest-api/reference/posts/
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from scrapers.discover.hints import (
    GONE,
    MOST_PAGES,
    HintKind,
    Hints,
    HintsAbsent,
    HintsFailed,
    moment_token,
    own_address,
)
from scrapers.fetch.response import Response
from scrapers.source import Source

if TYPE_CHECKING:  # who plans what to ask opens no connection
    from scrapers.fetch.gate import FetchGate

PER_PAGE = 100
"""Entries a page of the collection may hold at most (WordPress's own limit)."""

OVERLAP = timedelta(days=1)
"""What was modified within a day of the newest modification known is asked for again: caches of the
collection lag, clocks are put right, and if only GMT is given, WordPress compares with the site's
own clock all the same."""

EPOCH = datetime(1970, 1, 1)

FIELDS = "id,link,modified,modified_gmt"


def ask_rest(gate: FetchGate, source: Source, cursor: str = "", total: int = 0) -> Hints:
    """Return what was modified since the last answer, or every entry if that cannot be had.

    ``cursor`` and ``total`` are those of the last answer. Raises HintsAbsent, HintsFailed and what
    the gate raises.
    """
    if not source.rest_url:
        raise HintsAbsent("the source names no REST collection")
    if cursor and total and _count(gate, source) == total:
        found = _since(gate, source, cursor)
        if found is not None:
            return Hints(HintKind.REST, _modified(found, gate, source), False, found.cursor, total)
    whole = _read(gate, source, {"orderby": "id", "order": "asc"})
    assert whole is not None  # nothing was asked that a site could ignore
    newest = max(whole.cursor, cursor)
    return Hints(HintKind.REST, _modified(whole, gate, source), True, newest, whole.total)


def _count(gate: FetchGate, source: Source) -> int:
    """Return how many entries the collection has: one fewer means that a page was taken away."""
    answer = gate.get(f"{source.rest_url}?{urlencode({'per_page': 1, '_fields': 'id'})}")
    _entries(answer)
    return _total(answer)


@dataclass
class _Read:
    """Pages of the collection, read in a row."""

    entries: list[Mapping[str, Any]] = field(default_factory=list)
    total: int = 0
    cursor: str = ""


def _since(gate: FetchGate, source: Source, cursor: str) -> _Read | None:
    """Return what was modified since the cursor; None if the site ignores the question."""
    zone, _, moment = cursor.partition("@")
    since = (datetime.fromisoformat(moment) - OVERLAP).isoformat(timespec="seconds")
    name = "modified" if zone == "site" else "modified_gmt"
    question = {"modified_after": since, "orderby": "modified", "order": "asc"}

    def is_obeyed(entries: Sequence[Mapping[str, Any]]) -> bool:
        return all(str(each.get(name, "")) >= since for each in entries)

    found = _read(gate, source, question, is_obeyed)
    if found is not None:
        found.cursor = max(found.cursor, cursor)
    return found


def _read(
    gate: FetchGate,
    source: Source,
    question: Mapping[str, str],
    is_obeyed: Callable[[Sequence[Mapping[str, Any]]], bool] = lambda _entries: True,
) -> _Read | None:
    """Read a collection to its end; None if a page shows that the site ignores the question.

    Raises HintsFailed if there is no end in sight, or entries are missing.
    """
    found = _Read()
    for page in range(1, MOST_PAGES + 1):
        asked = {"per_page": PER_PAGE, "page": page, "_fields": FIELDS, **question}
        answer = gate.get(f"{source.rest_url}?{urlencode(asked)}")
        if page > 1 and _is_beyond(answer):
            break
        entries = _entries(answer)
        if not is_obeyed(entries):
            return None
        found.entries += entries
        found.cursor = max((found.cursor, *(_cursor(each, answer.fetched_at) for each in entries)))
        total, pages = _total(answer), _pages(answer)
        found.total = found.total or total  # the first one: what came or went since is noticed
        if page >= pages if pages else len(entries) < PER_PAGE:
            break
    else:
        raise HintsFailed(f"the REST collection goes on beyond {MOST_PAGES} pages")
    if len(found.entries) < total:
        raise HintsFailed(f"the REST collection showed {len(found.entries)} of {total}")
    return found


def _entries(answer: Response) -> list[Mapping[str, Any]]:
    """Return the entries of one page of the collection."""
    entries = _json(answer)
    if answer.status in GONE or (answer.status in (400, 401, 403) and isinstance(entries, dict)):
        raise HintsAbsent(f"the REST collection answers with status {answer.status}")
    if answer.status != 200 or not isinstance(entries, list):
        raise HintsFailed(f"the REST collection answers {answer.status} and no list")
    if any(not isinstance(each, dict) for each in entries):
        raise HintsFailed("the REST collection holds something that is no entry")
    return entries


def _json(answer: Response) -> object:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _is_beyond(answer: Response) -> bool:
    """Return whether a further page is one too many: WordPress answers 400, other software 404."""
    return answer.status in (400, 404)


def _total(answer: Response) -> int:
    return _number(answer.headers.get("x-wp-total", ""))


def _pages(answer: Response) -> int:
    return _number(answer.headers.get("x-wp-totalpages", ""))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _cursor(entry: Mapping[str, Any], now: datetime) -> str:
    """Return an entry's place in time, by the site's own clock if that is given.

    One that lies ahead is none: nothing would count as modified since until then.
    """
    for zone, name in (("site", "modified"), ("zulu", "modified_gmt")):
        moment = str(entry.get(name) or "")[:19]
        if _is_moment(moment) and EPOCH <= datetime.fromisoformat(moment) <= _ahead(now):
            return f"{zone}@{moment}"
    return ""


def _is_moment(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
        return moment.tzinfo is None and moment - OVERLAP < moment
    except (ValueError, OverflowError):
        return False


def _ahead(now: datetime) -> datetime:
    """Return the latest moment that a clock somewhere on Earth may show."""
    return now.astimezone(UTC).replace(tzinfo=None) + OVERLAP


def _modified(found: _Read, gate: FetchGate, source: Source) -> dict[str, str]:
    modified: dict[str, str] = {}
    for entry in found.entries:
        url = own_address(str(entry.get("link") or ""), gate, source)
        moment = str(entry.get("modified_gmt") or entry.get("modified") or "")
        if url and moment:
            modified[url] = moment_token(moment)
    return modified
