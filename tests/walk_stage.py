"""A watch over an altered sample site: a store, a clock and runs, without Prefect."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from in_process import served_in_process

from deployments.sample_site import SampleSite, SiteResponse, serve
from deployments.sample_site.editions import SampleReport
from deployments.sample_site.wordpress import Post
from deployments.sample_site.wordpress import answer as wordpress_answer
from reports.notices.subscription import Channel, SubscriptionFilter
from services.assembly import Parts
from services.encryption import HomeCipher
from services.ingest import ingest
from services.notify.delivery import Delivered, deliver
from services.runs.run import IngestRequest, RunReport
from services.settings import load_settings
from storage.store import Store, open_store

SOURCE = "sample-hrr"
PUBLISHED = datetime(2026, 1, 5, 12, tzinfo=UTC)
START = datetime(2026, 5, 1, 9, tzinfo=UTC)
ASKED_BEFORE = 300
"""More requests than any walk makes that a test starts from."""
BETWEEN_RUNS = timedelta(hours=1)
HTML = {"Content-Type": "text/html; charset=UTF-8"}


class AlteredSite(SampleSite):
    """The sample site with changes that its own timeline does not tell of."""

    def __init__(self, step: int = 0, **options: Any) -> None:
        super().__init__(step, **options)
        self.altered: dict[str, Callable[[SiteResponse], SiteResponse]] = {}
        self.asked: list[str] = []
        self.has_hints = False
        self.modified: dict[str, datetime] = {}
        self.trashed: set[str] = set()

    def posts(self) -> list[Post]:
        """Return the reports as WordPress knows them: trashed ones are none."""
        online = [each for scene in self.editions for each in scene.reports]
        return [
            Post(number, each.url, each.name, PUBLISHED, self.modified.get(each.key, PUBLISHED))
            for number, each in enumerate(online, 1)
            if each.key not in self.trashed
        ]

    def render(self, path: str) -> SiteResponse:
        self.asked.append(path)
        name, _, query = path.partition("?")
        if self.has_hints and (hinted := wordpress_answer(self.posts(), name, query)):
            return hinted
        answer = super().render(path)
        change = self.altered.get(path.rstrip("/"))
        return change(answer) if change else answer

    def report(self, key: str) -> SampleReport:
        """Return a report by ``EDITION/COUNTRY[/PART]``, also one that is not online yet."""
        online = {each.key: each for scene in self.editions for each in scene.reports}
        return online[key]

    def url(self, key: str) -> str:
        return self.report(key).listed_url

    def alter(self, path: str, change: Callable[[SiteResponse], SiteResponse]) -> None:
        self.altered[path.rstrip("/")] = change

    def was_asked_before(self) -> None:
        """Let no page come with the noise of an earlier watch, which began its counting alike."""
        for _ in range(ASKED_BEFORE):
            super().render(self.editions[0].path)

    def edit(self, key: str, old: str, new: str, at: datetime | None = None) -> None:
        """Replace words of a report's page wherever they stand on it; hints tell of it ``at``."""
        report = self.report(key)
        assert old in " ".join(report.paragraphs), f"{key} does not say {old!r}"
        self.alter(report.path, _replacing((old, new)))
        if at:
            self.modified[key] = at

    def fail(self, key: str, status: int, body: str = "") -> None:
        self.alter(self.report(key).path, lambda _: SiteResponse(status, HTML, body.encode()))

    def redirect(self, path: str, to: str) -> None:
        self.alter(path, lambda _: SiteResponse(301, {"Location": to}, b""))

    def copy(self, path: str, key: str) -> None:
        """Show a report's page at another path as well."""
        self.alter(path, lambda _: super(AlteredSite, self).render(self.report(key).path))

    def unlist(self, year: int, *keys: str) -> None:
        """Take reports out of an edition's index."""
        gone = [(self.url(key), "https://elsewhere.example/") for key in keys]
        edition = next(each for each in self.editions if each.year == year)
        self.alter(edition.path, _replacing(*gone))


def _replacing(*pairs: tuple[str, str]) -> Callable[[SiteResponse], SiteResponse]:
    def change(answer: SiteResponse) -> SiteResponse:
        body = answer.body
        for old, new in pairs:
            body = body.replace(old.encode(), new.encode())
        headers = {name: value for name, value in answer.headers.items() if name != "ETag"}
        return SiteResponse(answer.status, headers, body)

    return change


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._lock = threading.Lock()

    def read(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.now += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        return self.now.timestamp()


class Watch:
    """A site, a store and a clock that moves an hour with every run."""

    def __init__(self, site: AlteredSite, origin: str, store: Store, home: Path) -> None:
        self.site = site
        self.origin = origin
        self.now = START
        chosen = {"delay": 0, "gone_checks": 2, "gone_hours": 0, "mass_change": 100}
        settings = load_settings(home=home, via=origin, **chosen)
        self.parts = Parts(settings, store, lambda: self.now, sleep=lambda seconds: None)

    def set(self, **settings: Any) -> None:
        changed = load_settings(**{**self.parts.settings.model_dump(), **settings})
        self.parts = replace(self.parts, settings=changed)

    def run(self, **request: Any) -> RunReport:
        """Ingest once, and let an hour pass."""
        try:
            return ingest(self.parts, IngestRequest(**{"source": SOURCE, **request}))
        finally:
            self.now += BETWEEN_RUNS

    def at(self, step: int, **request: Any) -> RunReport:
        self.site.advance(step)
        return self.run(**request)

    def subscribe(self, address: str = "ann@law.example", **asked: Any) -> None:
        with self.parts.store.write() as unit:
            unit.subscriptions.add(address, Channel.EMAIL, SubscriptionFilter(**asked), self.now)
            unit.commit()

    def deliver(self) -> Delivered:
        return deliver(self.parts)

    def alerts(self) -> list[str]:
        """Return what was or will be told, as ``kind EDITION/COUNTRY``, oldest first."""
        with self.parts.store.read() as unit:
            told = [each.change for each in unit.alerts.all()[::-1]]
            named = {each.id: f"{each.kind} {key(each.report)}" for each in unit.changes.find()}
        return [named[each] for each in told]

    def outcomes(self, report: RunReport) -> dict[str, str]:
        """Return the outcome of each URL of a run."""
        with self.parts.store.read() as unit:
            return {each.url: each.outcome.value for each in unit.runs.outcomes(report.run_id)}

    def locations(self) -> list[str]:
        with self.parts.store.read() as unit:
            return [each.url for each in unit.locations(SOURCE).all()]


def key(report: object) -> str:
    """Return a report's name without its source."""
    return str(report).partition("/")[2]


def told(report: RunReport) -> dict[str, tuple[str, ...]]:
    """Return a run's changes as the timeline names them."""
    found: dict[str, list[str]] = {}
    for change in report.changes:
        found.setdefault(change.kind.value, []).append(key(change.report))
    return {kind: tuple(sorted(names)) for kind, names in found.items()}


def counts(report: RunReport) -> dict[str, int]:
    """Return the counts that are not zero."""
    return {name: count for name, count in report.counts.items() if count}


@contextmanager
def watching(
    url: str, home: Path, step: int = 0, *, is_on_wire: bool = False, **options: Any
) -> Iterator[Watch]:
    """Watch an altered site with a store of one's own; asked over HTTP where that is tested."""
    site = AlteredSite(step, **options)
    cipher = HomeCipher(load_settings(home=home))
    store = open_store(url, home, cipher=cipher, now=lambda: watch.now)
    try:
        with (serve if is_on_wire else served_in_process)(site) as origin:
            watch = Watch(site, origin, store, home)
            yield watch
    finally:
        store.close()
