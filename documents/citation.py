"""How a version, or a section or paragraph of it, is cited."""

from __future__ import annotations

from typing import Self

from documents.document import JsonDocument, Moment
from reports.wording.citation import Style, stamp
from reports.wording.cited import Cited
from reports.wording.every_style import cite_as
from reports.wording.styles import apa_in_text


class Citations(JsonDocument):
    """A citation in every style, as text; ``apa_in_text`` stands in a sentence beside the entry."""

    line: str
    bluebook: str
    oscola: str
    apa: str
    apa_in_text: str
    bibtex: str
    csl_json: str


class CitationDocument(JsonDocument):
    """What is cited, and how.

    ``section`` is a number as printed or ``""``, ``name`` the part's for people (``""`` of the
    whole report), ``paragraph`` counts from 1 (0: all of it). ``sha256`` is of just what is cited.
    ``permalink`` and ``memento`` are ``""`` if there is none.
    """

    report: str
    version: int
    title: str
    section: str
    name: str
    paragraph: int
    anchor: str
    published_on: str
    captured_at: Moment
    url: str
    permalink: str
    memento: str
    sha256: str
    citations: Citations

    @classmethod
    def of(cls, cited: Cited) -> Self:
        """Return a citation in every style."""
        view, part = cited.view, cited.part
        said = {style.name.lower(): cite_as(cited, style) for style in Style}
        return cls(
            report=str(view.report),
            version=view.number,
            title=cited.title,
            section=part.number,
            name=part.name,
            paragraph=part.paragraph,
            anchor=part.anchor,
            published_on=cited.published_on,
            captured_at=stamp(view.captured_at),
            url=cited.url,
            permalink=cited.permalink,
            memento=view.memento_url,
            sha256=part.sha256,
            citations=Citations(apa_in_text=apa_in_text(cited), **said),
        )
