"""The filter of changes, as an address asks for it: the same for the page, the feed and the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, HTTPException, Query

from monitor.web.countries import place_asked
from monitor.web.routing import Text, refuse_odd
from reports.model.regions import countries_of, region_named
from reports.model.values import ChangeKind
from reports.topics.classify import taxonomy
from storage.changes.filter import ChangeConditions

Kinds = Annotated[list[str] | None, Query(description="Kinds of change; may be given repeatedly.")]
Moment = Annotated[
    str, Query(max_length=40, description="A date, or a time in ISO 8601; without a zone UTC.")
]
_KNOWN_KINDS = [each.value for each in ChangeKind]


@dataclass(frozen=True)
class ChangeFilter:
    """What an address asks for: as given, for links and forms, and as the database is asked."""

    source: str
    edition: str
    country: str
    region: str
    topic: str
    kinds: tuple[str, ...]
    since: str
    until: str
    baseline: str
    interest: ChangeConditions

    @property
    def query(self) -> dict[str, str | list[str]]:
        """The parameters that ask for the same again."""
        asked: dict[str, str | list[str]] = {
            "source": self.source,
            "edition": self.edition,
            "country": self.country,
            "region": self.region,
            "topic": self.topic,
            "kind": list(self.kinds),
            "since": self.since,
            "until": self.until,
            "baseline": self.baseline,
        }
        return {name: value for name, value in asked.items() if value}

    def address(self, path: str, **more: str | int) -> str:
        """Return an address that asks for the same there."""
        query = urlencode({**self.query, **{k: v for k, v in more.items() if v}}, doseq=True)
        return f"{path}?{query}" if query else path

    @property
    def subscribe_path(self) -> str:
        """The form of subscriptions, with what is asked here chosen in it."""
        names = ("source", "edition", "country", "region", "topic", "kind")
        asked = {name: value for name, value in self.query.items() if name in names}
        query = urlencode(asked, doseq=True)
        return f"/subscribe?{query}" if query else "/subscribe"


def read_change_filter(
    source: Text = "",
    edition: Text = "",
    country: Text = "",
    region: Text = "",
    topic: Text = "",
    kind: Kinds = None,
    since: Moment = "",
    until: Moment = "",
    baseline: Text = "",
) -> ChangeFilter:
    """Read the filter; raises 404 for a name that nothing has, 400 for what is no time."""
    source, edition, country = source.strip(), edition.strip(), country.strip()
    region, topic = region.strip(), topic.strip()
    kinds = tuple(dict.fromkeys(each for each in kind or () if each))
    _refuse_unknown(source, edition, topic, kinds)
    place = place_asked(country)
    within = region_named(region) if region else None
    if region and within is None:
        raise HTTPException(404, f"“{region}” is not a known region.")
    interest = ChangeConditions(
        source=source,
        edition=edition,
        country=place.country if place else "",
        part=place.part if place else "",
        countries=countries_of([within.id]) if within else frozenset(),
        topic=topic,
        kinds=kinds,
        since=_moment("since", since),
        until=_moment("until", until, is_end=True),
        with_baseline=baseline != "no",
    )
    kept = "no" if baseline == "no" else ""
    return ChangeFilter(
        source, edition, country, region, topic, kinds, since.strip(), until.strip(), kept, interest
    )


def _refuse_unknown(source: str, edition: str, topic: str, kinds: tuple[str, ...]) -> None:
    refuse_odd(source=source, edition=edition)
    if topic and topic not in {each.id for each in taxonomy().topics}:
        raise HTTPException(404, f"There is no topic “{topic}”; /topics lists those there are.")
    if unknown := set(kinds) - set(_KNOWN_KINDS):
        known = ", ".join(_KNOWN_KINDS)
        raise HTTPException(
            400, f"There is no kind of change “{min(unknown)}”; there are: {known}."
        )


def _moment(name: str, text: str, *, is_end: bool = False) -> datetime | None:
    """Return the moment a text names; a day that ends a span belongs to it."""
    text = text.strip()
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
        when = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
        return when + timedelta(days=1) if is_end and len(text) <= len("2026-05-01") else when
    except (ValueError, OverflowError):
        raise HTTPException(
            400, f"{name} cannot be used: “{text}” is no time; write 2026-05-01."
        ) from None


Asked = Annotated[ChangeFilter, Depends(read_change_filter)]
