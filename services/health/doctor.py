"""Examine an installation by hand: what works, what does not, and what to do about it."""

from __future__ import annotations

import shlex
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from alerts.failures import DeliveryFailure
from alerts.mail import Postman
from alerts.smtp_url import parse_smtp_url
from reports.text.plain import counted
from reports.watch.alarm import FRESHNESS_KINDS, AlarmKind
from reports.wording.citation import stamp
from scrapers.discover.index_pages import read_index
from scrapers.fetch.robots import RobotsState
from scrapers.fetch.urls import host_of
from scrapers.registry import all_sources
from scrapers.source import Source
from services.agreed_settings import differences, is_agreed
from services.assembly import Parts, ensure_home, open_parts
from services.encryption import OF_ANOTHER_HOME
from services.gates import probing_gate
from services.health.accounts import other_people
from services.health.backup_age import OLD_BACKUP, last_backup
from services.health.freshness import Judgement, judge
from services.health.promises import ATTEND_PULSE
from services.private_files import open_to_others
from services.settings import BadSetting, Settings, load_settings
from storage.database.errors import StorageError
from storage.readers.addresses import UNREADABLE
from storage.texts.places import place_at, shown
from storage.unit import Unit

MEGABYTE = 1024 * 1024
LITTLE_SPACE = 1024 * MEGABYTE
TOO_LITTLE_SPACE = 200 * MEGABYTE
"""Below this a run may not be recorded: a first crawl of one source takes about as much."""

SMTP_SECONDS = 10.0
MOST_NAMED = 3
NO_OBJECT = "00-asked-for-by-doctor"
CLOCK_SLACK = timedelta(minutes=5)

SILENCE = timedelta(minutes=1)
"""Whoever attends shows it every few seconds, and another takes over within a minute."""


class Status(StrEnum):
    """How one thing stands."""

    OK = "ok"
    WARN = "warn"
    FAULT = "fault"


@dataclass(frozen=True)
class Examined:
    """One thing examined: what was seen, and what to do where that is not well."""

    name: str
    status: Status
    says: str
    remedy: str = ""


def examine(scheduler: Callable[[Settings], Examined], *, with_publishers: bool) -> list[Examined]:
    """Examine settings, folder, disk, mail, contact, scheduler, database, freshness, in this order.

    ``scheduler`` examines what runs the flows, which services do not know.
    ``with_publishers`` asks each watched source's site too: two requests a source. No alarm is
    raised or cleared and nothing is sent.
    """
    try:
        settings = load_settings()
    except BadSetting as error:
        return [Examined("settings", Status.FAULT, str(error), "Correct this setting.")]
    found = [
        Examined("settings", Status.OK, "every setting can be used"),
        *_home(settings),
        *_people(settings),
        _mail(settings),
        _operator(settings),
        _contact(settings),
        scheduler(settings),
    ]
    if any(each.name == "home" and each.status is Status.FAULT for each in found):
        return found
    return [*found, *_database(settings, with_publishers=with_publishers)]


def worst(found: list[Examined]) -> Status:
    """Return the worst status of all."""
    seen = {each.status for each in found}
    return next((each for each in (Status.FAULT, Status.WARN) if each in seen), Status.OK)


def _home(settings: Settings) -> Iterator[Examined]:
    home = settings.home.absolute()
    try:
        ensure_home(home)
        with tempfile.TemporaryFile(dir=home):
            pass
        free = shutil.disk_usage(home).free
    except (BadSetting, OSError) as error:
        why = str(getattr(error, "strerror", None) or error)
        remedy = "Make the folder writable, or name another in REPORTWATCH_HOME."
        yield Examined("home", Status.FAULT, f"{home} cannot be written: {why}", remedy)
        return
    yield Examined("home", Status.OK, f"{home} can be written")
    yield from _modes(home)
    yield _disk(free)


def _modes(home: Path) -> Iterator[Examined]:
    """Say which of the home folder's files other users of this machine can read."""
    found = open_to_others(home)
    if not found:
        return
    mode = stat.S_IMODE(found[0].stat().st_mode)
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    yield Examined(
        "modes",
        Status.WARN,
        f"other users of this machine can get into {found[0]} (mode {mode:o}){more}",
        f"`chmod go= {' '.join(map(shlex.quote, map(str, found)))}`",
    )


def _people(settings: Settings) -> Iterator[Examined]:
    """Say who may operate the monitor because they have an account on this machine."""
    people = [] if settings.admin_password else other_people()
    if not people:
        return
    more = f" and {len(people) - MOST_NAMED} more" if len(people) > MOST_NAMED else ""
    yield Examined(
        "password",
        Status.WARN,
        "the monitor asks nobody on this machine for a password, and others have accounts here: "
        f"{', '.join(people[:MOST_NAMED])}{more}",
        "Set REPORTWATCH_ADMIN_PASSWORD; `reportwatch access hash` makes a hash to put there.",
    )


