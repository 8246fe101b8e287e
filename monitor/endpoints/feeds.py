"""Atom feeds of what changed: in everything, a source, a country, a report, or under a topic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import uuid5

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from alerts.feed import Entry, entry_of
from monitor.web.change_filter import Asked, ChangeFilter
from monitor.web.conditional import answer
from monitor.web.links import (
    ALL_CHANGES,
    country_feed,
    is_name,
    list_path,
    report_feed,
    report_path,
    source_feed,
    topic_feed,
    topic_path,
)
from monitor.web.page_cache import PageCache
from monitor.web.rendering import render
from monitor.web.routing import Named, OpenParts, find_report
from reports.notices.messages import OutgoingChange
from reports.topics.classify import taxonomy
from reports.wording.changes import topic_name
from scrapers.registry import all_sources, find_place, place_name
from services.assembly import Parts
from storage.changes.changes import NotifiedChange
from storage.changes.filter import ChangeConditions
from storage.operate.installation import Installation
from storage.unit import Unit

MOST_ENTRIES = 50
ENTRIES_KEPT = 10 * MOST_ENTRIES
"""Laying two reports over each other takes 20 ms: an entry is kept for its next reader."""


@dataclass(frozen=True)
class Feed:
    """What a feed is of: whose changes, its own path, its title and the page that shows as much."""

    interest: ChangeConditions
    path: str
    title: str
    page: str


def feed_router() -> APIRouter:
    """Return the routes of the feeds, and keep the feeds they made last."""
    router = APIRouter()
    feeds = Feeds()
    report = "/feeds/reports/{source}/{edition}/{country}"
    routes: dict[str, Callable[..., Response]] = {
        ALL_CHANGES: feeds.everything,
        "/feeds/sources/{source}/changes.atom": feeds.source,
        "/feeds/countries/{country}/changes.atom": feeds.country,
        "/feeds/countries/{country}/{part}/changes.atom": feeds.country,
        f"{report}/changes.atom": feeds.report,
        f"{report}/{{part}}/changes.atom": feeds.report,
        "/feeds/topics/{topic}/changes.atom": feeds.topic,
    }
    for path, endpoint in routes.items():
        router.add_api_route(path, endpoint, methods=["GET", "HEAD"], include_in_schema=False)
    return router


class Feeds:
    """The feeds of one monitor; an entry is made once for all of them."""

    def __init__(self) -> None:
        self._entries: PageCache[Entry | None] = PageCache(ENTRIES_KEPT)

    def everything(self, parts: OpenParts, request: Request, asked: Asked) -> Response:
        """Give what changed in all reports, or in those that a filter names."""
        with parts.store.read() as unit:
            title = f"Changes: {_in_words(asked)}" if asked.query else "All changes"
            path = asked.address(ALL_CHANGES)
            feed = Feed(asked.interest, path, title, asked.address("/changes"))
            return self._answer(parts, request, unit, feed)

    def source(self, parts: OpenParts, request: Request, source: str) -> Response:
        """Give what changed in the reports of a source."""
        with parts.store.read() as unit:
            return self._answer(parts, request, unit, _of_source(unit, source))

    def country(self, parts: OpenParts, request: Request, country: str, part: str = "") -> Response:
        """Give what changed in a country's reports; another name of it leads to its feed."""
        with parts.store.read() as unit:
            feed = _of_country(unit, country, part)
            if feed.path != country_feed(country, part):
                return RedirectResponse(feed.path)
            return self._answer(parts, request, unit, feed)

    def report(self, parts: OpenParts, request: Request, named: Named) -> Response:
        """Give what changed in one report."""
        with parts.store.read() as unit:
            name = find_report(unit, named).report
            title = f"{place_name(name)} {name.edition}, {name.source}"
            feed = Feed(ChangeConditions(report=name), report_feed(name), title, report_path(name))
            return self._answer(parts, request, unit, feed)

    def topic(self, parts: OpenParts, request: Request, topic: str) -> Response:
        """Give the changes that touch a topic."""
        with parts.store.read() as unit:
            return self._answer(parts, request, unit, _of_topic(unit, topic))

    def _answer(self, parts: Parts, request: Request, unit: Unit, feed: Feed) -> Response:
        base = parts.settings.public_url or str(request.base_url).rstrip("/")
        ours = unit.installation
        newest = unit.changes.notified(feed.interest, MOST_ENTRIES)
        found = [self._entry(unit, each, base) for each in newest]
        made = _atom(feed, [entry for entry in found if entry], base, ours)
        told_at = max((each.notified_at for each in newest), default=ours.made_at)
        return answer(request, made, "application/atom+xml; charset=utf-8", told_at)

    def _entry(self, unit: Unit, told: NotifiedChange, base: str) -> Entry | None:
        key = (told.change, told.state, base)
        return self._entries.get(key, lambda: _entry(unit, told, base))


def _in_words(asked: ChangeFilter) -> str:
    found = [
        value if isinstance(value, str) else ", ".join(value) for value in asked.query.values()
    ]
    return "; ".join(found)


def _of_source(unit: Unit, source: str) -> Feed:
    known = all_sources().get(source)
    if known is None and source not in {view.source for view in unit.reports.sources()}:
        raise HTTPException(404, f"There is no source “{source}”; the overview lists those known.")
    title = f"{known.family}, {known.publisher}" if known else source
    page = list_path("/reports", source=source)
    return Feed(ChangeConditions(source=source), source_feed(source), title, page)


def _of_country(unit: Unit, country: str, part: str) -> Feed:
    key = f"{country}/{part}" if part else country
    place = find_place(key)
    if place:
        country, part, key, name = place.country, place.part, place.key, place.name
    elif _holds_place(unit, country, part):
        name = key
    else:
        raise HTTPException(
            404, f"“{key}” is no country known; give its alpha-3 code, such as KAZ or CHN/tibet."
        )
    interest = ChangeConditions(country=country, part=part)
    page = list_path("/reports", country=key)
    return Feed(interest, country_feed(country, part), name, page)


def _holds_place(unit: Unit, country: str, part: str) -> bool:
    """Tell whether reports of a place that no country table has are held.

    Its part may name a document, or its source be one that this program no longer has.
    """
    names = [country, part] if part else [country]
    if not all(map(is_name, names)):
        return False
    return unit.reports.count(country=country, part=part or None) > 0


def _of_topic(unit: Unit, topic: str) -> Feed:
    is_known = topic in {each.id for each in taxonomy().topics}
    if not is_known and not (is_name(topic) and unit.changes.has_notified_topic(topic)):
        raise HTTPException(404, f"There is no topic “{topic}”; /topics lists those there are.")
    title = f"{topic_name(topic)} (topic)"
    return Feed(ChangeConditions(topic=topic), topic_feed(topic), title, topic_path(topic, ""))


def _entry(unit: Unit, told: NotifiedChange, base: str) -> Entry | None:
    publishers = {name: source.publisher for name, source in all_sources().items()}
    outgoing = OutgoingChange(told.change, *unit.versions.of_change_then(told.change))
    return entry_of(outgoing, told.topics, public_url=base, publishers=publishers)


def _atom(feed: Feed, entries: Sequence[Entry], base: str, ours: Installation) -> bytes:
    """Lay a feed out; its ids are made of what no setting and no address can change."""
    return render(
        "feed.atom",
        feed=feed,
        id=uuid5(ours.uuid, feed.path).urn,
        base=base,
        updated_at=max((each.told_at for each in entries), default=ours.made_at),
        entries=[(uuid5(ours.uuid, f"change:{each.change}").urn, each) for each in entries],
    ).encode()
