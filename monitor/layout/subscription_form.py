"""What a form of subscriptions offers and what is chosen in it already, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from reports.model.regions import regions
from reports.model.values import ChangeKind
from reports.notices.importance import Importance
from reports.notices.subscription import FILTER_LISTS
from reports.topics.classify import taxonomy
from reports.wording.changes import KIND_NAMES
from scrapers.registry import find_place, real_places, real_sources, short_name
from services.notify.subscription_filter import WHEN, place_name
from storage.read.report_rows import SourceView

Given = Mapping[str, Sequence[str]]
"""What was sent or named by a link: the values of each field."""

LEAST = {
    Importance.MINOR: "everything",
    Importance.NOTABLE: "notable: words of a summary, ten elsewhere, a note, a return",
    Importance.MAJOR: "major: something gone, an issue come or gone, a hundred words",
}

LABELS = {
    "countries": "Countries and areas",
    "regions": "Regions",
    "topics": "Topics",
    "kinds": "Kinds of change",
    "editions": "Editions",
    "sources": "Sources",
}
"""The fields that offer lists, in the order in which the form asks."""

FIRST = ("countries", "regions", "topics")
"""Those of the first question; the others are under "More"."""

_AREAS = {
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe"),
    *("Indian", "Pacific"),
}


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen in a field."""

    field: str
    value: str
    words: str


@dataclass(frozen=True)
class ChoiceList:
    """One field: what it is called, and what is offered there and not chosen yet."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class SubscriptionForm:
    """A form as it is shown: ``typed`` is what was written and stands for nothing offered."""

    chosen: tuple[Choice, ...]
    typed: str
    lists: tuple[ChoiceList, ...]
    places: tuple[str, ...]
    sections: str
    least: str
    every: str

    @property
    def first(self) -> list[ChoiceList]:
        """The lists of the first question."""
        return [each for each in self.lists if each.name in FIRST]

    @property
    def further(self) -> list[ChoiceList]:
        """The lists under "More"."""
        return [each for each in self.lists if each.name not in FIRST]

    @property
    def levels(self) -> list[tuple[str, str]]:
        """How important a change has to be, by value."""
        return [(level.value, words) for level, words in LEAST.items()]

    @property
    def rhythms(self) -> list[tuple[str, str]]:
        """How often messages come, by value."""
        return [(every.value, words) for every, words in WHEN.items()]

    @property
    def has_more(self) -> bool:
        """Tell whether something under "More" is not as it is for everybody."""
        return bool(self.sections) or self.least != Importance.MINOR.value


def lay_out_form(
    given: Given, codes: Iterable[str], stored: Iterable[SourceView]
) -> SubscriptionForm:
    """Return the form with what is given chosen in it.

    ``codes`` are the places of which something is stored, as ``stored`` are the sources; of real
    ones all are offered, stored or not.
    """
    offered = _offered(codes, list(stored))
    asked = {name: [_value(name, each) for each in given.get(name, ())] for name in FILTER_LISTS}
    chosen = [each for name in LABELS for each in offered[name] if each.value in asked[name]]
    taken = {(each.field, each.value) for each in chosen}
    known = {each.value for each in chosen if each.field == "countries"}
    return SubscriptionForm(
        chosen=tuple(chosen),
        typed=", ".join(each for each in asked["countries"] if each.strip() and each not in known),
        lists=tuple(
            ChoiceList(name, label, tuple(c for c in offered[name] if (name, c.value) not in taken))
            for name, label in LABELS.items()
        ),
        places=tuple(each.words for each in offered["countries"]),
        sections=", ".join(filter(None, asked["sections"])),
        least=[*given.get("least", ()), Importance.MINOR.value][0],
        every=[*given.get("every", ()), "now"][0],
    )


def country_texts(texts: Iterable[str]) -> list[str]:
    """Return the countries somebody named: each by itself, though several stand in one field."""
    return [
        each.strip()
        for text in texts
        for each in ([text] if find_place(text) else text.split(","))
        if each.strip()
    ]


@cache
def time_zones() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return the time zones to choose from, by the part of the world: (name, as it is shown)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        area, _, city = name.partition("/")
        if area in _AREAS:
            *within, last = city.replace("_", " ").split("/")
            shown = f"{last} ({', '.join(within)})" if within else last
            found.setdefault(area, []).append((name, shown))
    return tuple((area, tuple(zones)) for area, zones in found.items())


def _offered(codes: Iterable[str], stored: list[SourceView]) -> dict[str, list[Choice]]:
    places = {code: place_name(code) for code in codes}
    places |= {place.key: place.name for place in real_places()}
    editions = {each for view in stored for each in view.editions}
    names = {*(view.source for view in stored), *(each.name for each in real_sources())}
    values = {
        "countries": sorted(places.items(), key=lambda each: each[1]),
        "regions": [(each.id, each.name) for each in regions()],
        "topics": [(each.id, each.name) for each in taxonomy().topics],
        "kinds": [(kind.value, KIND_NAMES[kind]) for kind in ChangeKind],
        "editions": [(each, each) for each in sorted(editions, reverse=True)],
        "sources": sorted(((name, short_name(name)) for name in names), key=lambda each: each[1]),
    }
    return {name: [Choice(name, *each) for each in found] for name, found in values.items()}


def _value(field: str, text: str) -> str:
    """Return the value by which a form names what somebody named in whatever way."""
    if field != "countries":
        return text
    place = find_place(text)
    return place.key if place else text
