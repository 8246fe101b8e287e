"""Pages of topics across editions: what vanished, what is new, and who names a topic how."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from exhibits.heat_map import as_png, as_svg, heat_map
from monitor.web.links import is_name
from monitor.web.page_cache import PageCache
from monitor.web.rendering import render, with_menu
from monitor.web.routing import OpenParts, Text, add_page
from reports.model.identity import ReportId
from reports.topics.classify import Topic, taxonomy
from reports.topics.trends import EditionLists, Place, TopicComparison, TopicTrendKind
from reports.wording.changes import group_name
from scrapers.registry import UnknownSource, all_sources, lists_issues, place_name
from services.runs.run import BadRequest
from services.runs.topics import TopicsView, read_topics
from storage.read.report_rows import SourceView
from storage.unit import Unit


@dataclass(frozen=True)
class Turn:
    """A report that named a topic in one of two editions only, in what words, and the other one.

    ``other`` is None if no such report is held; ``why`` says what the other one lists instead.
    """

    report: ReportId
    issues: tuple[str, ...]
    other: ReportId | None
    why: str


def topic_router() -> APIRouter:
    """Return the routes of topics, and keep the pages they made last."""
    router = APIRouter()
    pages = TopicPages()
    add_page(router, "/topics", pages.topics)
    add_page(router, "/topics/{topic:path}", pages.topic)
    for path, endpoint in {"/topics.svg": svg, "/topics.png": png}.items():
        router.add_api_route(path, endpoint, methods=["GET", "HEAD"], include_in_schema=False)
    return router


class TopicPages:
    """The pages of one monitor, made again only when a figure has changed."""

    def __init__(self) -> None:
        self._cache: PageCache[str] = PageCache()

    def topics(
        self, parts: OpenParts, source: Text = "", edition: Text = "", against: Text = ""
    ) -> HTMLResponse:
        """Show what left the lists from one edition to another, what is new, and every topic."""
        with parts.store.read() as unit:
            asked = _ask(unit, source)
            html = self._cache.get(
                ("topics", asked, edition, against),
                lambda: _topics_page(unit, asked, edition, against),
            )
        return HTMLResponse(with_menu(html, "/topics"))

    def topic(
        self, parts: OpenParts, topic: str, source: Text = "", edition: Text = ""
    ) -> HTMLResponse:
        """Show who names a topic in an edition, in which words, and who no longer does."""
        with parts.store.read() as unit:
            asked = _ask(unit, source)
            html = self._cache.get(
                ("topic", asked, topic, edition), lambda: _topic_page(unit, asked, topic, edition)
            )
        return HTMLResponse(with_menu(html, "/topics"))


@dataclass(frozen=True)
class TopicsQuery:
    """The source asked for, those there are, and the state of its figures."""

    source: str
    sources: tuple[str, ...]
    state: tuple[int, ...]


def _ask(unit: Unit, source: str) -> TopicsQuery:
    held = unit.reports.sources()
    name = source_asked(source, held)
    with_lists = tuple(each.source for each in held if lists_issues(each.source))
    return TopicsQuery(name, with_lists, unit.facts.state(name))


def _topics_page(unit: Unit, asked: TopicsQuery, edition: str, against: str) -> str:
    view = read_view(unit, asked.source, edition, against, shows_all=True)
    compared = view.comparisons[-1] if view.comparisons else None
    return render(
        "topics.html",
        here="/topics",
        is_kept=True,
        source=asked.source,
        sources=asked.sources,
        view=view,
        compared=compared,
        partial=_partial(asked.source, compared) if compared else [],
        chart=Markup(as_svg(heat_map(view))) if view.editions else "",  # noqa: S704  # nosec B704 # escaped there
        verdicts=TopicTrendKind,
        group_name=group_name,
    )


def _partial(source: str, compared: TopicComparison) -> list[tuple[str, list[ReportId]]]:
    """Return by edition the reports whose list was not read whole."""
    sides = (compared.before, compared.after)
    return [
        (side.edition, [ReportId(source, side.edition, *place) for place in sorted(side.partial)])
        for side in sides
        if side.partial
    ]


def _topic_page(unit: Unit, asked: TopicsQuery, topic: str, edition: str) -> str:
    view = read_view(unit, asked.source, edition, shows_all=True)
    known = {each.id: each for each in taxonomy().topics}.get(topic)
    if known is None and topic not in view.topics:
        raise HTTPException(404, f"There is no topic “{topic}”; /topics lists those there are.")
    compared = view.comparisons[-1] if view.comparisons else None
    shown = compared.after.edition if compared else _only(view, edition)
    named = unit.facts.naming(asked.source, shown, topic)
    return render(
        "topic.html",
        here="/topics",
        is_kept=True,
        topic=topic,
        rights=_rights(known),
        source=asked.source,
        sources=asked.sources,
        editions=list(reversed(view.editions)),
        shown=shown,
        figures=next((each for each in view.editions if each.edition == shown), None),
        named=sorted(named, key=lambda pair: place_name(pair[0])),
        compared=compared,
        gone=_gone(unit, asked.source, compared, topic) if compared else [],
        unread=view.unread.get(shown, 0),
    )


def svg(parts: OpenParts, source: Text = "") -> Response:
    """Give the heat map as a file."""
    return Response(as_svg(heat_map(_view_of(parts, source))), media_type="image/svg+xml")


def png(parts: OpenParts, source: Text = "") -> Response:
    """Give the heat map as a file for programs that take no SVG."""
    return Response(as_png(heat_map(_view_of(parts, source))), media_type="image/png")


def _view_of(parts: OpenParts, source: str) -> TopicsView:
    with parts.store.read() as unit:
        view = read_view(unit, source_asked(source, unit.reports.sources()))
    if not view.editions:
        raise HTTPException(404, f"No report of {view.source} is stored, so there is no picture.")
    return view


def source_asked(source: str, held: list[SourceView]) -> str:
    """Return the source asked for: by default the one with most reports of those with lists."""
    source = source.strip()
    if source:
        if source not in all_sources():
            raise HTTPException(404, f"There is no source “{source}”.")
        return source
    known = [each for each in held if lists_issues(each.source)]
    if known:
        return max(known, key=lambda each: each.reports).source
    return min(filter(lists_issues, all_sources()))


def _only(view: TopicsView, edition: str) -> str:
    """Return the edition to show if there is none before it to compare it with."""
    return edition.strip() or (view.editions[-1].edition if view.editions else "")


def read_view(
    unit: Unit, source: str, edition: str = "", against: str = "", *, shows_all: bool = False
) -> TopicsView:
    """Return the topics of a source's editions, all or two; raises 404."""
    asked = [each.strip() for each in (against, edition) if each.strip()]
    for each in asked:
        if not is_name(each):
            raise HTTPException(404, f"There is no edition “{each}”.")
    try:
        return read_topics(unit, source, asked, shows_all=shows_all)
    except (BadRequest, UnknownSource) as error:
        raise HTTPException(404, str(error)) from None


def _rights(known: Topic | None) -> list[str]:
    """Return the articles a topic concerns: "UDHR 3, 5"."""
    if known is None:
        return []
    articles = [
        f"{name.upper()} {', '.join(map(str, numbers))}".strip() for name, numbers in known.rights
    ]
    return [*articles, *known.instruments]


def _gone(unit: Unit, source: str, compared: TopicComparison, topic: str) -> list[Turn]:
    """Return the reports that named a topic in the edition before and no longer do."""
    turns = []
    for report, issues in unit.facts.naming(source, compared.before.edition, topic):
        place = (report.country, report.part)
        if topic not in compared.after.named_by(place):
            now = ReportId(source, compared.after.edition, *place)
            is_held = place in compared.after.places
            turns.append(
                Turn(report, issues, now if is_held else None, _why(compared.after, place))
            )
    return sorted(turns, key=lambda turn: place_name(turn.report))


def _why(now: EditionLists, place: Place) -> str:
    if place in now.topics:
        return "its list no longer names it"
    if place in now.partial:
        return "its list was not read whole: what was read does not name it"
    if place in now.none_reported:
        return "it says that there was nothing to report"
    return "its list could not be read" if place in now.unparsed else "not stored"
