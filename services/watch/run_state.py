"""What the steps of one run share: its parts, its request, and what it has found so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from reports.watch.frame import Conclusion
from scrapers.fetch.gate import FetchGate
from scrapers.source import Source
from services.assembly import Parts
from services.runs.run import IngestRequest
from services.watch.budget import Usage
from services.watch.listings import Listings
from services.watch.read_location import Target
from services.watch.targets import Targets
from storage.record.attempts import Recording
from storage.record.removals import Patience


@dataclass
class Progress:
    """What a run remembers between its steps.

    ``found`` are the locations it knows what to do with, by key; ``postponed`` those that wait for
    another day. ``tested`` counts pages read though hints called them unmodified, ``missed`` the
    edits found on them; ``template_changes`` changes of appearance held as the template's;
    ``surroundings`` are what is concluded of them at its end. ``attached`` are the addresses that
    the page leading to a location names, by its key; ``publications`` the keys of those read for a
    document that is missing from them; ``named`` the report that a location carries, by its number.
    """

    clean_misses: list[str] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    postponed: list[Target] = field(default_factory=list)
    tested: int = 0
    missed: int = 0
    template_changes: int = 0
    surroundings: Conclusion = field(default_factory=Conclusion)
    attached: dict[str, tuple[str, ...]] = field(default_factory=dict)
    publications: set[str] = field(default_factory=set)
    named: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RunState:
    """One run under way."""

    parts: Parts
    request: IngestRequest
    source: Source
    recording: Recording
    usage: Usage
    gate: FetchGate
    listings: Listings
    targets: Targets
    progress: Progress = field(default_factory=Progress)

    @property
    def patience(self) -> Patience:
        """How long a page must be missing before its report counts as removed."""
        settings = self.parts.settings
        return Patience(settings.gone_checks, settings.gone_hours)
