"""Which changes somebody asks for: read from names people use, checked, and put into words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reports.model.identity import ReportId
from reports.model.regions import region_named, regions
from reports.model.values import ChangeKind
from reports.notices.importance import Importance
from reports.notices.subscription import FILTER_LISTS, Every, Subscription, SubscriptionFilter
from reports.notices.timing import check_hour, read_quiet_hours, read_time_zone
from reports.notices.watched import Standing, WatchedPassage
from reports.text.plain import shortened
from reports.topics.classify import taxonomy
from reports.wording.changes import topic_name
from scrapers.registry import all_sources, country_hint, find_place, short_name

LONGEST_SECTION = 100
MOST_NAMES = 300
MOST_QUOTED = 120
"""Characters of a watched passage that stand in a line about it."""


class BadFilter(ValueError):
    """Something asked for that there is not; the message lists what there is."""


@dataclass(frozen=True)
class Timing:
    """When a reader may be notified; raises reports.notices.timing.BadTiming for what cannot be."""

    time_zone: str = "UTC"
    digest_hour: int = 6
    quiet_hours: str = ""

    def __post_init__(self) -> None:
        read_time_zone(self.time_zone)
        check_hour(self.digest_hour)
        read_quiet_hours(self.quiet_hours)


def read_filter(asked: Mapping[str, Any]) -> SubscriptionFilter:
    """Read a filter, by field, from names as people write them; raises BadFilter.

    A field that is not there asks for any. A passage is one that ``passages.find`` found.
    """
    lists = {name: _all(asked.get(name, ()), read) for name, read in _READERS.items()}
    least = _one_of(Importance, asked.get("least", Importance.MINOR), "importance")
    every = _one_of(Every, asked.get("every", Every.NOW), "rhythm")
    passage: WatchedPassage | None = asked.get("passage")
    if passage and (any(lists.values()) or least is not Importance.MINOR):
        raise BadFilter("a passage is watched by itself: whatever is done to it is told")
    chosen: dict[str, Any] = {**lists, "least": least, "every": every, "passage": passage}
    return SubscriptionFilter(**chosen)


def in_words(one: SubscriptionFilter) -> str:
    """Put what a filter asks for into words: "changes in reports on Kazakhstan, at once"."""
    if one.passage:
        return f"{passage_words(one.passage)}, {WHEN[one.every]}"
    places = [*map(place_name, one.countries), *map(_region_name, one.regions)]
    least = {Importance.NOTABLE: "notable ", Importance.MAJOR: "major "}.get(one.least, "")
    has_lists = any(getattr(one, name) for name in FILTER_LISTS)
    said = [f"{least}changes" if has_lists or least else "every change"]
    if one.kinds:
        said.append(f"of the kind {_or(each.replace('_', ' ') for each in one.kinds)}")
    if places:
        said.append(f"in reports on {_or(places)}")
    if one.editions:
        said.append(f"of {_or(one.editions)}")
    if one.sources:
        said.append(f"from {_or(map(short_name, one.sources))}")
    if one.topics:
        said.append(f"about {_or(map(topic_name, one.topics))}")
    if one.sections:
        said.append(f"in the part {_or(one.sections)}")
    return f"{' '.join(said)}, {WHEN[one.every]}"


def passage_words(passage: WatchedPassage) -> str:
    """Say which words of which report are watched: "what becomes of “…” in Kazakhstan 2021"."""
    name = ReportId.parse(passage.report)
    part = "" if name.is_document else name.part
    place = place_name("/".join(filter(None, (name.country, part))))
    quote = shortened(passage.quote, MOST_QUOTED)
    still = ", also if it stays" if passage.is_still else ""
    return f"what becomes of “{quote}” in {place} {name.edition}{still}"


def standing_words(one: Subscription) -> str:
    """Say how a watched passage stands: "as cited, in version 3"; "" for no passage."""
    passage, anchor = one.filter.passage, one.anchor
    if not (passage and anchor):
        return ""
    standing = anchor.standing(passage.quote)
    if standing is Standing.GONE:
        return f"gone in version {anchor.gone_in}; last in version {anchor.version}"
    if standing is Standing.REWORDED:
        now = shortened(anchor.words, MOST_QUOTED)
        return f"reworded since version {passage.version}; version {anchor.version} says “{now}”"
    return f"as cited, in version {anchor.version}"


def in_our_words(one: SubscriptionFilter) -> str:
    """Put it into words without any that whoever asks has made up: for a letter to others."""
    editions = [each if _YEAR.fullmatch(each) else "an edition named" for each in one.editions]
    sections = [each if _OURS.fullmatch(each) else "a part named" for each in one.sections]
    once = tuple(dict.fromkeys(editions)), tuple(dict.fromkeys(sections))
    return in_words(replace(one, editions=once[0], sections=once[1]))


_YEAR = re.compile(r"[0-9]{4}|current")
_OURS = re.compile(r"summary|[0-9]{1,2}")

WHEN = {Every.NOW: "at once", Every.DAY: "once a day", Every.WEEK: "once a week"}


def place_name(code: str) -> str:
    """Return the name of a country or area by its code: ``CHN/tibet``."""
    country, _, part = code.partition("/")
    for source in all_sources().values():
        if place := source.countries.get(country, part):
            return str(source.countries.name(place.country, place.part))
    return code


def _region_name(name: str) -> str:
    found = region_named(name)
    return found.name if found else name


def _or(names: Iterable[str]) -> str:
    listed = list(names)
    return " or ".join([", ".join(listed[:-1]), listed[-1]] if listed[1:] else listed)


def _all(names: Iterable[str], read: Callable[[str], str]) -> tuple[str, ...]:
    given = [each.strip() for each in names if each.strip()]
    if len(given) > MOST_NAMES:
        raise BadFilter(f"name at most {MOST_NAMES} of one kind; name none for all of them")
    return tuple(sorted({read(each) for each in given}))


def _country(name: str) -> str:
    if place := find_place(name):
        return place.key
    raise BadFilter(f"{name!r} is no country known; {country_hint(name)}")


def _region(name: str) -> str:
    found = region_named(name)
    if found is None:
        raise _unknown("region", name, [each.id for each in regions()])
    return found.id


def _source(name: str) -> str:
    if name not in all_sources():
        raise _unknown("source", name, sorted(all_sources()))
    return name


def _edition(name: str) -> str:
    if not (name.isascii() and name.isprintable() and len(name) <= 32 and " " not in name):
        raise BadFilter(f"{name!r} is not an edition; give one such as 2024")
    return name


def _topic(name: str) -> str:
    known = {each.id for each in taxonomy().topics}
    if name not in known:
        raise _unknown("topic", name, sorted(known))
    return name


def _section(name: str) -> str:
    if not name.isprintable() or len(name) > LONGEST_SECTION:
        raise BadFilter("a section is `summary`, a number such as 2, or words of its heading")
    return name.casefold()


def _kind(name: str) -> str:
    return str(_one_of(ChangeKind, name, "kind of change"))


_READERS: dict[str, Callable[[str], str]] = {
    "countries": _country,
    "regions": _region,
    "sources": _source,
    "editions": _edition,
    "topics": _topic,
    "sections": _section,
    "kinds": _kind,
}


def _one_of(kinds: Any, name: str, what: str) -> Any:
    try:
        return kinds(str(name))
    except ValueError:
        raise _unknown(what, name, [each.value for each in kinds]) from None


def _unknown(what: str, name: str, known: Sequence[str]) -> BadFilter:
    return BadFilter(f"there is no {what} {name!r}; there are: {', '.join(known)}")
