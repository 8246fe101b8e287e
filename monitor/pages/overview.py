"""The front page: the last change with its words, the newest edition's story, how sources stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from exhibits.redline import lay_out
from monitor.layout.activity import activity, first_monday
from monitor.layout.bars import bars_svg
from monitor.layout.edition_story import MOST_EDITIONS, EditionStory, tell_edition
from monitor.layout.excerpt import Excerpt, excerpt, removed_words
from monitor.layout.source_words import state_in_words
from monitor.layout.strip import first_day, strip
from monitor.pages.sources import SourceRow, source_rows
from monitor.pages.start_run import prefect_url
from monitor.pages.topics import source_asked
from monitor.web.countries import country_names
from monitor.web.page_cache import PageCache
from monitor.web.routing import OpenParts, add_page, page
from monitor.web.visitor import visitor
from reports.compare.diff import compare_readings
from reports.model.identity import ReportId
from reports.model.reading import SUMMARY_NAME
from reports.model.values import Change, ChangeKind
from reports.notices.states import AlertState
from reports.wording.clusters import Cluster, cluster
from scrapers.registry import all_sources, lists_issues
from services.assembly import Parts
from services.health.state import check_health
from services.runs.topics import read_topics
from storage.changes.filter import ChangeConditions
from storage.unit import Unit

LATEST = 300
"""Changes looked at to gather those that are one piece of news."""

SHOWN = 9
WAITING = (AlertState.DUE, AlertState.RETRYING, AlertState.CLAIMED)
WITH_WORDS = (ChangeKind.EDITED, ChangeKind.RESTORED, ChangeKind.REMOVED)


@dataclass(frozen=True)
class Card:
    """The last change of a text: what it is part of, and the words that came or went."""

    cluster: Cluster
    excerpt: Excerpt

    @property
    def change(self) -> Change:
        """The change whose words are shown."""
        return self.cluster.first


def overview_router() -> APIRouter:
    """Return the route, and keep what was laid out last."""
    router = APIRouter()
    add_page(router, "/", FrontPage().overview)
    return router


class FrontPage:
    """The front page of one monitor: a redline and a story are made anew only if they changed."""

    def __init__(self) -> None:
        self._excerpts: PageCache[Excerpt | None] = PageCache()
        self._stories: PageCache[EditionStory | None] = PageCache()
        # By how many reports are stored: none is ever deleted.
        self._countries: PageCache[list[str]] = PageCache()

    def overview(self, parts: OpenParts) -> HTMLResponse:
        """Show what changed last, and how everything stands."""
        health = check_health(parts)
        now = parts.now()
        with parts.store.read() as unit:
            news = unit.changes.listed(ChangeConditions(with_baseline=False), limit=LATEST)
            clusters = cluster((each.run_id, each.change) for each in news)
            card = self._card(unit, clusters)
            counts = unit.reports.counts()
            rows = source_rows(health.judgement.promises, unit, now)
            shown = activity(unit.changes.by_day(first_monday(now)), now)
            return page(
                "overview.html",
                "/",
                sources=[
                    (each, _state(each, now)) for each in rows if each.promise or each.reports
                ],
                unread=[each for each in rows if not (each.promise or each.reports)],
                counts=counts,
                card=card,
                clusters=[each for each in clusters if not card or each is not card.cluster][
                    :SHOWN
                ],
                story=self._story(unit),
                country_names=self._countries.get(counts["reports"], lambda: country_names(unit)),
                bars_svg=_drawn,
                chart=shown if shown.total else None,
                operating=_operating(parts, unit) if visitor().may_operate else None,
                health=health,
            )

    def _card(self, unit: Unit, clusters: list[Cluster]) -> Card | None:
        """Return the newest news in which words came or went.

        Held changes are no news, and a removal is none once the report has come back.
        """
        restored: set[ReportId] = set()
        for each in clusters:
            change = each.first
            if change.kind is ChangeKind.RESTORED:
                restored.update(every.report for every in each.changes)
            if change.is_held or change.kind not in WITH_WORDS:
                continue
            if change.kind is ChangeKind.REMOVED and change.report in restored:
                continue
            found = self._excerpt_of(unit, change)
            if found:
                return Card(each, found)
        return None

    def _excerpt_of(self, unit: Unit, change: Change) -> Excerpt | None:
        key = (change.id, *unit.facts.state(change.report.source))
        return self._excerpts.get(key, lambda: _excerpt(unit, change))

    def _story(self, unit: Unit) -> EditionStory | None:
        """Return the story of the newest edition of the source with most reports of those held."""
        held = [each for each in unit.reports.sources() if lists_issues(each.source)]
        if not held:
            return None
        source = source_asked("", held)
        key = (source, *unit.facts.state(source))
        return self._stories.get(key, lambda: _edition_story(unit, source))


def _state(row: SourceRow, now: datetime) -> str:
    return state_in_words(row.promise, row.state, now, is_held=bool(row.reports))


def _drawn(shown: Any) -> Markup:
    return Markup(bars_svg(shown))  # noqa: S704  # nosec B704 # escaped there


def _excerpt(unit: Unit, change: Change) -> Excerpt | None:
    before, after = unit.versions.of_change(change)
    if change.kind is ChangeKind.REMOVED:
        gone = before or unit.versions.latest(change.report)
        blocks = gone.reading.blocks if gone else ()
        return removed_words(SUMMARY_NAME, blocks[0]) if blocks else None
    if before is None or after is None or before.number == after.number:
        return None
    return excerpt(lay_out(before, after, compare_readings(before.reading, after.reading)).parts)


def _edition_story(unit: Unit, source: str) -> EditionStory | None:
    view = read_topics(unit, source)
    if not view.comparisons:
        return None
    editions = [each.edition for each in view.editions][-MOST_EDITIONS:]
    matrix = unit.reports.matrix(source, editions)
    return tell_edition(source, view.comparisons[-1], view.unread, matrix)


def _operating(parts: Parts, unit: Unit) -> dict[str, Any]:
    """Return what concerns those alone who run this monitor."""
    now = parts.now()
    outbox = unit.alerts.counts()
    return {
        "alarms": unit.alarms.unacknowledged(),
        "strip": strip(unit.runs.since(first_day(now)), now),
        "waiting": sum(outbox.get(each.value, 0) for each in WAITING),
        "dead": outbox.get(AlertState.DEAD.value, 0),
        "reviews": sum(len(unit.reviews(name).open()) for name in all_sources()),
        "prefect_url": prefect_url(parts),
    }
