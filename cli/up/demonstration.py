"""Show the whole walk on the bundled sample site: every step of its timeline and every mail.

The real parts do the work: the runner starts each run as a Prefect deployment run, the courier
delivers over SMTP to a mail sink (or to the SMTP server that is set). What is seen is held against
what the timeline announces, and a difference ends in exit code 1.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from pydantic import SecretStr

from cli.output.results import Refusal, note, print_json, say
from cli.up.ports import free_port
from cli.up.supervisor import Extra, Supervisor, run_until_signal
from deployments.sample_site import SampleSite, Step
from documents.operations import Demonstration, DemonstrationStep
from flows.prefect_api import INGEST, PrefectRefused, Server, follow, trigger
from reports.model.values import Change
from reports.notices.states import AlertState
from reports.notices.subscription import Channel, SubscriptionFilter
from reports.wording.alarms import alarm_title
from services.assembly import Parts, open_parts
from services.settings import UNSET, Settings
from services.waiting import wait_for

SOURCE = "sample-hrr"
SUBSCRIBER = "reader@example.org"
PLAN = Path(__file__).parents[2] / "deployments" / "sample.yaml"
MARKER = "made-by-the-demonstration"
DELIVERY_SECONDS = 30.0
SHOWN_LINES = 60


@dataclass
class _Stage:
    """The running parts of the demonstration, and what has been shown so far."""

    settings: Settings
    server: Server
    site: str
    mails: Path
    shown: set[str] = field(default_factory=set)
    alarms: set[int] = field(default_factory=set)
    last_change: int = 0


def demonstrate(settings: Settings, *, is_once: bool, as_json: bool) -> int:
    """Run every step of the timeline; keep everything running afterwards unless ``is_once``.

    Raises UpRefused where the parts cannot be started, and Refusal for a home folder that holds
    something else.
    """
    chosen, extra, site = _arrange(settings)
    supervisor = Supervisor(chosen, PLAN, extra)
    results: list[DemonstrationStep] = []

    def show() -> None:
        stage = _Stage(chosen, supervisor.server, site, chosen.home / "mail")
        results.extend(_play(stage))
        say(f"\n{'=' * 78}")
        if is_once:
            supervisor.end()
            note("the servers are stopped; without ONCE=1 they are left running, to be looked at")
        else:
            _tell_addresses(supervisor, stage)
            note("everything is left running; stop with Ctrl-C")
        say(f"Mails        {stage.mails}")
        say(f"Database     {stage.settings.home / 'reportwatch.sqlite'}")
        if as_json:
            monitor = supervisor.addresses.monitor_url
            print_json(Demonstration(steps=results, monitor=monitor))

    run_until_signal(supervisor, show)
    return 0 if results and all(step.as_announced for step in results) else 1


def _arrange(settings: Settings) -> tuple[Settings, list[Extra], str]:
    """Choose ports, a fresh home folder, and settings under which days pass in seconds."""
    home = settings.home.absolute() / "sample"
    _make_fresh(home)
    site_port = free_port(8810, "the sample site")
    extra = [Extra("sample-site", _module("deployments.sample_site", "--port", str(site_port)))]
    site = f"http://127.0.0.1:{site_port}"
    port = free_port(settings.port, "the monitor")
    chosen: dict[str, Any] = {
        "home": home,
        "database_url": UNSET,
        "via": site,
        "delay": 0.0,
        "gone_checks": 2,
        "gone_hours": 0.0,
        "port": port,
        "public_url": settings.public_url or f"http://127.0.0.1:{port}",
    }
    if not settings.smtp_url:
        sink_port = free_port(8825, "the mail sink")
        mails = ("--port", str(sink_port), "--dir", str(home / "mail"))
        extra.append(Extra("mail-sink", _module("alerts.sink", *mails)))
        chosen["smtp_url"] = SecretStr(f"smtp://127.0.0.1:{sink_port}")
    return settings.model_copy(update=chosen), extra, site


def _make_fresh(home: Path) -> None:
    if home.exists():
        if not (home / MARKER).exists():
            raise Refusal(f"{home} was not made by a demonstration; move it away first")
        shutil.rmtree(home)
    home.mkdir(parents=True)
    (home / MARKER).touch()


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


def _play(stage: _Stage) -> Iterator[DemonstrationStep]:
    """Go through the timeline: one run and one delivery a step."""
    with open_parts(stage.settings) as parts:
        _subscribe(parts)
        for step in SampleSite().timeline.steps:
            say(f"\n{'=' * 78}\nStep {step.number}: {step.name}\n{step.says}\n")
            _move_site(stage.site, step.number)
            _run(stage)
            changes = _new_changes(parts, stage)
            _show_changes(changes)
            _show_alarms(parts, stage)
            _await_delivery(parts)
            _show_mails(stage)
            is_announced = _is_as_announced(step, changes)
            if not is_announced:
                note(f"step {step.number} is not what the timeline announces: {step.changes}")
            yield DemonstrationStep(
                step=step.number,
                name=step.name,
                changes=[change.summary_line for change in changes],
                as_announced=is_announced,
            )


def _subscribe(parts: Parts) -> None:
    with parts.store.write() as unit:
        unit.subscriptions.add(
            SUBSCRIBER, Channel.EMAIL, SubscriptionFilter(sources=(SOURCE,)), parts.now()
        )
        unit.commit()


def _move_site(site: str, step: int) -> None:
    request = Request(f"{site}/__step", data=str(step).encode(), method="POST")  # noqa: S310
    with urlopen(request, timeout=10):  # noqa: S310  # nosec B310 # our own server on loopback
        pass


def _run(stage: _Stage) -> None:
    """Trigger the deployment and wait for its end; a run that failed is told and gone on from."""
    try:
        run = trigger(stage.server, INGEST, {"source": SOURCE})
        state = follow(stage.server, run, lambda _state: None)
    except PrefectRefused as error:
        raise Refusal(str(error)) from None
    say(f"{state.name}: {state.message}")


def _new_changes(parts: Parts, stage: _Stage) -> list[Change]:
    with parts.store.read() as unit:
        fresh = [each for each in unit.changes.find() if each.id > stage.last_change]
    stage.last_change = max([stage.last_change, *(each.id for each in fresh)])
    return sorted(fresh, key=lambda each: each.id)


def _show_changes(changes: list[Change]) -> None:
    baseline = [each for each in changes if each.is_baseline]
    if baseline:
        say(f"{len(baseline)} reports recorded as the baseline: known now, and no news")
    for change in changes:
        if not change.is_baseline:
            say(f"  {change.kind.value:<10} {change.summary_line}")
    if not changes:
        say("nothing changed, and nobody is notified")


def _show_alarms(parts: Parts, stage: _Stage) -> None:
    with parts.store.read() as unit:
        fresh = [each for each in unit.alarms.open(SOURCE) if each.id not in stage.alarms]
    for each in fresh:
        stage.alarms.add(each.id)
        say(f"  for operators: {alarm_title(each.kind)} ({stage.settings.public_url}/alarms)")


def _await_delivery(parts: Parts) -> None:
    """Wait for the courier to send what the step made due."""
    waiting = [AlertState.DUE.value, AlertState.CLAIMED.value]

    def counts() -> Mapping[str, int]:
        with parts.store.read() as unit:
            return unit.alerts.counts()

    def is_sent() -> bool:
        return not any(map(counts().get, waiting))

    if not wait_for(is_sent, DELIVERY_SECONDS, pause=0.2):
        note(f"some mails were not sent within {DELIVERY_SECONDS:.0f} s: {counts()}")


def _show_mails(stage: _Stage) -> None:
    """Print the first new mail whole, and the subjects of the others."""
    if not stage.mails.is_dir():
        return
    fresh = sorted(path for path in stage.mails.glob("*.eml") if path.name not in stage.shown)
    stage.shown.update(path.name for path in fresh)
    mails = [_read(path) for path in fresh]
    if not mails:
        return
    first, *others = mails
    body = first.get_body(("plain",))
    lines = str(body.get_content()).splitlines() if body else []
    say(f"\n  The mail to {first['To']}:\n  Subject: {first['Subject']}\n")
    for line in lines[:SHOWN_LINES]:
        say(f"  | {line}")
    if len(lines) > SHOWN_LINES:
        say(f"  | … {len(lines) - SHOWN_LINES} more lines")
    for other in others:
        say(f"  And a mail: {other['Subject']}")


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def _is_as_announced(step: Step, changes: list[Change]) -> bool:
    seen: dict[str, set[str]] = {}
    for change in changes:
        name = str(change.report).removeprefix(f"{SOURCE}/")
        seen.setdefault(change.kind.value, set()).add(name)
    announced = {kind: set(names) for kind, names in step.changes.items()}
    return seen == announced


def _tell_addresses(supervisor: Supervisor, stage: _Stage) -> None:
    say(f"Monitor      {supervisor.addresses.monitor_url}")
    say(f"Prefect UI   {supervisor.addresses.ui_url}")
    say(f"Sample site  {stage.site}")
