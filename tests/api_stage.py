"""A watch over a content API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from content_api import ROOT, ContentApi, identity, two_countries
from databases import Database
from in_process import served_in_process
from walk_stage import Watch

from services.runs.run import RunReport, Trigger
from storage.store import open_store

SOURCE = "uk-cpin"
PILOTS = f"{SOURCE}/current/TCD/{identity(11)}"
FERRIES = f"{SOURCE}/current/TCD/{identity(12)}"
CHAD, FIJI = f"{SOURCE}/current/TCD", f"{SOURCE}/current/FJI"


class ApiWatch(Watch):
    """A watch over a content API."""

    def __init__(self, api: ContentApi, origin: str, store: object, home: Path) -> None:
        super().__init__(api, origin, store, home)  # type: ignore[arg-type]
        self.api = api
        self.chad, self.fiji = api.publications
        self.pilots, self.ferries = self.chad.notes

    def run(self, **request: object) -> RunReport:
        return super().run(source=SOURCE, **request)

    def states(self) -> dict[str, str]:
        with self.parts.store.read() as unit:
            return {str(each.report): each.state for each in unit.reports.find()}


@contextmanager
def api_watching(database: Database) -> Iterator[ApiWatch]:
    """Watch two countries: Chad with two notes, and Fiji without any."""
    api = two_countries()
    store = open_store(database.url, database.home)
    try:
        with served_in_process(api) as origin:
            yield ApiWatch(api, origin, store, database.home)
    finally:
        store.close()


def asked_when_planned(watch: ApiWatch, runs: int, *paths: str) -> list[int]:
    """Return how often each path is asked for in scheduled runs, an hour apart."""
    watch.api.asked.clear()
    for _ in range(runs):
        watch.run(trigger=Trigger.SCHEDULED)
    return [watch.api.asked.count(ROOT + path) for path in paths]
