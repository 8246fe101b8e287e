"""Word what a check of freshness finds: what is wrong, since when, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from reports.text.plain import one_line
from reports.watch.alarm import AlarmKind, Finding
from reports.watch.outcome import came_to_nothing, unread_count
from reports.watch.promise import Promise
from reports.wording.changes import counted
from scrapers.registry import all_sources
from storage.watch.listings import PoorListing
from storage.watch.runs import RunView
from storage.watch.sources import EndedRun

MOST_SAID = 300
"""Characters of a run's own error that are repeated."""


def broken_promise(promise: Promise, last: EndedRun | None, under_way: RunView | None) -> Finding:
    """Return the finding that a source was not read within the hours promised."""
    read = f"last read well on {_moment(promise.since)}"
    if promise.last_ok_at is None:
        read = f"never read well since its schedule was first seen on {_moment(promise.since)}"
    runs = [f"The last run, {_outcome(last)}." if last else "No run of all of it has ended yet."]
    if under_way:
        runs.append(f"Run {under_way.id} is under way since {_moment(under_way.started_at)}.")
    return Finding(
        AlarmKind.FRESHNESS,
        promise.source,
        f"Not read in time: {read}, promised every {promise.hours:g} hours; the promise is broken "
        f"since {_moment(promise.broken_at)}. {' '.join(runs)} Until it is read again, nobody "
        "learns what changes there.",
        _address(promise.source),
        f"`reportwatch ingest {promise.source}` reads it now and says what fails; "
        "`reportwatch doctor --publishers` says whether this machine and the publisher's site are "
        "well.",
        is_fault=True,
    )


def blocked_run(last: EndedRun, urls: Sequence[str]) -> Finding | None:
    """Return the finding that a run came to nothing, None where it came to something."""
    if not (why := _nothing(last)):
        return None
    return Finding(
        AlarmKind.RUN_BLOCKED,
        last.source,
        f"The last run came to nothing: run {last.id} ({_started_by(last)}, ended "
        f"{_moment(last.ended_at)}) {why}. Nothing was recorded as gone.",
        tuple(urls) or _address(last.source),
        f"`reportwatch ingest {last.source}` tries again; where pages are refused, set "
        "REPORTWATCH_CONTACT, keep REPORTWATCH_DELAY, and wait before you try.",
    )


def poor_listing(found: PoorListing) -> Finding:
    """Return the finding that an edition's listing was not read whole."""
    names = "names no report that could be read"
    if found.link_count:
        names = f"names {counted(found.link_count, 'report')}"
    held = f"the last good one named {found.good_count:,}"
    source = all_sources().get(found.source)
    return Finding(
        AlarmKind.LISTING_FLOOR,
        found.edition,
        f"Edition {found.edition}: its listing, read on {_moment(found.read_at)}, {names}; "
        f"{held if found.good_count else 'it was never read well'}. Its known reports are looked "
        "at all the same; no removal is concluded, and a report that is new may be missed.",
        (source.index_url(found.edition),) if source else (),
        f"Look at the page; `reportwatch ingest {found.source} --edition {found.edition}` reads it "
        "again.",
    )


def stopped_scheduler(last: datetime, interval: timedelta, patience: timedelta) -> Finding:
    """Return the finding that no scheduled check has come for too long."""
    due, most = (each // timedelta(minutes=1) for each in (interval, patience))
    return Finding(
        AlarmKind.SCHEDULER,
        "scheduler",
        f"The scheduler has stopped: its last sign of life was on {_moment(last)}, and one is due "
        f"every {due} minutes ({most} are allowed). No scheduled run starts until it works again.",
        (),
        "`reportwatch doctor` says what does not answer. Stop `reportwatch up` and start it again; "
        "its logs are `logs/prefect.log` and `logs/runner.log` in the home folder. In the Prefect "
        "interface, the schedule of `check` must not be paused.",
        is_fault=True,
    )


def _nothing(run: EndedRun) -> str:
    """Say in what way a run came to nothing, ``""`` for one that came to something."""
    if run.state == "crashed":
        return "crashed: its process was killed or cancelled, or the machine stopped"
    if run.state == "failed":
        return f"failed: {_said(run.error)}"
    said = []
    if came_to_nothing(run.counts):
        unread, checked = unread_count(run.counts), run.counts["checked"]
        said.append(f"had {unread:,} of {checked:,} pages refused or unanswered")
    if run.listing_count and not run.link_count:
        said.append(f"found no listing: {_said(run.error)}")
    return " and ".join(said)


def _outcome(run: EndedRun) -> str:
    ended = f"run {run.id} ({_started_by(run)}), ended on {_moment(run.ended_at)}"
    why = _nothing(run)
    if not why:
        why = f"looked at {counted(run.counts.get('checked', 0), 'page')}"
        why += f", but: {_said(run.error)}" if run.error else ""
    return f"{ended} and {why}"


def _started_by(run: EndedRun) -> str:
    return run.trigger.replace("_", " ")


def _said(error: str) -> str:
    return one_line(error, MOST_SAID).rstrip(".") or "it left no reason"


def _address(source: str) -> tuple[str, ...]:
    known = all_sources().get(source)
    return (known.collection_url,) if known else ()


def _moment(when: datetime) -> str:
    utc = when.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M} UTC"
