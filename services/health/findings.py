"""Word what a check finds, of sources and of deliveries: what is wrong, since when, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from reports.notices.address import shown_address
from reports.notices.subscription import SubscriberState
from reports.text.plain import counted, one_line
from reports.watch.alarm import MOST_EXAMPLES, AlarmKind, Finding
from reports.watch.outcome import came_to_nothing, unread_count
from reports.watch.promise import Promise
from scrapers.registry import all_sources
from services.health.canary import missed_since
from services.settings import Settings
from storage.unit import Unit
from storage.watch.listings import PoorListing
from storage.watch.runs import RunView
from storage.watch.sources import EndedRun

UNTRIED_FOR = timedelta(minutes=30)
"""How long a message that is due may wait for a first attempt."""

EMPTY_FOR = timedelta(days=7)
"""How long a message that would have shown no difference is reported."""

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
        gist=f"{promise.since}",
    )


def blocked_run(last: EndedRun, urls: Sequence[str]) -> Finding | None:
    """Return the finding that a run came to nothing, None if it came to something."""
    if not (why := _nothing(last)):
        return None
    return Finding(
        AlarmKind.RUN_BLOCKED,
        last.source,
        f"The last run came to nothing: run {last.id} ({_started_by(last)}, ended "
        f"{_moment(last.ended_at)}) {why}. Nothing was recorded as gone.",
        tuple(urls) or _address(last.source),
        f"`reportwatch ingest {last.source}` tries again; if pages are refused, set "
        "REPORTWATCH_CONTACT, keep REPORTWATCH_DELAY, and wait before you try.",
        gist=last.state,  # each run of it says more of the same
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
        gist=f"{found.link_count} of {found.good_count}",
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


def nobody_attends(last: datetime | None) -> Finding:
    """Return the finding that nobody does beside the workers what `up` does besides running."""
    since = f"Nobody attends since {_moment(last)}" if last else "Nobody ever attended"
    return Finding(
        AlarmKind.ATTEND,
        "attend",
        f"{since}: runs whose process died stay open, and mails leave every five minutes only.",
        (),
        "Start `reportwatch attend`, as a service that is restarted, on one machine or several.",
    )


def delivery_findings(unit: Unit, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Find what stands between changes and their readers."""
    state = unit.outbox.state(now, now - EMPTY_FOR)
    if state.dead:
        yield Finding(
            AlarmKind.DEAD_LETTERS,
            "outbox",
            f"{counted(state.dead, 'message')} could not be delivered and will not be tried again: "
            f"{'; '.join(state.reasons[:3])}.",
            (),
            "`reportwatch alerts --state dead` lists them; `reportwatch alerts retry` makes them "
            "due again, `reportwatch alerts drop` sets them aside.",
        )
    aside = [each for each in unit.subscribers.all() if each.state is SubscriberState.SET_ASIDE]
    if aside:
        yield Finding(
            AlarmKind.SET_ASIDE,
            "readers",
            f"Set aside, since they do not take what is sent: {len(aside):,} of the addresses. "
            "Nothing more is sent there.",
            tuple(shown_address(each.address) for each in aside[:MOST_EXAMPLES]),
            "`reportwatch subscribers` says why. `reportwatch subscribers revive ADDRESS` switches "
            "one on again, `reportwatch unsubscribe ADDRESS` deletes it.",
        )
    if state.empty:
        yield Finding(
            AlarmKind.EMPTY_MESSAGE,
            "outbox",
            f"{counted(state.empty, 'message')} would have shown no difference and was not sent: "
            "a fault of this program.",
            (),
            "`reportwatch alerts --state dropped` names the changes; please report them.",
        )
    if held_since := unit.hold.since():
        yield Finding(
            AlarmKind.NEWS_HELD,
            "held",
            f"News are held since {held_since:%Y-%m-%d %H:%M} UTC: "
            f"{counted(unit.hold.waiting(), 'alert')} waiting, and nobody is sent any.",
            (),
            "`reportwatch alerts` lists them, `reportwatch alerts drop` sets some aside. "
            "`reportwatch alerts release` lets the others leave; with `--drop` all are set aside.",
        )
    if missed := missed_since(unit, settings, now):
        yield Finding(
            AlarmKind.CANARY,
            "canary",
            f"The canary sent on {missed:%Y-%m-%d %H:%M} UTC has not arrived. What readers are "
            "sent may not arrive either.",
            (),
            "`reportwatch alerts --state dead` and `reportwatch doctor` say whether messages "
            "leave; if they do, look into the canary's mailbox and at what the mail server says.",
            is_fault=True,
        )
    yield from _overdue(state.untried, state.untried_since, settings, now)


def _overdue(
    count: int, since: datetime | None, settings: Settings, now: datetime
) -> Iterator[Finding]:
    if since is None or now - since < UNTRIED_FOR:
        return
    missing = "" if settings.smtp_url else " REPORTWATCH_SMTP_URL is not set."
    yield Finding(
        AlarmKind.OVERDUE,
        "outbox",
        f"{counted(count, 'message')} waits to be sent since {since:%Y-%m-%d %H:%M} UTC and was "
        f"not tried.{missing}",
        (),
        "`reportwatch deliver` sends what is due and says what is wrong; `reportwatch doctor` says "
        "whether the mail server answers.",
        is_fault=True,
    )


def _nothing(run: EndedRun) -> str:
    """Say in what way a run came to nothing, ``""`` for one that came to something."""
    if run.state == "crashed":
        return "crashed: its process was killed or cancelled, or the machine stopped"
    said = []
    if came_to_nothing(run.counts):
        unread, checked = unread_count(run.counts), run.counts["checked"]
        said.append(f"had {unread:,} of {checked:,} pages refused or unanswered")
    if run.listing_count and not run.link_count:
        said.append(f"found no listing: {_said(run.error)}")
    if run.state == "failed" and not said:
        return f"failed: {_said(run.error)}"
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
