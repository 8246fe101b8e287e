"""Compose the fictional reports of one edition from facts, outlines and edition files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

HOST = "sample.reportwatch.example"
ORIGIN = f"https://{HOST}"
FAMILY = "Country Reports on Civic Conditions"
_TEXTS = files("deployments.sample_site") / "texts"


class Shape(StrEnum):
    """How a page marks its executive summary."""

    PLAIN = "plain"
    HUB = "hub"
    EMPTY_HEADING = "empty_heading"
    PLACEHOLDER = "placeholder"


@dataclass(frozen=True)
class Division:
    """One sub-section: its heading, the heading's level (3 or 4) and its paragraphs."""

    title: str
    level: int
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """One numbered section."""

    number: str
    title: str
    divisions: tuple[Division, ...]


@dataclass(frozen=True)
class SampleReport:
    """One report as the site prints it, traps of its page included.

    ``name`` is used in headings, ``label`` in lists; ``slug`` is the end of its address.
    """

    edition: int
    country: str
    part: str
    name: str
    label: str
    slug: str
    summary: tuple[str, ...]
    chapters: tuple[Chapter, ...] = ()
    notes: tuple[str, ...] = ()
    shape: Shape = Shape.PLAIN
    has_bare_heading: bool = False
    has_listed_slash: bool = True
    has_slash_redirect: bool = False

    @property
    def key(self) -> str:
        """The report's name without its source: ``EDITION/COUNTRY[/PART]``."""
        key = f"{self.edition}/{self.country}"
        return f"{key}/{self.part}" if self.part else key

    @property
    def path(self) -> str:
        """The path of its page, with the closing slash."""
        return f"{edition_path(self.edition)}{self.slug}/"

    @property
    def url(self) -> str:
        """The publisher's address of its page."""
        return ORIGIN + self.path

    @property
    def listed_url(self) -> str:
        """Its address as lists and menus print it: some lack the closing slash."""
        return self.url if self.has_listed_slash else self.url.rstrip("/")

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Every paragraph of prose, summary first."""
        bodies = [part.paragraphs for chapter in self.chapters for part in chapter.divisions]
        return sum(bodies, self.summary)


@dataclass(frozen=True)
class Edition:
    """One year's reports. ``drafted`` is the misleading date in their pages' metadata."""

    year: int
    drafted: str
    uploads: str
    reports: tuple[SampleReport, ...]

    @property
    def title(self) -> str:
        """The edition's title as printed."""
        return f"{self.year} {FAMILY}"

    @property
    def path(self) -> str:
        """The path of its index page."""
        return edition_path(self.year)

    @property
    def has_accordion(self) -> bool:
        """Whether its pages fold their sections, as they did before the edition 2024."""
        return self.year < 2024


def edition_path(year: int) -> str:
    """Return the path of an edition's index page."""
    return f"/reports/{year}-country-reports-on-civic-conditions/"


@cache
def load_edition(year: int) -> Edition:
    """Return an edition as it is before any edit of the timeline."""
    source = _read(f"edition_{year}.toml")
    facts, outline = _read("facts.toml"), _read(source["outline"])
    reports = tuple(
        _compose(year, key, {**facts[key], **entry}, outline)
        for key, entry in source["report"].items()
    )
    return Edition(year, source["drafted"], source["uploads"], reports)


def rewrite(report: SampleReport, find: str, new: str) -> SampleReport:
    """Replace words that occur exactly once; a blank line in ``new`` begins a paragraph.

    Raises ValueError if they do not.
    """
    found = sum(paragraph.count(find) for paragraph in report.paragraphs)
    if found != 1:
        raise ValueError(f"{report.key} holds {find!r} {found} times, not once")

    def edit(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
        return tuple("\n\n".join(paragraphs).replace(find, new).split("\n\n"))

    chapters = tuple(
        replace(
            chapter,
            divisions=tuple(
                replace(part, paragraphs=edit(part.paragraphs)) for part in chapter.divisions
            ),
        )
        for chapter in report.chapters
    )
    return replace(report, summary=edit(report.summary), chapters=chapters)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_TEXTS / name).read_text("utf-8"))


def _compose(year: int, key: str, facts: dict[str, Any], outline: dict[str, Any]) -> SampleReport:
    country, _, part = key.partition("/")
    name = facts["name"]
    return SampleReport(
        edition=year,
        country=country,
        part=part,
        name=name,
        label=facts.get("label", name),
        slug=facts["slug"],
        summary=_summary(country, facts, outline["summary"]),
        chapters=tuple(_chapter(country, facts, source) for source in outline["section"]),
        notes=tuple(facts.get("notes", ())),
        shape=Shape(facts.get("shape", "plain")),
        has_bare_heading=facts.get("has_bare_heading", False),
        has_listed_slash=facts.get("has_listed_slash", True),
        has_slash_redirect=facts.get("has_slash_redirect", False),
    )


def _summary(country: str, facts: dict[str, Any], rules: dict[str, Any]) -> tuple[str, ...]:
    opening = [rules["trend"]] if "trend" in rules else [facts["opening"], facts["forces"]]
    if "trend" in rules and "trend" in facts:
        opening = [facts["trend"]]
    closing = [_choose(country, rules["accountability"][facts["record"]])]
    if "nonstate" in facts and "trend" not in rules:
        closing.append(facts["nonstate"])
    sentences = [*opening, _issues(facts["issues"], rules), *closing]
    return tuple(_fill(sentence, facts) for sentence in sentences)


def _issues(issues: list[str], rules: dict[str, Any]) -> str:
    if not issues:
        return str(rules["none"])
    listed = "; ".join([*issues[:-1], f"and {issues[-1]}"]) if len(issues) > 1 else issues[0]
    return str(rules["issues" if len(issues) > 1 else "one"]).format(issues=listed)


def _chapter(country: str, facts: dict[str, Any], source: dict[str, Any]) -> Chapter:
    divisions = tuple(_division(country, facts, division) for division in source["division"])
    return Chapter(source["number"], source["title"], divisions)


def _division(country: str, facts: dict[str, Any], source: dict[str, Any]) -> Division:
    paragraphs = [_fill(_choose(country, source[facts["record"]]), facts)]
    if "adds" in source:
        paragraphs.append(facts[source["adds"]])
    return Division(source["title"], source.get("level", 3), tuple(paragraphs))


def _choose(country: str, variants: list[str]) -> str:
    return variants[ord(country[-1]) % len(variants)]


def _fill(sentence: str, facts: dict[str, Any]) -> str:
    return sentence.format_map({**facts, "name": facts.get("in_text", facts["name"])})
