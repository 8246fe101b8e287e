"""Many deliveries and one outbox: nothing lost, nothing twice, whatever is killed or refuses."""

from __future__ import annotations

import asyncio
import email
import email.policy
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from databases import Database
from walk_stage import Watch

from alerts.mail import Postman
from alerts.sink import Sink
from reports.notices.subscription import Channel, SubscriptionFilter

VICTIM = Path(__file__).with_name("victim.py")


def prepare(watch: Watch, readers: int) -> None:
    """Let one edit be due to so many readers."""
    watch.at(0)
    with watch.parts.store.write() as unit:
        for number in range(readers):
            unit.subscriptions.add(
                f"reader{number}@law.example", Channel.EMAIL, SubscriptionFilter(), watch.now
            )
        unit.commit()
    watch.at(2)


def worker(watch: Watch, database: Database, sink: Sink) -> subprocess.Popen[str]:
    """Start a process that delivers once it is told to."""
    facts = {
        "REPORTWATCH_HOME": str(watch.parts.settings.home),
        "REPORTWATCH_DATABASE_URL": database.url,
        "REPORTWATCH_SMTP_URL": sink.url,
    }
    child = subprocess.Popen(
        [sys.executable, str(VICTIM), "deliver"],
        env={**os.environ, **facts, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout
    assert child.stdout.readline() == "ready\n"
    return child


def go(child: subprocess.Popen[str]) -> None:
    assert child.stdin
    child.stdin.write("\n")
    child.stdin.flush()


def end(child: subprocess.Popen[str], *, is_killed: bool = False) -> None:
    if is_killed:
        child.kill()
    code = child.wait(120)
    for stream in (child.stdin, child.stdout):
        assert stream
        stream.close()
    assert is_killed or code == 0


def got(sink: Sink) -> Counter[tuple[str, str]]:
    """Count the mails that arrived by recipient and Message-ID."""
    policy = email.policy.default
    mails = [email.message_from_bytes(each.read_bytes(), policy=policy) for each in sink.mails()]
    return Counter((each["To"], each["Message-ID"]) for each in mails)


def states(watch: Watch) -> Counter[str]:
    with watch.parts.store.read() as unit:
        return Counter(each.state.value for each in unit.alerts.all())


def share(watch: Watch, database: Database, sink: Sink, readers: int) -> None:
    prepare(watch, readers)
    workers = [worker(watch, database, sink) for _ in range(2)]
    for child in workers:
        go(child)
    for child in workers:
        end(child)
    assert got(sink) == Counter({pair: 1 for pair in got(sink)})
    assert len(got(sink)) == readers
    assert states(watch) == {"sent": readers}


@pytest.mark.on_both
def test_two_workers_send_each_message_once(
    each_watch: Watch, database: Database, sink: Sink
) -> None:
    share(each_watch, database, sink, 60)


class Stuck(Sink):
    """A mail server that says nothing to the first mail until it is let go on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.is_stuck, self.goes_on = Event(), Event()

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if not self.is_stuck.is_set():
            self.is_stuck.set()
            await asyncio.to_thread(self.goes_on.wait, 60)
        return await super().handle_DATA(server, session, envelope)


def test_a_delivery_that_is_stuck_keeps_its_own_message_alone_from_others(
    watch: Watch, tmp_path: Path
) -> None:
    prepare(watch, 12)
    with Stuck(tmp_path / "mail") as server, ThreadPoolExecutor(1) as beside:
        watch.set(smtp_url=server.url)
        first = beside.submit(watch.deliver)
        assert server.is_stuck.wait(30)
        second = watch.deliver()
        assert second.document.as_json() == {"sent": 11, "retrying": 0, "dead": 0}
        assert not first.done()
        server.goes_on.set()
        assert first.result(60).document.as_json() == {"sent": 1, "retrying": 0, "dead": 0}
        assert got(server) == Counter({pair: 1 for pair in got(server)})
        assert len(got(server)) == 12
    assert states(watch) == {"sent": 12}


@pytest.mark.slow
def test_two_workers_send_a_thousand_messages_once(
    each_watch: Watch, database: Database, sink: Sink
) -> None:
    share(each_watch, database, sink, 1000)


def survive(watch: Watch, database: Database, sink: Sink, kills: int, seed: int) -> None:
    """Kill deliveries at random moments; at most the message in flight comes a second time."""
    readers = 12 * kills
    prepare(watch, readers)
    rolls = random.Random(seed)
    for _ in range(kills):
        child = worker(watch, database, sink)
        go(child)
        time.sleep(rolls.uniform(0.02, 0.25))
        end(child, is_killed=True)
    watch.set(smtp_url=sink.url)
    watch.now = datetime.now(UTC)  # the clock of those that were killed
    watch.deliver()
    found = got(sink)
    assert {to for to, _ in found} == {f"reader{n}@law.example" for n in range(readers)}
    assert len({name for _, name in found}) == readers  # a mail that comes again has its name
    assert sum(found.values()) - readers <= kills
    assert states(watch) == {"sent": readers}


def test_a_kill_loses_nothing_and_repeats_at_most_the_message_in_flight(
    each_watch: Watch, database: Database, sink: Sink
) -> None:
    survive(each_watch, database, sink, 5, seed=1)


@pytest.mark.slow
def test_fifty_kills_lose_nothing_and_repeat_at_most_what_was_in_flight(
    each_watch: Watch, database: Database, sink: Sink
) -> None:
    survive(each_watch, database, sink, 50, seed=2)


class Stormy(Sink):
    """A mail server whose mood changes: ``mood`` is what it does to the next mails."""

    mood = ""

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.mood == "close":
            server.transport.close()
        if self.mood == "sender 451":
            return "451 not now"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.mood == "recipient 450":
            return "450 greylisted"
        if self.mood == "recipient 550" and address.startswith("gone"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.mood == "data 452":
            return "452 full"
        if self.mood == "close in data":
            server.transport.close()
            return "421 closing"
        kept = await super().handle_DATA(server, session, envelope)
        if self.mood == "lost answer":  # taken, but its sender never learns so
            server.transport.close()
        return kept


MOODS = ("down", "hang", "close", "sender 451", "recipient 450", "data 452", "close in data")


def weather(watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Let a mail server have an hour of every mood, with edits going on, and then a calm one."""
    monkeypatch.setattr(Postman.__init__, "__defaults__", (0.2,))  # seconds, in place of thirty
    rolls = random.Random(seed)
    with Stormy(tmp_path / "mail") as server, _deaf() as silent:
        prepare(watch, 3)
        watch.subscribe("gone@law.example")
        began = watch.now
        step = 2
        while watch.now - began < timedelta(hours=1):
            mood = rolls.choice((*MOODS, "lost answer", "", "recipient 550"))
            server.mood = mood
            places = {"down": "smtp://127.0.0.1:1", "hang": f"smtp://127.0.0.1:{silent}"}
            watch.set(smtp_url=places.get(mood, server.url))
            watch.deliver()
            watch.now += timedelta(minutes=2)
            if step < 9 and rolls.random() < 0.15:
                step += 1
                watch.site.advance(step)
                watch.run()
                watch.now -= timedelta(hours=1)  # a run takes no time in this story
        server.mood = ""
        watch.set(smtp_url=server.url)
        for _ in range(8):
            watch.deliver()
            watch.now += timedelta(hours=1)
        found = got(server)
    with watch.parts.store.read() as unit:
        views = unit.alerts.all()
    for view in views:
        arrived = found[view.address, view.message_id]
        if view.state.value == "sent":
            assert arrived >= 1
        else:  # given up is only what a 5xx refused, and it says so
            assert (view.state.value, view.address) == ("dead", "gone@law.example")
            assert "550" in view.last_error
    assert {name for _, name in found} <= {view.message_id for view in views}


@contextmanager
def _deaf() -> Iterator[int]:
    """Give a port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield int(listening.getsockname()[1])


def test_an_hour_of_a_mail_servers_every_mood_loses_nothing(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weather(watch, tmp_path, monkeypatch, 3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 20))
def test_ten_hours_of_a_mail_servers_every_mood_lose_nothing(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    weather(watch, tmp_path, monkeypatch, seed)


def test_an_address_that_bounces_on_two_days_is_set_aside_and_can_be_revived(
    watch: Watch, tmp_path: Path
) -> None:
    with Stormy(tmp_path / "mail") as server:
        server.mood = "recipient 550"
        watch.set(smtp_url=server.url)
        watch.at(0)
        watch.subscribe("gone@law.example")
        watch.at(2)
        watch.deliver()
        watch.now += timedelta(days=2)
        watch.at(3)
        watch.deliver()
        with watch.parts.store.read() as unit:
            reader = unit.subscribers.named("gone@law.example")
            kinds = {each.kind for each in unit.alarms.open()}
        assert reader.state.value == "set_aside"
        assert "no such user" in reader.set_aside_why
        assert {"dead_letters", "set_aside"} <= kinds
        watch.at(5)
        watch.deliver()
        assert len(watch.alerts()) == 2  # nothing more is queued
