"""Our citations beside those that citeproc-py makes of our CSL-JSON by the styles' own files.

It knows neither archives nor versions, so ours are compared without what they end with.
"""

import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    Locator,
)
from citeproc import formatter as formatters
from citeproc.source.bibtex import BibTeX
from citeproc.source.bibtex.bibparse import BibTeXParser
from citeproc.source.json import CiteProcJSON

from reports.model.identity import ReportId
from reports.model.reading import Reading, Section
from reports.model.values import VersionView
from reports.wording.bibtex import bibtex_entry
from reports.wording.cited import Cited, cited_part
from reports.wording.csl import csl_entry
from reports.wording.styles import apa, apa_in_text, bluebook, oscola, plain
from scrapers.registry import all_sources, institution_of

STYLES = Path(__file__).parents[2] / "csl"
WHEN = datetime(2026, 11, 1, 10, 3, 22, tzinfo=UTC)
READING = Reading("", ("One.",), sections=(Section("2", "Civil Liberties", ("Two.", "Three.")),))
TITLE = "2021 Country Reports on Civic Conditions: Côte d’Or and Gandoria"
SOURCES = sorted(all_sources())


def cited(source: str, published_on: str = "2022-04-12", section: str = "report") -> Cited:
    view = VersionView(ReportId(source, "2021", "KAZ"), 3, TITLE, READING,
                       "https://site.example/a-b/?x=1&y=2", WHEN, WHEN, "0" * 64, 1)  # fmt: skip
    return Cited(view, cited_part(READING, section), institution_of(source), published_on)


def processed(style: str, entry: dict, locator: tuple[str, str] | None = None) -> tuple[str, str]:
    """Return the citation and the entry of the bibliography that citeproc-py makes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of fields that it does not know
        read = CitationStylesStyle(str(STYLES / f"{style}.csl"), validate=False)
        made = CitationStylesBibliography(read, CiteProcJSON([entry]), formatters.plain)
        chosen = CitationItem(entry["id"], **({"locator": Locator(*locator)} if locator else {}))
        citation = Citation([chosen])
        made.register(citation)
        said = str(made.cite(citation, lambda item: None))
        return said, "".join(map(str, made.bibliography())) if read.has_bibliography() else ""


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("published_on", ["2022-04-12", ""])
def test_bluebook_is_that_of_its_style(source, published_on):
    what = cited(source, published_on)
    entry = csl_entry(what)
    entry["author"] = [{"literal": institution_of(source).bluebook}]  # CSL does not abbreviate
    said, _ = processed("bluebook-law-review", entry)
    ours = plain(bluebook(what)).partition(" (version 3 ")[0]
    assert ours == said.removesuffix(".")


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("section", ["report", "2"])
def test_oscola_is_that_of_its_style(source, section):
    what = cited(source, section=section)
    entry = csl_entry(what)
    said, _ = processed("oscola", entry, ("section", "2") if section == "2" else None)
    ours = plain(oscola(what)).partition(" (version 3 ")[0]
    assert ours == said.removesuffix(".")


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("published_on", ["2022-04-12", ""])
def test_apa_is_that_of_its_style(source, published_on):
    what = cited(source, published_on, section="2")
    entry = csl_entry(what)
    said, listed = processed("apa", entry, ("section", "2"))
    ours = plain(apa(what)).partition(" (version 3 ")[0]
    assert (apa_in_text(what), ours) == (said, listed)


@pytest.mark.parametrize("source", SOURCES)
def test_bibtex_is_read_back_by_another_parser(source, tmp_path):
    what = cited(source)
    file = tmp_path / "cited.bib"
    file.write_text(bibtex_entry(what), "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (entry,) = BibTeX(str(file), "utf-8").values()
    assert (str(entry["title"]), str(entry["issued"]["year"])) == (TITLE, "2022")


def test_bibtex_of_a_hostile_title_is_one_entry(tmp_path):
    what = cited("us-state-hrr")
    hostile = replace(what, view=replace(what.view, title='}}, x = {1} \\end{a} @misc{b, "c" % $'))
    file = tmp_path / "hostile.bib"
    file.write_text(bibtex_entry(hostile), "utf-8")
    (entry,) = BibTeXParser(str(file), "utf-8").values()
    assert entry["url"] == "https://site.example/a-b/?x=1&y=2"
    assert {"author", "title", "year", "note"} < set(entry)
