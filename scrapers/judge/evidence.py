"""Read the evidence of a page's identity: its heading, breadcrumb and address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reports.model.countries import CountryTable, Place, fold
from reports.model.editions import EditionGuess, guess_edition
from reports.model.values import Evidence
from scrapers.judge.families import family_of_title
from scrapers.read.header import Header

_DASH = re.compile(r"\s+-\s+|\s*[\u2013\u2014]\s*|:\s+")
_PART = re.compile(rf"/|{_DASH.pattern}")
_SEPARATORS = " \t-\u2013\u2014:,"
_COLLECTION = re.compile(r"(?:19|20)\d\d\s+\S+\s+\S+")
"""How a heading begins that names a collection of reports rather than a country."""


@dataclass(frozen=True)
class Naming:
    """What names the reports of one family: their source, title, heading and countries.

    ``heading`` has the groups ``edition`` and ``name``. ``has_issue_lists`` is the source's.
    """

    source: str
    title: str
    heading: re.Pattern[str]
    countries: CountryTable
    has_issue_lists: bool = True

    def guess_edition(self, blocks: Sequence[str]) -> EditionGuess:
        """Infer the edition of a summary that does not name it, if its wording is known."""
        return guess_edition(blocks, has_stock_sentences=self.has_issue_lists)

    def place_named(self, name: str) -> Place | None:
        """Return the place that a name means: the whole, or an area as in "China - Tibet"."""
        if place := self.countries.find(name):
            return place
        owner, *others = _DASH.split(name)
        place = self.countries.find(others[-1]) if others else None
        return place if place and self._is_within(place, owner) else None

    def owner_of(self, name: str) -> Place | None:
        """Return the country an unknown name is said to be a part of, as in "China - Nowhere"."""
        owner, *others = _PART.split(name)
        return self._owner(owner) if others else None

    def _is_within(self, place: Place, owner: str) -> bool:
        """Return whether a name means the place itself or, for a child area, its country."""
        known = self._owner(owner)
        return known is not None and (known == place or known.key == place.country)

    def _owner(self, name: str) -> Place | None:
        """Return a country by its name, whatever a bracket after it says of its parts."""
        return self.countries.find(name) or self.countries.find(name.partition("(")[0])

    def alike(self, name: str) -> tuple[Place, ...]:
        """Return the places an unknown name is most like: of "China - Nowhere", none is China."""
        return () if self.owner_of(name) else self.countries.alike(name)

    def is_empty(self, text: str) -> bool:
        """Return whether a title names nothing: it has no words but those of the family's title."""
        own = {word.rstrip("s") for word in fold(self.title).split()}
        return {word.rstrip("s") for word in fold(text).split()} <= own


@dataclass(frozen=True)
class IdentityEvidence:
    """What one part of a page says of its identity.

    ``name`` is the country's name as printed, with ``place`` None if the table does not know it.
    ``is_titled`` marks a title in the family's own words. ``family`` is another family or
    collection than the one read, if the part names one. ``is_sample`` marks the address of a
    sample, which names no country itself.
    """

    who: str
    how: Evidence
    edition: str = ""
    place: Place | None = None
    name: str = ""
    is_titled: bool = False
    family: str = ""
    is_sample: bool = False

    @property
    def unknown(self) -> str:
        """The printed name that no country is known by, ``""`` if there is none."""
        return "" if self.place else self.name


def header_evidence(header: Header, naming: Naming) -> tuple[IdentityEvidence, IdentityEvidence]:
    """Return the evidence of a page's heading and of its breadcrumb."""
    return _read_title(header.title, "heading", Evidence.HEADING, naming), _read_crumbs(
        header, naming
    )


def _read_crumbs(header: Header, naming: Naming) -> IdentityEvidence:
    """Return a breadcrumb's evidence: its last name is the page's, its links name collections."""
    who, how = "breadcrumb", Evidence.BREADCRUMB
    current = _read_title(header.current, who, how, naming)
    links = [_read_collection(crumb, who, how, naming) for crumb in header.crumbs]
    found = [current, *reversed(links)]
    return IdentityEvidence(
        who,
        how,
        next((each.edition for each in found if each.edition), ""),
        current.place,
        current.name,
        is_titled=current.is_titled,
        family=next((each.family for each in found if each.family), ""),
    )


def _read_title(text: str, who: str, how: Evidence, naming: Naming) -> IdentityEvidence:
    """Return what a title says: edition and name in the family's words, or a bare name."""
    found = _read_collection(text, who, how, naming)
    if found.edition or found.family:
        return found
    place = naming.place_named(text)
    is_other = _COLLECTION.match(text) or naming.heading.search(text)  # "DRAFT 2021 Country ..."
    if place is None and is_other:
        return IdentityEvidence(who, how, family=repr(text))
    name = "" if place is None and naming.is_empty(text) else text
    return IdentityEvidence(who, how, place=place, name=name)


def _read_collection(text: str, who: str, how: Evidence, naming: Naming) -> IdentityEvidence:
    """Return what is said in the words of this family, or of another that is known."""
    if found := naming.heading.match(text):
        name = (found["name"] or text[found.end() :]).strip(_SEPARATORS)
        place = naming.place_named(name)
        return IdentityEvidence(who, how, found["edition"], place, name, is_titled=True)
    return IdentityEvidence(who, how, family=family_of_title(text, naming.title))
