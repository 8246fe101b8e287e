"""The canary: through the real outbox to where it is read, and an alarm when it does not come."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from walk_stage import Watch

from alerts.sink import Sink
from services.health.canary import is_wanted, watch_canary
from services.health.freshness import check
from services.settings import BadSetting, load_settings

CANARY = "canary@law.example"


@pytest.fixture
def guarded(watch: Watch, sink: Sink) -> Watch:
    watch.set(smtp_url=sink.url, canary=CANARY, canary_read=sink.folder.as_uri())
    return watch


def turn(watch: Watch, minutes: int = 15, *, is_delivered: bool = True) -> list[str]:
    """Let a scheduled check pass, and a delivery; returns the kinds of alarms that are open."""
    watch_canary(watch.parts)
    check(watch.parts)
    if is_delivered:
        watch.deliver()
    watch.now += timedelta(minutes=minutes)
    with watch.parts.store.read() as unit:
        return [each.kind for each in unit.alarms.open()]


def test_a_canary_goes_out_every_hour_and_its_arrival_is_seen(guarded: Watch, sink: Sink) -> None:
    for _ in range(9):
        assert turn(guarded) == []
    assert len(sink.mails()) == 3
    with guarded.parts.store.read() as unit:
        assert unit.heartbeats.last("canary") is not None
        assert unit.subscribers.all() == []  # no reader
        assert unit.alerts.all() == []  # and no alert


def test_what_does_not_arrive_is_an_alarm_that_ends_when_one_arrives(
    guarded: Watch, sink: Sink, tmp_path: Path
) -> None:
    guarded.set(canary_read=(tmp_path / "elsewhere").as_uri())
    kinds = [turn(guarded) for _ in range(4)]
    assert kinds[0] == kinds[1] == []
    assert kinds[3] == ["canary"]
    guarded.set(canary_read=sink.folder.as_uri())
    assert turn(guarded) == []


def test_a_delivery_that_stands_still_is_an_alarm(guarded: Watch) -> None:
    kinds = [turn(guarded, is_delivered=False) for _ in range(4)]
    assert kinds[3] == ["canary"]


def test_without_a_place_to_read_it_no_canary_is_sent(watch: Watch, sink: Sink) -> None:
    watch.set(smtp_url=sink.url, canary=CANARY)
    assert not is_wanted(watch.parts.settings)
    for _ in range(5):
        assert turn(watch) == []
    assert sink.mails() == []


class Mailbox(socketserver.StreamRequestHandler):
    """As much of an IMAP server as a client needs that looks for a mail and deletes it."""

    subjects: dict[int, str]
    said: list[str]

    def handle(self) -> None:
        self.wfile.write(b"* OK IMAP4rev1 ready\r\n")
        self.deleted: set[int] = set()
        while line := self.rfile.readline().decode().strip():
            tag, _, command = line.partition(" ")
            self.said.append(command)
            verb = command.split()[0].upper()
            is_wrong = verb == "LOGIN" and "pass word" not in command
            told = "NO wrong" if is_wrong else "OK done"
            self.wfile.write(f"{self.answer(verb, command)}{tag} {told}\r\n".encode())
            if verb == "LOGOUT":
                return

    def answer(self, verb: str, command: str) -> str:
        if verb == "CAPABILITY":
            return "* CAPABILITY IMAP4rev1\r\n"
        if verb == "SELECT":
            return f"* {len(self.subjects)} EXISTS\r\n"
        if verb == "SEARCH":
            word = command.rpartition(" ")[2].strip('"')
            hits = [str(n) for n, subject in self.subjects.items() if word in subject]
            return f"* SEARCH {' '.join(hits)}\r\n"
        if verb == "STORE":
            self.deleted.add(int(command.split()[1]))
        if verb == "EXPUNGE":
            for number in self.deleted:
                del self.subjects[number]
        return ""


@pytest.fixture
def mailbox() -> Iterator[tuple[type[Mailbox], str]]:
    handler = type("Held", (Mailbox,), {"subjects": {}, "said": []})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield handler, f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_canary_is_found_in_a_mailbox_and_deleted_from_it_alone(
    guarded: Watch, sink: Sink, mailbox: tuple[type[Mailbox], str]
) -> None:
    handler, place = mailbox
    guarded.set(canary_read=f"imap://me:pass%20word@{place}/INBOX")
    turn(guarded)
    (mail,) = sink.mails()
    subject = next(line for line in mail.read_text().splitlines() if line.startswith("Subject: "))
    handler.subjects.update({1: "Something of somebody's", 2: subject})
    assert [turn(guarded) for _ in range(3)][-1] == []
    assert handler.subjects == {1: "Something of somebody's"}


def test_a_mailbox_that_cannot_be_read_is_said_without_its_password(
    guarded: Watch, mailbox: tuple[type[Mailbox], str], caplog: pytest.LogCaptureFixture
) -> None:
    guarded.set(canary_read=f"imap://me:secret@{mailbox[1]}/INBOX")
    kinds = [turn(guarded) for _ in range(4)]
    assert kinds[3] == ["canary"]
    assert "cannot be read" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("canary", "nobody"),
        ("canary_read", "imap://u:p@mail.example/INBOX"),
        ("canary_read", "ftp://mail.example/"),
    ],
)
def test_a_canary_that_cannot_be_is_refused_by_its_setting(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"REPORTWATCH_{name.upper()}"):
        load_settings(**{name: value})
