"""The shapes of the API's documents, for its description. The tests hold them against answers."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

Json = dict[str, Any]


class Latest(TypedDict):
    """The version captured last."""

    number: int
    text_sha256: str
    first_seen_at: str
    last_seen_at: str


class Report(TypedDict):
    """One report held: source, edition, country and part are its name."""

    report: str
    source: str
    edition: str
    country: str
    part: str
    title: str
    state: str
    versions: int
    locations: list[str]
    latest: Latest


class SectionText(TypedDict):
    """One section as read; ``subheadings`` are places in ``blocks``."""

    number: str
    heading: str
    blocks: list[str]
    words: int
    section_sha256: str
    subheadings: list[int]


class Issues(TypedDict):
    """The issue list: its status (listed, none_reported, unparsed), items, and why not."""

    status: str
    items: list[Json]
    reason: str
    leads: list[Json]


class Show(TypedDict):
    """What one version of a report says."""

    report: str
    version: int
    title: str
    published_on: str
    heading: str
    blocks: list[str]
    notes: list[str]
    note_details: list[Json]
    text_sha256: str
    payload_sha256: str
    reader_revision: int
    sections: list[SectionText]
    issues: Issues
    facts: dict[str, Json | None]
    taxonomy: Json
    locations: list[str]
    captured_at: str


class Version(TypedDict):
    """One version in a report's history."""

    version: int
    captured_at: str
    last_seen_at: str
    title: str
    text_sha256: str
    payload_sha256: str
    report_sha256: str
    reader_revision: int
    words: int
    url: str


class Difference(TypedDict):
    """Two versions laid over each other, word by word."""

    report: str
    from_version: int
    to_version: int
    words_added: int
    words_removed: int
    words_moved: int
    issues_added: list[str]
    issues_removed: list[str]
    issues_reworded: list[Json]
    moves: list[Json]
    summary: list[list[Json]]
    sections: list[Json]


class Change(TypedDict):
    """One change; its number never means another one."""

    change: int
    kind: str
    report: str
    from_version: int | None
    to_version: int | None
    detected_at: str
    words_added: int
    words_removed: int
    issues_added: list[str]
    issues_removed: list[str]
    issues_reworded: list[Json]
    notes_added: list[str]
    notes_removed: list[str]
    topic: str
    returned_to: int
    summary_line: str
    url: str
    is_baseline: bool
    is_held: bool
    corroborated: bool
    corroborated_by: list[Json]


class Source(TypedDict):
    """One source and how it stands."""

    source: str
    publisher: str
    reader_revision: int
    editions: list[str]
    reports: int
    last_ok_at: str | None
    state: str
    alarms: list[Json]


class Plan(TypedDict):
    """What a source is asked next and why."""

    source: str
    now: str | None
    due: int
    hosts: list[Json]
    hints: list[Json]
    entries: list[Json]


class Topics(TypedDict):
    """Reports per topic and edition, vanished and new topics."""

    source: str
    countries: list[str]
    editions: list[Json]
    topics: list[Json]
    comparisons: list[Json]
    vanished: list[Json]
    new: list[Json]
    notice: str


class Run(TypedDict):
    """One row of the ledger; ``planned`` is null until it is known what to look at."""

    run: int
    source: str
    state: str
    trigger: str
    orchestrator: str
    flow_run: str
    parameters: Json
    counts: dict[str, int]
    planned: int | None
    error: str
    started_at: str
    ended_at: str | None
    seconds: float | None


class RunFailure(TypedDict):
    """A page that a run looked at in vain."""

    url: str
    outcome: str
    reason: str


class RunWithFailures(Run):
    """A run with its failures."""

    failures: list[RunFailure]


class Review(TypedDict):
    """A text that waits for a decision."""

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


class Alert(TypedDict):
    """One change for one recipient, and what became of it."""

    alert: int
    change: int
    report: str
    address: str
    channel: str
    state: str
    attempts: int
    due_at: str
    message_id: str
    last_error: str
    summary_line: str


class Subscription(TypedDict):
    """What one address is told of; secrets hidden."""

    subscription: int
    address: str
    channel: str
    state: str
    countries: list[str]
    regions: list[str]
    sources: list[str]
    editions: list[str]
    topics: list[str]
    sections: list[str]
    kinds: list[str]
    least: str
    every: str
    time_zone: str
    digest_hour: int
    quiet_hours: str
    set_aside_why: str


class ConfirmationSent(TypedDict):
    """An address that was asked to confirm."""

    address: str
    state: str


class Removed(TypedDict):
    """A subscription that was deleted."""

    subscription: int
    removed: bool


class Problem(TypedDict):
    """An error (RFC 9457): ``detail`` says what to do, and ``error`` repeats it."""

    type: str
    title: str
    status: int
    detail: str
    error: str
