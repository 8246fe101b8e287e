"""How a version can be cited, laid out: a row for each style."""

from __future__ import annotations

from dataclasses import dataclass

from reports.wording.citation import Style
from reports.wording.cited import Cited
from reports.wording.every_style import cite_as
from reports.wording.styles import Citation, Piece, apa, apa_in_text, bluebook, oscola


@dataclass(frozen=True)
class CitationRow:
    """A style and its citation, in pieces or as a file's lines; what a sentence has beside it."""

    name: str
    pieces: Citation = ()
    in_text: str = ""
    lines: tuple[str, ...] = ()


def citation_rows(cited: Cited) -> list[CitationRow]:
    """Return a citation in every style, the line first."""
    return [
        CitationRow("One line, with the whole hash", (Piece(cited.line),)),
        CitationRow("Bluebook", bluebook(cited)),
        CitationRow("OSCOLA", oscola(cited)),
        CitationRow("APA", apa(cited), apa_in_text(cited)),
        CitationRow("BibTeX", lines=tuple(cite_as(cited, Style.BIBTEX).splitlines())),
        CitationRow("CSL-JSON", lines=tuple(cite_as(cited, Style.CSL_JSON).splitlines())),
    ]