def _disk(free: int) -> Examined:
    says = f"{free // MEGABYTE:,} MB are free in the home folder"
    status = Status.OK
    if free < LITTLE_SPACE:
        status = Status.FAULT if free < TOO_LITTLE_SPACE else Status.WARN
    remedy = "" if status is Status.OK else "Free some space; what was committed is safe."
    return Examined("disk", status, says, remedy)


def _mail(settings: Settings) -> Examined:
    if not settings.smtp_url:
        says = "no mail server is set: alerts and alarms are kept, and nobody gets them"
        return Examined("mail", Status.WARN, says, "Set REPORTWATCH_SMTP_URL.")
    server = parse_smtp_url(settings.smtp_url.get_secret_value())
    try:
        with Postman(server, SMTP_SECONDS) as postman:
            postman.greet()
    except DeliveryFailure as error:
        remedy = "Check REPORTWATCH_SMTP_URL, and that the server can be reached from here."
        return Examined("mail", Status.FAULT, error.reason, remedy)
    return Examined("mail", Status.OK, f"{server.host}:{server.port} answers; nothing was sent")


def _operator(settings: Settings) -> Examined:
    if settings.operator:
        return Examined("operator", Status.OK, f"alarms are mailed to {settings.operator}")
    says = "alarms are shown in the monitor and mailed to nobody"
    return Examined("operator", Status.WARN, says, "Set REPORTWATCH_OPERATOR to your address.")


def _contact(settings: Settings) -> Examined:
    if settings.contact:
        says = f"publishers see {settings.contact} in the User-Agent"
        return Examined("contact", Status.OK, says)
    says = "publishers cannot see whom to write to about the requests: no contact is set"
    return Examined("contact", Status.WARN, says, "Set REPORTWATCH_CONTACT to your address.")


def _database(settings: Settings, *, with_publishers: bool) -> list[Examined]:
    try:
        with open_parts(settings) as parts:
            return list(_of_parts(parts, with_publishers=with_publishers))
    except StorageError as error:
        remedy = "See “What to do when …” in `docs/operations/trouble.md`."
        return [Examined("database", Status.FAULT, str(error), remedy)]


def _of_parts(parts: Parts, *, with_publishers: bool) -> Iterator[Examined]:
    now = parts.now()
    with parts.store.write() as unit:  # a database that can be read may still refuse to be written
        revision, counts = unit.audit.revision(), unit.reports.counts()
        judged = judge(unit, parts.settings, now)
        newest = _newest(unit)
        backed_up_at = last_backup(unit)
        rests = unit.hosts.rests(now, parts.settings.via)
        unread = [x for x in unit.subscribers.all() if x.address.startswith(UNREADABLE)]
        others = [each for each in unit.alarms.unacknowledged() if each.kind not in FRESHNESS_KINDS]
    held = f"{counted(counts['reports'], 'report')} in {counted(counts['versions'], 'version')}"
    yield Examined("database", Status.OK, f"at schema {revision}, can be written; {held}")
    yield _clock(newest, now)
    yield _backups(parts.settings, backed_up_at, now)
    yield from _machines(parts)
    if unread:
        says = f"{counted(len(unread), 'webhook or chat room')} cannot be read: {OF_ANOTHER_HOME}"
        remedy = "If it is lost: `reportwatch unsubscribe` each of them, and subscribe them anew."
        yield Examined("secret", Status.FAULT, says, remedy)
    yield from _places(parts)
    yield from _freshness(judged)
    yield from (_left_alone(host, until) for host, until in rests.items())
    if others:
        says = f"{counted(len(others), 'alarm')} about how pages read"
        yield Examined("alarms", Status.WARN, says, "`reportwatch alarms` shows them.")
    if with_publishers:
        for source, is_well, says in _probe_publishers(parts, [p.source for p in judged.promises]):
            remedy = "" if is_well else "Open the address in a browser; wait before you ask again."
            status = Status.OK if is_well else Status.FAULT
            yield Examined(f"publisher {source}", status, says, remedy)


def _places(parts: Parts) -> Iterator[Examined]:
    """Examine the places outside the database in which payloads lie; nothing is written there."""
    with parts.store.read() as unit:
        shares = [each for each in unit.payload_moves.shares() if each.payloads]
    chosen = parts.settings.payloads
    for each in shares:
        held = f"{counted(each.payloads, 'payload')} in {shown(each.address)}"
        if not each.address:
            if chosen:
                says = f"{held}, to be put away to {shown(chosen)}"
                yield Examined(
                    "payloads", Status.OK, says, "`reportwatch db payloads` does it now."
                )
            continue
        try:
            place_at(each.address).get([NO_OBJECT])
        except StorageError as error:
            says, remedy = f"{held} cannot be read: {error}", "See docs/operations/data.md."
            yield Examined("payloads", Status.FAULT, says, remedy)
        else:
            yield Examined("payloads", Status.OK, f"{held}, which answers")


