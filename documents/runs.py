"""Runs: the ledger's rows, what came of a run, reading again, and texts that wait for review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field

from documents.document import JsonDocument, Moment
from reports.wording.citation import stamp

if TYPE_CHECKING:
    from storage.record.reviews import ReviewView
    from storage.watch.runs import RunView


class RunFailure(JsonDocument):
    """A page or a file that could not be read, and why."""

    url: str
    outcome: str
    reason: str


def _if_given() -> Any:
    return Field(default=None, exclude_if=lambda value: value is None)


class RunParameters(JsonDocument):
    """What a run was asked for; missing is what it was not asked."""

    review: int | None = _if_given()
    report: str | None = _if_given()
    paths: list[str] | None = _if_given()
    reader_revision: int | None = _if_given()
    editions: list[str] | None = _if_given()
    countries: list[str] | None = _if_given()
    urls: list[str] | None = _if_given()
    full: bool | None = _if_given()
    since: str | None = _if_given()
    until: str | None = _if_given()
    limit: int | None = _if_given()


class RunDocument(JsonDocument):
    """One row of the ledger; ``planned`` is null until it is known which pages to read.

    ``counts`` are given by outcome; ``checked`` is the sum of the others.
    """

    run: int
    source: str
    state: str
    trigger: str
    orchestrator: str
    flow_run: str
    parameters: RunParameters
    counts: dict[str, int]
    planned: int | None
    error: str
    started_at: Moment
    ended_at: Moment | None
    seconds: float | None

    @classmethod
    def of(cls, run: RunView) -> Self:
        """Return one row of the ledger."""
        return cls(
            run=run.id,
            source=run.source,
            state=run.state,
            trigger=run.trigger,
            orchestrator=run.orchestrator,
            flow_run=run.flow_run,
            parameters=RunParameters(**run.parameters),
            counts=dict(run.counts),
            planned=run.planned_count or None,
            error=run.error,
            started_at=stamp(run.started_at),
            ended_at=stamp(run.ended_at) if run.ended_at else None,
            seconds=run.seconds,
        )


class RunWithFailures(RunDocument):
    """A run with the pages that could not be read."""

    failures: list[RunFailure]

    @classmethod
    def with_failures(cls, run: RunView, failures: Iterable[Mapping[str, str]]) -> Self:
        """Return one row of the ledger with its failures, as a run's report has them."""
        return cls(**vars(RunDocument.of(run)), failures=list(failures))


class RunResult(JsonDocument):
    """What came of a run, counted by outcome; ``checked`` is the sum of the others."""

    run_id: int
    source: str
    counts: dict[str, int]
    failures: list[RunFailure]
    seconds: float


class ImportedFile(JsonDocument):
    """A file and a report in it; ``how`` says what identified the report, or ``none``."""

    file: str
    report: str
    how: str


class ImportResult(RunResult):
    """What came of an import: one entry for each file and report."""

    files: list[ImportedFile]


class CaptureCounts(JsonDocument):
    """Captures of the Internet Archive: listed, stored already, fetched, left out."""

    listed: int
    known_digest: int
    fetched: int
    skipped: int


class BackfillResult(RunResult):
    """What came of a backfill; ``corroborated`` counts changes that captures bear out."""

    captures: CaptureCounts
    corroborated: int


class RereadCounts(JsonDocument):
    """How many stored versions were read again, and how many read differently."""

    checked: int
    same: int
    different: int
    unreadable: int


class RereadDifferenceDocument(JsonDocument):
    """A version that two revisions of the reader read differently, in which parts."""

    report: str
    version: int
    parts: list[str]
    words_added: int
    words_removed: int


class UnreadableDocument(JsonDocument):
    """A version in whose stored page the present reader does not find the report."""

    report: str
    version: int
    reason: str


class RereadResult(JsonDocument):
    """What came of reading stored pages again; a trial stores nothing and has no run."""

    source: str
    reader_revision: int
    run_id: int | None
    is_trial: bool
    counts: RereadCounts
    different: list[RereadDifferenceDocument]
    unreadable: list[UnreadableDocument]
    seconds: float


class ReviewDocument(JsonDocument):
    """A text, or an edition's removals, that wait for a decision, and the command to decide."""

    review: int
    state: str
    source: str
    url: str
    country: str
    edition: str
    is_edition_inferred: bool
    why: str
    text_sha256: str
    decide: str

    @classmethod
    def of(cls, waiting: ReviewView) -> Self:
        """Return one entry of ``review``."""
        return cls(
            review=waiting.id,
            state=waiting.state,
            source=waiting.source,
            url=waiting.url,
            country=waiting.country,
            edition=waiting.edition,
            is_edition_inferred=bool(waiting.edition) and waiting.state == "open",
            why=waiting.why,
            text_sha256=waiting.text_sha256,
            decide=_how_to_decide(waiting),
        )


def _how_to_decide(waiting: ReviewView) -> str:
    if waiting.state == "mass":
        return f"reportwatch review {waiting.id} --release"
    if waiting.state == "held":
        return f"reportwatch review {waiting.id} --accept"
    country, edition = waiting.country or "COUNTRY", waiting.edition or "YEAR"
    return f"reportwatch review {waiting.id} --country {country} --edition {edition}"


class ReviewDecided(JsonDocument):
    """What came of a decision; ``report`` is null if no text was recorded.

    ``removed`` are the reports whose removal was released.
    """

    review: int
    source: str
    url: str
    report: str | None
    outcome: str
    removed: list[str]
