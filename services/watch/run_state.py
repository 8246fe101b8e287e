"""What the steps of one run share: its parts, its request, and what it has found so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from reports.watch.frame import Conclusion
from scrapers.fetch.gate import FetchGate
from scrapers.source import Source
from services.assembly import Parts
from services.gates import fetch_gate
from services.runs.run import IngestRequest
from services.watch.budget import Usage
from services.watch.listings import Listings
from services.watch.read_location import Target
from services.watch.targets import Targets
from storage.record.attempts import Recording
from storage.record.removals import Patience


def gate_of(parts: Parts, source: Source, request: IngestRequest, usage: Usage) -> FetchGate:
    """Return the gate through which a run asks, as its request says; raises BadSetting."""
    return fetch_gate(
        parts,
        source,
        via=request.via,
        delay=request.delay,
        budget=usage.budget,
        despite_rest=request.despite_rest,
    )


@dataclass(frozen=True)
class Discovered:
    """The locations that discovery found, by key; ``spared`` are those that are not asked."""

    keys: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()


@dataclass
class Progress:
    """What a run remembers from one batch of locations to the next.

    ``led_to`` are the locations, by key, that it met beside those that discovery found;
    ``postponed`` those that wait for another day. ``tested`` counts pages read though hints called
    them unmodified, ``missed`` the edits found on them; ``template_changes`` changes of appearance
    held as the template's; ``surroundings`` are what is concluded of them at its end. ``attached``
    are the addresses that the page leading to a location names, by its key; ``publications`` the
    keys of those read for a document that is missing from them; ``left_hosts`` are hosts that
    failed so often that the run leaves them alone.
    """

    clean_misses: list[str] = field(default_factory=list)
    led_to: set[str] = field(default_factory=set)
    postponed: list[Target] = field(default_factory=list)
    tested: int = 0
    missed: int = 0
    template_changes: int = 0
    surroundings: Conclusion = field(default_factory=Conclusion)
    attached: dict[str, tuple[str, ...]] = field(default_factory=dict)
    publications: set[str] = field(default_factory=set)
    left_hosts: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class Reading:
    """What it takes to read the locations of a run, in whichever program that is done."""

    parts: Parts
    request: IngestRequest
    source: Source
    recording: Recording
    is_planned: bool  # it looks at what is due: see services.runs.scope
    usage: Usage
    gate: FetchGate
    listings: Listings
    discovered: Discovered = field(default_factory=Discovered)
    progress: Progress = field(default_factory=Progress)


@dataclass(kw_only=True)
class RunState(Reading):
    """One run under way, in the program that owns it."""

    targets: Targets

    @property
    def patience(self) -> Patience:
        """How long a page must be missing before its report counts as removed."""
        settings = self.parts.settings
        return Patience(settings.gone_checks, settings.gone_hours)
