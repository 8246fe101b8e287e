"""What the steps of one run share: its parts, its terms, and what it has come across so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from scrapers.fetch.gate import FetchGate
from scrapers.source import Source
from services.assembly import Parts
from services.runs.run import IngestRequest
from services.watch.budget import Spending
from services.watch.listings import Listings
from services.watch.read_location import Target
from services.watch.targets import Targets
from storage.record.attempts import Recording
from storage.record.removals import Patience


@dataclass
class Progress:
    """What a run remembers between its steps.

    ``found`` are the locations it knows what to do with, by key; ``postponed`` those that wait for
    another day. ``vouched`` counts looks at pages that hints called unmodified, ``missed`` the
    edits they found.
    """

    clean_misses: list[str] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    postponed: list[Target] = field(default_factory=list)
    vouched: int = 0
    missed: int = 0


@dataclass(frozen=True)
class RunState:
    """One run under way."""

    parts: Parts
    request: IngestRequest
    source: Source
    recording: Recording
    spending: Spending
    gate: FetchGate
    listings: Listings
    targets: Targets
    progress: Progress = field(default_factory=Progress)

    @property
    def patience(self) -> Patience:
        """How long a page must be missing before its report counts as removed."""
        settings = self.parts.settings
        return Patience(settings.gone_checks, settings.gone_hours)
