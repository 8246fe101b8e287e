"""A store with a clock: pages of fictional reports seen in runs, written with few words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from reports.model.identity import ReportId
from reports.model.reading import Issue, IssueList, IssueStatus, Reading, Section
from reports.model.values import Change, Evidence, Identified, Page, Undecided, VersionView
from reports.notices.subscription import Channel, Subscription, SubscriptionFilter
from reports.text.fingerprint import payload_sha256
from reports.watch.outcome import Outcome
from storage.record.attempts import Recording, ReportOutcome
from storage.record.removals import Patience
from storage.store import Store
from storage.unit import Unit
from storage.watch.locations import Sighting

START = datetime(2026, 5, 1, 9, tzinfo=UTC)
SOURCE = "sample-hrr"
HOST = "https://sample.example"


def name(country: str = "XAB", edition: str = "2024", part: str = "") -> ReportId:
    return ReportId(SOURCE, edition, country, part)


def reading(text: str, **parts: Any) -> Reading:
    """Return a reading of blocks separated by bars; words in ``[...]`` are issues."""
    blocks = tuple(text.split("|")) if text else ()
    issues = tuple(
        Issue(f"[{each.split(']')[0]}]", (each.split("]")[0],)) for each in text.split("[")[1:]
    )
    status = IssueStatus.LISTED if issues else IssueStatus.NONE_REPORTED
    return Reading("Executive Summary", blocks, issues=IssueList(status, issues), **parts)


def sections(*texts: str) -> tuple[Section, ...]:
    return tuple(Section(str(n), f"Section {n}", (text,)) for n, text in enumerate(texts, 1))


class Archive:
    """A store whose clock moves an hour with every run."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = START
        self.run_id = 0

    def url(self, country: str = "XAB", edition: str = "2024", copy: str = "") -> str:
        return f"{HOST}/reports/{edition}/{country.lower()}{copy}/"

    def sees(
        self,
        text: str,
        country: str = "XAB",
        edition: str = "2024",
        *,
        copy: str = "",
        part: str = "",
        how: Evidence = Evidence.HEADING,
        body: bytes = b"",
        title: str = "",
        notes: tuple[str, ...] = (),
        parts: tuple[Section, ...] = (),
        shape: str = "",
        **facts: Any,
    ) -> Sighting:
        """Return the sighting of a page that carries one report."""
        read = reading(text, notes=notes, sections=parts)
        title = title or f"{edition} Country Reports on Civic Conditions: {country.title()}"
        page = Page((Identified(name(country, edition, part), how, title, read),), shape=shape)
        url = self.url(country, edition, f"/{part}" if part else copy)
        raw = body or f"<html>{url}{text}{notes}{parts}</html>".encode()
        return self._sighting(url, edition, page, raw, **facts)

    def undecided(self, text: str, country: str = "", **facts: Any) -> Sighting:
        """Return the sighting of a page whose report nobody can name."""
        unnamed = Undecided(country, "", "the page names no country", reading(text))
        body = f"<p>{text}</p>".encode()
        return self._sighting(f"import:{len(body)}.txt", "", Page((), (unnamed,)), body, **facts)

    def same(self, sighting: Sighting) -> Sighting:
        """Return the sighting of the same bytes again."""
        return replace(sighting, outcome=Outcome.UNCHANGED, page=None, body=b"")

    def later(self, sighting: Sighting) -> Sighting:
        """Return the sighting of the same page now."""
        return replace(sighting, seen_at=self.now)

    def misses(self, country: str = "XAB", *, is_clean_miss: bool = True) -> Sighting:
        """Return a 404, a clean one unless the host is unwell."""
        how = {"is_listed": True, "is_clean_miss": is_clean_miss}
        return Sighting(self.url(country), "2024", self.now, Outcome.SUSPECTED, "status 404", **how)

    def fails(self, outcome: Outcome, country: str = "XAB", edition: str = "2024") -> Sighting:
        url = self.url(country, edition)
        return Sighting(url, edition, self.now, outcome, "said so", is_listed=True)

    def _sighting(self, url: str, edition: str, page: Page, body: bytes, **facts: Any) -> Sighting:
        facts = {"seen_at": self.now, "is_listed": True, **facts}
        digest = payload_sha256(body)
        return Sighting(url, edition, page=page, body=body, payload_sha256=digest, **facts)

    def run(
        self,
        *sightings: Sighting,
        revision: int = 1,
        newest: str = "2024",
        is_baseline: bool = False,
        is_silent: bool = False,
        is_open: bool = False,
        gone_checks: int = 2,
        gone_hours: float = 0,
    ) -> list[list[ReportOutcome]]:
        """Record sightings as one run, confirm removals, close it and let an hour pass."""
        with self.store.write() as unit:
            self.run_id = self._start(unit, "import" if is_silent else "manual")
            order = Recording(SOURCE, self.run_id, revision, newest, is_baseline, is_silent)
            found = unit.recorder(order).record(sightings)
            missed = [each.url for each in sightings if each.is_clean_miss]
            unit.removals(order).confirm(missed, Patience(gone_checks, gone_hours), self.now)
            if not is_open:
                unit.runs.end(self.run_id, "done", now=self.now, seconds=1.0)
            unit.commit()
        self.now += timedelta(hours=1)
        return found

    def _start(self, unit: Unit, trigger: str = "manual") -> int:
        return unit.runs.start(
            SOURCE,
            trigger=trigger,
            orchestrator="direct",
            flow_run="",
            parameters={},
            now=self.now,
        )

    def outcomes(self, *sightings: Sighting, **how: Any) -> list[str]:
        """Record sightings as one run and return what the ledger says of it, in order of URL."""
        self.run(*sightings, **how)
        with self.store.read() as unit:
            return [each.outcome.value for each in unit.runs.outcomes(self.run_id)]

    def subscribe(self, address: str = "ann@law.example", **asked: Any) -> Subscription:
        with self.store.write() as unit:
            wanted = SubscriptionFilter(**asked)
            made = unit.subscriptions.add(address, Channel.EMAIL, wanted, self.now)
            unit.commit()
        return made

    def history(self, of: ReportId | None = None) -> list[VersionView]:
        """Return a report's versions in order of capture."""
        with self.store.read() as unit:
            return unit.versions.all(of or name())[::-1]

    def texts(self, of: ReportId | None = None) -> list[str]:
        return ["|".join(each.reading.blocks) for each in self.history(of)]

    def changes(self, of: ReportId | None = None) -> list[Change]:
        """Return the changes, oldest first."""
        with self.store.read() as unit:
            return unit.changes.find(of=of)[::-1]

    def kinds(self, of: ReportId | None = None) -> list[str]:
        return [each.kind.value for each in self.changes(of)]

    def alerts(self) -> list[tuple[str, str]]:
        """Return (address, kind of change) of every alert, oldest first."""
        with self.store.read() as unit:
            held = unit.alerts.all()[::-1]
            kinds = {each.id: each.kind.value for each in unit.changes.find()}
        return [(each.address, kinds[each.change]) for each in held]

    def state(self, of: ReportId | None = None) -> str:
        wanted = of or name()
        with self.store.read() as unit:
            views = unit.reports.find(source=SOURCE)
        return next(each.state for each in views if each.report == wanted)

    def close_run(self, state: str = "done") -> None:
        with self.store.write() as unit:
            unit.runs.end(self.run_id, state, now=self.now, seconds=1.0)
            unit.commit()

    def bind(self, mass_limit: int = 20) -> int:
        with self.store.write() as unit:
            made = unit.outbox.bind(self.now, mass_limit, "watch.example")
            unit.commit()
        return made

    def due(self) -> Sequence[int]:
        with self.store.read() as unit:
            return unit.outbox.due(self.now)
