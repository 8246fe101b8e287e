"""Cite a version in a style that is asked for by its name."""

from __future__ import annotations

import json
from collections.abc import Callable

from reports.wording.bibtex import bibtex_entry
from reports.wording.citation import Style
from reports.wording.cited import Cited
from reports.wording.csl import csl_entry
from reports.wording.styles import apa, bluebook, oscola, plain


def cite_as(cited: Cited, style: Style) -> str:
    """Return the citation as text without fonts; BibTeX and CSL-JSON end with a line feed."""
    return _CITE[style](cited)


def csl_file(cited: Cited) -> str:
    """Return a file of CSL-JSON that holds one entry."""
    return json.dumps([csl_entry(cited)], ensure_ascii=False, indent=2) + "\n"


_CITE: dict[Style, Callable[[Cited], str]] = {
    Style.LINE: lambda cited: cited.line,
    Style.BLUEBOOK: lambda cited: plain(bluebook(cited)),
    Style.OSCOLA: lambda cited: plain(oscola(cited)),
    Style.APA: lambda cited: plain(apa(cited)),
    Style.BIBTEX: bibtex_entry,
    Style.CSL_JSON: csl_file,
}