def _probe_publishers(parts: Parts, names: Iterable[str]) -> Iterator[tuple[str, bool, str]]:
    """Yield a source's name, whether its site is well, and what was seen; records nothing."""
    for name in names:
        source = all_sources().get(name)
        if source:
            yield name, *_probe(parts, source)


def _probe(parts: Parts, source: Source) -> tuple[bool, str]:
    with parts.store.read() as unit:
        edition = max([*unit.listings.editions(source.name), *source.editions])
        last_good = unit.listings.last_good_count(source.name, edition)
    with probing_gate(parts, source) as gate:
        listing = read_index(gate, source, edition, last_good=last_good)
        robots = gate.robots_states().get(host_of(urlsplit(listing.url)))
    said = "robots.txt could not be read" if robots is RobotsState.UNREACHABLE else "robots.txt: ok"
    if not listing.is_good:
        return False, f"{listing.url}: {listing.fault}; {said}"
    return True, f"{listing.url} lists {len(listing.links):,} reports; {said}"


def _left_alone(host: str, until: datetime) -> Examined:
    says = f"{host} asked to be left alone (Retry-After): no run asks it before {stamp(until)}"
    remedy = "Wait. `reportwatch ingest --despite-retry-after` asks it all the same."
    return Examined("left alone", Status.WARN, says, remedy)


def _newest(unit: Unit) -> datetime | None:
    """Return the latest time that anything wrote into the database."""
    times = [each.ended_at or each.started_at for each in unit.runs.latest(1)]
    return max([*times, *unit.heartbeats.all().values()], default=None)


def _clock(newest: datetime | None, now: datetime) -> Examined:
    if newest and newest > now + CLOCK_SLACK:
        says = f"it is {stamp(now)} here, and the database was written at {stamp(newest)}"
        return Examined("clock", Status.FAULT, says, "Set the clock; let it be kept (NTP).")
    return Examined("clock", Status.OK, f"it is {stamp(now)}")


def _backups(settings: Settings, last: datetime | None, now: datetime) -> Examined:
    says = f"the last good one was made at {stamp(last)}" if last else "none was ever made"
    if settings.backups == "off" or (last and now - last < OLD_BACKUP):
        return Examined("backups", Status.OK, says)
    remedy = "`reportwatch db backup` makes one now; under `up` one is made every day."
    return Examined("backups", Status.WARN, says, remedy)


def _machines(parts: Parts) -> Iterator[Examined]:
    """Say whether settings are those of the other machines and who attends, where `deploy` ran."""
    if not is_agreed(parts):
        return
    if faults := differences(parts):
        remedy = "Set them alike on every machine, or `reportwatch deploy --accept-settings`."
        yield Examined("agreed settings", Status.FAULT, "; ".join(faults), remedy)
    else:
        yield Examined("agreed settings", Status.OK, "as on the other machines")
    with parts.store.read() as unit:
        last = unit.heartbeats.last(ATTEND_PULSE)
    if last is not None and parts.now() - last < SILENCE:
        yield Examined("attend", Status.OK, f"the last sign of life is of {stamp(last)}")
        return
    since = f"nobody attends since {stamp(last)}" if last else "nobody ever attended"
    says = f"{since}: runs whose process died stay open, and mails leave every five minutes only"
    yield Examined("attend", Status.FAULT, says, "Start `reportwatch attend`, as a service.")


def _freshness(judged: Judgement) -> Iterator[Examined]:
    for source, finding in judged.findings:
        if finding.kind is AlarmKind.ATTEND:
            continue  # examined by itself, and sooner
        status = Status.FAULT if finding.is_fault else Status.WARN
        says = f"{source}: {finding.text}"
        yield Examined(finding.kind.value, status, says, finding.remedy)
    found = {finding.kind for _, finding in judged.findings}
    if not judged.promises:
        says = "no source was ever read"
        yield Examined("freshness", Status.WARN, says, "`reportwatch ingest` reads one now.")
    elif AlarmKind.FRESHNESS not in found:
        yield Examined("freshness", Status.OK, _kept(judged))
    if judged.last_check_at and AlarmKind.SCHEDULER not in found:
        says = f"the last sign of life is of {stamp(judged.last_check_at)}"
        yield Examined("scheduler", Status.OK, says)


def _kept(judged: Judgement) -> str:
    """Say which promises are kept, and which still have their time."""
    waiting = [each.source for each in judged.promises if each.last_ok_at is None]
    says = f"{counted(len(judged.promises) - len(waiting), 'source')} read as promised"
    return f"{says}; scheduled and not read yet: {', '.join(waiting)}" if waiting else says
