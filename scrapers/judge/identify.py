"""Decide which report a page is, or say why that is undecided.

Heading, breadcrumb and the country table decide; the address only helps. If they contradict each
other, or none names a country or an edition, nothing is decided: the page waits for review with
what was seen and a suggestion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reports.model.countries import Place
from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import Evidence, Identified, Page, Undecided
from scrapers.judge.evidence import IdentityEvidence, Naming
from scrapers.judge.families import family_of_sections


def decide(naming: Naming, evidence: Sequence[IdentityEvidence], reading: Reading) -> Page:
    """Return a page's report under its identity or as undecided; no report of another family.

    ``evidence`` is given with the most trusted first: heading, breadcrumb, address.
    """
    has_report = reading.blocks or reading.sections or reading.heading
    if not has_report or foreign(naming, evidence, reading):
        return Page()
    return _Decision(naming, evidence, reading).page()


def foreign(naming: Naming, evidence: Sequence[IdentityEvidence], reading: Reading) -> str:
    """Return why a page is not a report of this family, ``""`` if it may be one."""
    if any(each.edition for each in evidence):
        return ""
    if families := _families_named(naming, evidence, reading):
        return f"a page of another family: {families[0][1]}"
    if any(each.place or naming.alike(each.unknown) for each in evidence):
        return ""
    if named := [each for each in evidence if each.unknown]:
        return f"the {named[0].who} {named[0].unknown!r} names no report of this family"
    return "" if reading.blocks else "nothing on the page names a report of this family"


def suggest(naming: Naming, names: Sequence[str], blocks: Sequence[str]) -> tuple[str, str]:
    """Return the country a text is most likely of, ``""`` for none, and what suggests it.

    ``names`` are printed names that no country is known by. A suggestion never decides.
    """
    for name in names:
        if alike := naming.alike(name):
            likely = " or ".join(place.name for place in alike)
            return alike[0].key if len(alike) == 1 else "", f"{name!r} is most like {likely}"
    counts = naming.countries.mentions(" ".join(blocks)).most_common(2)
    if not counts:
        return "", "the text names no country"
    (most, count), *others = counts
    if others and others[0][1] == count:
        return "", f"the text names {most.name} and {others[0][0].name} equally often"
    return most.key, f"the text names {most.name} {_times(count)}, more than any other country"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _families_named(
    naming: Naming, evidence: Sequence[IdentityEvidence], reading: Reading
) -> list[tuple[str, str]]:
    """Return the other families that a page names, each with who names it."""
    named = [(f"the {each.who}", each.family) for each in evidence if each.family]
    sections = family_of_sections((each.heading for each in reading.sections), naming.title)
    return [*named, *([("its list of sections", sections)] if sections else [])]


@dataclass(frozen=True)
class _Decision:
    """One page, and the evidence of its identity."""

    naming: Naming
    evidence: Sequence[IdentityEvidence]
    reading: Reading

    def page(self) -> Page:
        """Return the report under its identity, or the text as undecided."""
        chosen = next((each for each in self.evidence if each.place), None)
        edition = _likeliest(each.edition for each in self.evidence)
        doubts = list(filter(None, self._doubts(chosen)))
        if chosen is None or chosen.place is None or not edition or doubts:
            return self._undecided(chosen, edition, doubts)
        report = ReportId(self.naming.source, edition, chosen.place.country, chosen.place.part)
        name = chosen.name if chosen.how is Evidence.HEADING else chosen.place.name
        title = f"{edition} {self.naming.title}: {name}"
        return Page((Identified(report, chosen.how, title, self.reading),))

    def _undecided(self, chosen: IdentityEvidence | None, edition: str, doubts: list[str]) -> Page:
        reasons = list(doubts)
        if chosen and chosen.place:
            country = _likeliest(each.place.key for each in self.evidence if each.place)
        else:
            unknown = [each.unknown for each in self.evidence if each.unknown]
            country, suggestion = suggest(self.naming, unknown, self.reading.blocks)
            reasons.append(suggestion)
        if not edition:
            guess = self.naming.guess_edition(self.reading.blocks)
            edition = guess.edition
            named = f"the {chosen.who} names {_name(chosen)} but " if chosen else ""
            reasons += [f"{named}nothing on the page names an edition", guess.why]
        why, is_contradicted = "; ".join(reasons), self._is_of_other_edition()
        found = Undecided(country, edition, why, self.reading, is_contradicted=is_contradicted)
        return Page(undecided=(found,))

    def _is_of_other_edition(self) -> bool:
        """Return whether the page names an edition and its address another one.

        Heading and breadcrumb are one witness, the page: both come from where it was taken.
        """
        named = [each for each in self.evidence if each.edition]
        addresses = [each.edition for each in named if each.how is Evidence.URL]
        return bool(addresses) and named[0].edition not in addresses

    def _doubts(self, chosen: IdentityEvidence | None) -> Iterator[str]:
        yield self._doubt_of_family()
        yield self._doubt_of_edition()
        if chosen and chosen.place:
            yield self._contradiction(chosen) or self._misprint(chosen, chosen.place)
            yield self._doubt_of_address(chosen, chosen.place)
            yield self._doubt_of_sample()
        else:
            yield self._doubt_of_names()

    def _doubt_of_family(self) -> str:
        named = _families_named(self.naming, self.evidence, self.reading)
        if not named:
            return ""
        said = ", ".join(f"{who} names {family}" for who, family in named)
        return f"it may be of another family or collection: {said}"

    def _doubt_of_edition(self) -> str:
        """Doubt the first edition named if the address names another, or nothing seconds it."""
        named = [(each.who, each.edition) for each in self.evidence if each.edition]
        editions = [edition for _, edition in named]
        is_seconded = len(editions) < 2 or editions.count(editions[0]) > 1
        if is_seconded and not self._is_of_other_edition():
            return ""
        said = ", ".join(f"{who} says {edition}" for who, edition in named)
        return f"the edition is contradicted: {said}"

    def _doubt_of_sample(self) -> str:
        """Doubt a sample's page, which may bear the heading of a country that has its own page."""
        if not any(each.is_sample for each in self.evidence):
            return ""
        return "the address is a sample's and names no country"

    def _doubt_of_names(self) -> str:
        unknown = [each for each in self.evidence if each.unknown]
        if not unknown:
            return "neither heading, breadcrumb nor address names a country"
        said = ", ".join(dict.fromkeys(repr(each.unknown) for each in unknown))
        return f"no country is known by the name {said}"

    def _contradiction(self, chosen: IdentityEvidence) -> str:
        """Doubt the first country named if the others outvote it, or all contradict it.

        A country and its own child area are distinguished by all evidence or not at all: a page of
        an area that bears its country's heading must never pass for the country's.
        """
        named = [each for each in self.evidence if each.place]
        against = [each for each in named if each.place != chosen.place]
        if not against or (self._is_upheld(chosen, named) and not self._is_kin(chosen, against)):
            return ""
        said = ", ".join(f"{each.who} says {_name(each)}" for each in named)
        return f"the country is contradicted: {said}"

    @staticmethod
    def _is_upheld(chosen: IdentityEvidence, named: Sequence[IdentityEvidence]) -> bool:
        """Return whether a heading outweighs the others: seconded, or a title against a slug."""
        if chosen.how is not Evidence.HEADING:
            return False
        others = [each for each in named if each is not chosen]
        seconded = any(each.place == chosen.place for each in others)
        only_slug = all(each.how is Evidence.URL for each in others)
        return seconded or (chosen.is_titled and only_slug)

    @staticmethod
    def _is_kin(chosen: IdentityEvidence, against: Sequence[IdentityEvidence]) -> bool:
        assert chosen.place
        return any(each.place and each.place.country == chosen.place.country for each in against)

    def _misprint(self, chosen: IdentityEvidence, place: Place) -> str:
        """Doubt a country if a name that none is known by is more like another's.

        An address alone decides only over a name that is like its country's.
        """
        for each in self.evidence:
            if not each.unknown:
                continue
            if self.naming.owner_of(each.unknown) == place:
                return f"the {each.who} says {each.unknown!r}, an unknown part of {place.name}"
            alike = self.naming.alike(each.unknown)
            if alike and place not in alike:
                likely = " or ".join(other.name for other in alike)
                said = f"the {each.who} says {each.unknown!r}, which is most like {likely}"
                return f"{said}, but the {chosen.who} says {place.name}"
            if not alike and chosen.how is Evidence.URL:
                said = f"no country is known by the name {each.unknown!r}"
                return f"{said}, and the address alone says {place.name}"
        return ""

    def _doubt_of_address(self, chosen: IdentityEvidence, place: Place) -> str:
        """Doubt an address that alone names a country if the text names other countries only."""
        if chosen.how is not Evidence.URL:
            return ""
        counts = self.naming.countries.mentions(" ".join(self.reading.blocks))
        if not counts or any(named.country == place.country for named in counts):
            return ""
        [(most, count)] = counts.most_common(1)
        said = f"the text names {most.name} {_times(count)} and never {place.name}"
        return f"the address alone says {place.name}, but {said}"


def _likeliest(named: Iterable[str]) -> str:
    """Return what is named most often; of several, what the most trusted evidence names."""
    counts = Counter(filter(None, named))
    return counts.most_common(1)[0][0] if counts else ""


def _name(evidence: IdentityEvidence) -> str:
    return evidence.place.name if evidence.place else evidence.unknown
