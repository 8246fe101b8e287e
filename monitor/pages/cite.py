"""To cite a version, a section or a paragraph: in every style, as a file, and what became of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse, Response

from monitor.doors.gatekeeper import policy
from monitor.layout.citations import citation_rows
from monitor.layout.standing import standing_of
from monitor.pages.report import AREA, COUNTRY, find_version
from monitor.web.routing import (
    MOST,
    Named,
    Number,
    OpenParts,
    ReportName,
    Text,
    add_page,
    find_report,
    page,
)
from reports.compare.diff import compare_blocks
from reports.wording.citation import Style
from reports.wording.cited import Cited, NoSuchPart, section_keys
from reports.wording.every_style import cite_as
from reports.wording.fates import headline, told, where
from services.assembly import Parts
from services.citing import cited_of
from services.fates import follow_paragraph
from storage.unit import Unit

Paragraph = Annotated[int, Query(ge=0, le=MOST)]

MOST_ELSEWHERE = 10
"""So many other places of the same words are named."""

_FILES = {
    ".bib": (Style.BIBTEX, "application/x-bibtex"),
    ".json": (Style.CSL_JSON, "application/vnd.citationstyles.csl+json"),
}


def cite_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    for prefix in (COUNTRY, AREA):
        add_page(router, f"{prefix}/v/{{number}}/cite", cite)
        add_page(router, f"{prefix}/v/{{number}}/cite.bib", bibtex)
        add_page(router, f"{prefix}/v/{{number}}/cite.json", csl_json)
        add_page(router, f"{prefix}/v/{{number}}/p/{{anchor}}", paragraph)
    return router


def cite(
    parts: OpenParts,
    name: Named,
    number: Number,
    section: Text = "",
    paragraph: Paragraph = 0,
) -> HTMLResponse:
    """Cite a version, or a section or paragraph of it, in every style."""
    with parts.store.read() as unit:
        cited = cited_or_404(unit, parts, name, number, section, paragraph)
    reading = cited.view.reading
    return _with_script(
        page(
            "cite.html",
            "/reports",
            cited=cited,
            view=cited.view,
            rows=citation_rows(cited),
            section=section,
            paragraph=paragraph,
            sections=list(zip(reading.sections, section_keys(reading), strict=True)),
        )
    )


def bibtex(
    parts: OpenParts,
    name: Named,
    number: Number,
    section: Text = "",
    paragraph: Paragraph = 0,
) -> Response:
    """Give the citation as a file for BibTeX."""
    return _file(parts, name, number, section, paragraph, ".bib")


def csl_json(
    parts: OpenParts,
    name: Named,
    number: Number,
    section: Text = "",
    paragraph: Paragraph = 0,
) -> Response:
    """Give the citation as a file for reference managers."""
    return _file(parts, name, number, section, paragraph, ".json")


def _file(
    parts: Parts, name: ReportName, number: int, section: str, paragraph: int, form: str
) -> Response:
    with parts.store.read() as unit:
        cited = cited_or_404(unit, parts, name, number, section, paragraph)
    style, media_type = _FILES[form]
    saved_as = f"{str(cited.view.report).replace('/', '-')}-v{number}{form}"
    headers = {"Content-Disposition": f'attachment; filename="{saved_as}"'}
    return Response(cite_as(cited, style), media_type=media_type, headers=headers)


def paragraph(
    parts: OpenParts,
    name: Named,
    number: Number,
    anchor: str,
) -> HTMLResponse:
    """Show one paragraph in its place, how to cite it, and what became of it since."""
    with parts.store.read() as unit:
        held = find_report(unit, name)
        view = find_version(unit, held, number)
        followed = follow_paragraph(unit, view, anchor)
        if followed is None:
            raise HTTPException(404, no_such_paragraph(anchor, number))
        changes = unit.changes.find(of=held.report)
        places = unit.reports.locations(held.report)
    fate, reading = followed.fate, view.reading
    keys = ["summary", *section_keys(reading)]
    blocks = reading.sections[followed.text - 1].blocks if followed.text else reading.blocks
    at = followed.paragraph
    key = keys[followed.text]
    cited = cited_of(view, held, parts.settings.public_url, key, at) if key else None
    return _with_script(
        page(
            "paragraph.html",
            "/reports",
            report=held,
            view=view,
            followed=followed,
            fate=fate,
            anchor=anchor,
            before=blocks[at - 2] if at > 1 else "",
            after=blocks[at] if at < len(blocks) else "",
            headline=headline(fate),
            steps=[(step, told(step, fate.cited)) for step in fate.steps],
            origin=where(fate.origin),
            elsewhere=[(each, where(each)) for each in fate.elsewhere[:MOST_ELSEWHERE]],
            compared=None
            if fate.is_gone or fate.is_verbatim
            else compare_blocks(fate.cited, fate.blocks),
            standing=standing_of(changes, places),
            cited=cited,
            section=key,
            paragraph=at,
            rows=citation_rows(cited) if cited else [],
        )
    )


def no_such_paragraph(anchor: str, number: int) -> str:
    """Say that a name of a paragraph leads nowhere, and why that can be."""
    return (
        f"Version {number} has no paragraph “{anchor[:40]}”: either the address is not whole, or "
        "a better reader has cut the page into other paragraphs since. The version itself, with "
        "all its words, is one level up."
    )


def cited_or_404(
    unit: Unit, parts: Parts, name: ReportName, number: int, section: str, paragraph: int
) -> Cited:
    """Return what is cited of a version; raises 404, which names the parts that it has."""
    held = find_report(unit, name)
    view = find_version(unit, held, number)
    try:
        return cited_of(view, held, parts.settings.public_url, section, paragraph)
    except NoSuchPart as error:
        said = str(error)
        raise HTTPException(404, f"{said[0].upper()}{said[1:]}.") from None


def _with_script(made: HTMLResponse) -> HTMLResponse:
    made.headers["Content-Security-Policy"] = policy(script_src="'self'")
    return made
