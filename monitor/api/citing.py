"""Citations for programs, and what became of a paragraph that somebody cited."""

from __future__ import annotations

from typing import Annotated

from fastapi import HTTPException, Path, Query, Request
from fastapi.responses import Response

from documents.citation import CitationDocument
from documents.fate import FateDocument
from monitor.api.answers import reply
from monitor.api.names import Code, Edition, Number, Part, Source
from monitor.pages.cite import cited_or_404, no_such_paragraph
from monitor.pages.report import find_version
from monitor.web.routing import MOST, OpenParts, ReportName, find_report
from services.assembly import Parts
from services.fates import follow_paragraph

Section = Annotated[
    str,
    Query(
        max_length=200,
        description="A section's number or name; `summary` (the default) or `report` for all.",
        examples=["2"],
    ),
]
Paragraph = Annotated[int, Query(ge=0, le=MOST, description="From 1; 0: all of the section.")]
Anchor = Annotated[
    str,
    Path(
        max_length=40,
        description="A paragraph's name: section, number and a short hash of its words.",
        examples=["s2-p3-3f9a1c2b"],
    ),
]


def cite(
    parts: OpenParts,
    request: Request,
    source: Source,
    edition: Edition,
    country: Code,
    number: Number,
    section: Section = "",
    paragraph: Paragraph = 0,
) -> Response:
    """Cite a version of a country's report, or a section or paragraph of it, in every style."""
    return _cite(parts, request, (source, edition, country, ""), number, section, paragraph)


def area_cite(
    parts: OpenParts,
    request: Request,
    source: Source,
    edition: Edition,
    country: Code,
    part: Part,
    number: Number,
    section: Section = "",
    paragraph: Paragraph = 0,
) -> Response:
    """Cite a version of a child area's report, or a section or paragraph of it, in every style."""
    return _cite(parts, request, (source, edition, country, part), number, section, paragraph)


def _cite(
    parts: Parts, request: Request, name: ReportName, number: int, section: str, paragraph: int
) -> Response:
    with parts.store.read() as unit:
        cited = cited_or_404(unit, parts, name, number, section, paragraph)
    return reply(request, CitationDocument.of(cited))


def fate(
    parts: OpenParts,
    request: Request,
    source: Source,
    edition: Edition,
    country: Code,
    number: Number,
    anchor: Anchor,
) -> Response:
    """Tell what became of a paragraph of a country's report in later versions."""
    return _fate(parts, request, (source, edition, country, ""), number, anchor)


def area_fate(
    parts: OpenParts,
    request: Request,
    source: Source,
    edition: Edition,
    country: Code,
    part: Part,
    number: Number,
    anchor: Anchor,
) -> Response:
    """Tell what became of a paragraph of a child area's report in later versions."""
    return _fate(parts, request, (source, edition, country, part), number, anchor)


def _fate(parts: Parts, request: Request, name: ReportName, number: int, anchor: str) -> Response:
    with parts.store.read() as unit:
        held = find_report(unit, name)
        view = find_version(unit, held, number)
        followed = follow_paragraph(unit, view, anchor)
    if followed is None:
        raise HTTPException(404, no_such_paragraph(anchor, number))
    document = FateDocument.of(view, anchor, followed.fate, held.state, followed.skipped)
    return reply(request, document)
