"""Changes, topics and search for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response

from documents.changes import ChangeDocument
from documents.search import SearchDocument
from documents.topics import TopicsDocument
from monitor.api.answers import (
    AS_CSV,
    PREFIX,
    Cursor,
    Format,
    Limit,
    add,
    read_cursor,
    reply,
    write_cursor,
)
from monitor.pages.search import read_scope
from monitor.pages.topics import read_view, source_asked
from monitor.web.change_filter import Asked
from monitor.web.routing import MOST, OpenParts, Text
from reports.search.query import BadQuery, parse_query

Words = Annotated[
    str,
    Query(
        max_length=1000,
        description='Words, "a phrase", word OR word, -without, begin*.',
        examples=["torture"],
    ),
]


def change_api_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    add(router, f"{PREFIX}/changes", changes, list[ChangeDocument], tag="changes", others=AS_CSV)
    add(router, f"{PREFIX}/changes/{{number}}", change, ChangeDocument, tag="changes")
    add(router, f"{PREFIX}/topics", topics, TopicsDocument, tag="changes")
    add(router, f"{PREFIX}/search", search, SearchDocument, tag="reports")
    return router


def changes(
    parts: OpenParts,
    request: Request,
    asked: Asked,
    limit: Limit = None,
    cursor: Cursor = "",
    format: Format = "json",
) -> Response:
    """List what changed, newest first. Readers must accept kinds they do not know."""
    place = read_cursor(cursor, str, int)
    before = (_moment(place[0]), place[1]) if place else None
    with parts.store.read() as unit:
        most = None if limit is None else limit + 1
        found = [
            each.change for each in unit.changes.listed(asked.interest, limit=most, before=before)
        ]
    shown = found[:limit]
    onward = ""
    if shown and len(found) > len(shown):
        onward = write_cursor(shown[-1].detected_at.isoformat(), shown[-1].id)
    return reply(
        request, [ChangeDocument.of(each) for each in shown], cursor=onward, format_=format
    )


def _moment(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise HTTPException(400, "cursor cannot be used: take it from the Link header before.")
    return read


def change(
    parts: OpenParts, request: Request, number: Annotated[int, Path(ge=1, le=MOST)]
) -> Response:
    """Show one change by its number."""
    with parts.store.read() as unit:
        found = unit.changes.get([number])
    if not found:
        raise HTTPException(404, f"There is no change {number}.")
    return reply(request, ChangeDocument.of(found[0]))


def topics(
    parts: OpenParts, request: Request, source: Text = "", edition: Text = "", against: Text = ""
) -> Response:
    """Count reports by topic and edition; say what vanished and what is new between two."""
    with parts.store.read() as unit:
        name = source_asked(source, unit.reports.sources())
        return reply(request, read_view(unit, name, edition, against).document)


def search(
    parts: OpenParts,
    request: Request,
    q: Words,
    source: Text = "",
    edition: Text = "",
    country: Text = "",
    summaries: bool = False,
    as_of: Text = "",
    removed: bool = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 20,
    offset: Annotated[int, Query(ge=0, le=MOST)] = 0,
) -> Response:
    """Search summaries and sections: now, as of a time, or what was removed."""
    when = "removed" if removed else "then" if as_of else "now"
    scope = read_scope(source, edition, country, summaries, when, as_of)
    try:
        asked = parse_query(q)
    except BadQuery as error:
        raise HTTPException(400, f"q: {error}.") from None
    with parts.store.read() as unit:
        found = unit.search.find(asked, scope, limit=limit, offset=offset)
        meant = [] if found.total else unit.search.did_you_mean(q, scope)
    document = SearchDocument.of(
        q, found, as_of=scope.as_of, is_removed=removed, did_you_mean=meant
    )
    return reply(request, document)
