"""Render the site's pages in the tags, ids and classes of the real report pages.

Pages come out with slots (``%%nonce%%``) for the noise of each request, all of them outside
``section.report__main``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from deployments.sample_site.editions import (
    FAMILY,
    HOST,
    ORIGIN,
    Division,
    Edition,
    SampleReport,
    Shape,
)

LISTING_PATH = "/country-reports-on-civic-conditions/"
_PUBLISHER = "Meridian Union"
_BUREAU = "Bureau of Civic Reporting"


@dataclass(frozen=True)
class Shell:
    """What surrounds every page: the boilerplate's revision and the length of the big menu.

    A menu of about 900 places makes a page as large as the real ones.
    """

    revision: int = 1
    menu_places: int = 24


@dataclass(frozen=True)
class Numbered:
    """A section as printed: its place on the page, its heading's parts and its bodies.

    ``notes`` and ``paragraphs`` are those of the executive summary.
    """

    place: int
    label: str
    title: str
    notes: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    divisions: tuple[Division, ...] = ()

    @property
    def heading(self) -> str:
        """The heading as the table of contents repeats it."""
        return f"{self.label} {self.title}".strip()


def report_page(report: SampleReport, edition: Edition, shell: Shell) -> str:
    """Render the page of one report."""
    is_summary_second = report.shape in (Shape.HUB, Shape.EMPTY_HEADING)
    return _render(
        "report.html",
        shell,
        title=report.name,
        path=report.path,
        report=report,
        edition=edition,
        sections=list(_sections(report, is_summary_second)),
        is_summary_second=is_summary_second,
        exec_heading=_exec_heading(report),
        heading=report.name if report.has_bare_heading else f"{edition.title}: {report.name}",
        pdf=_pdf(report, edition, shell.revision),
        siblings=edition.reports[:200],
        children=[
            other for other in edition.reports if other.country == report.country and other.part
        ],
    )


def index_page(edition: Edition, shell: Shell) -> str:
    """Render the index of an edition, with the list of its reports."""
    return _render(
        "index.html",
        shell,
        title=edition.title,
        path=edition.path,
        edition=edition,
        siblings=edition.reports,
        featured=edition.reports[:3],
    )


def listing_page(editions: Iterable[Edition], shell: Shell) -> str:
    """Render the collection listing, which links the index of each edition."""
    return _render("listing.html", shell, title=FAMILY, path=LISTING_PATH, editions=list(editions))


def home_page(shell: Shell) -> str:
    """Render the home page."""
    return _render("home.html", shell, title="Home", path="/")


def missing_page(shell: Shell) -> str:
    """Render the body of a 404."""
    return _render("missing.html", shell, title="Page not found", path="/404/")


def difficulties_page() -> str:
    """Render what the site's front servers send with status 200 when they refuse."""
    return _environment().get_template("difficulties.html").render()


def forbidden_page() -> str:
    """Render the body of a 403."""
    return _environment().get_template("forbidden.html").render(host=HOST)


def _sections(report: SampleReport, is_summary_second: bool) -> Iterator[Numbered]:
    if is_summary_second:
        yield Numbered(1, "", "EXECUTIVE SUMMARY", report.notes, report.summary)
    for place, chapter in enumerate(report.chapters, start=2 if is_summary_second else 1):
        label = f"Section {chapter.number}."
        yield Numbered(place, label, chapter.title, divisions=chapter.divisions)


def _exec_heading(report: SampleReport) -> str:
    match report.shape:
        case Shape.HUB:
            return f"Read a Section: {report.name}"
        case Shape.EMPTY_HEADING:
            return ""
        case Shape.PLACEHOLDER:
            return "Executive Summary Title"
        case Shape.PLAIN:
            return "Executive Summary" if report.edition == 2023 else "EXECUTIVE SUMMARY"


def _pdf(report: SampleReport, edition: Edition, revision: int) -> str:
    stem = report.slug.rpartition("/")[2].upper()
    reissue = "" if revision == 1 else f"{revision}"
    name = f"{stem}-{edition.year}-CIVIC-CONDITIONS-REPORT.pdf"
    return f"{ORIGIN}/wp-content/uploads/{edition.uploads}{reissue}{name}"


def _render(template: str, shell: Shell, **values: object) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            shell=shell,  # nosec B604 # of a page, not of the system
            origin=ORIGIN,
            family=FAMILY,
            publisher=_PUBLISHER,
            bureau=_BUREAU,
            listing_path=LISTING_PATH,
            **values,
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("deployments.sample_site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
