"""Servers of a mailbox that do not come to an end: the look for the canary does, and says so."""

from __future__ import annotations

import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from services.health import canary_mailbox
from services.health.canary_mailbox import MailboxUnread, has_arrived

SECONDS = 0.6
SOON = 10.0
"""Seconds within which a look has ended, on a machine that is busy."""

STEPS = ("greeting", "CAPABILITY", "LOGIN", "SELECT", "SEARCH")
Misbehave = Callable[[socket.socket, threading.Event], None]


def silent(line: socket.socket, ended: threading.Event) -> None:
    ended.wait(SOON)


def endless_lines(line: socket.socket, ended: threading.Event) -> None:
    while not ended.is_set():
        line.sendall(b"* 7 EXISTS\r\n" * 500)


def one_endless_line(line: socket.socket, ended: threading.Event) -> None:
    while not ended.is_set():
        line.sendall(b"* " + b"z" * 8000)


def drip(line: socket.socket, ended: threading.Event) -> None:
    while not ended.wait(0.05):
        line.sendall(b"*")


def vast_literal(line: socket.socket, ended: threading.Event) -> None:
    line.sendall(b"* 1 FETCH (BODY[] {2147483648}\r\n")
    while not ended.is_set():
        line.sendall(b"y" * 8000)


def silent_literal(line: socket.socket, ended: threading.Event) -> None:
    line.sendall(b"* 1 FETCH (BODY[] {2147483648}\r\n")
    ended.wait(SOON)


def literal_beyond_numbers(line: socket.socket, ended: threading.Event) -> None:
    line.sendall(b"* 1 FETCH (BODY[] {" + b"9" * 5000 + b"}\r\n")
    ended.wait(SOON)


WAYS = (
    silent,
    endless_lines,
    one_endless_line,
    drip,
    vast_literal,
    silent_literal,
    literal_beyond_numbers,
)


@contextmanager
def serving(step: str, way: Misbehave) -> Iterator[str]:
    """Serve one client, sensibly but for one step; gives the address to look at."""
    ended = threading.Event()

    def talk(line: socket.socket) -> None:
        def answer(asked: str, said: bytes) -> None:
            if asked == step:
                way(line, ended)
            line.sendall(said)

        with line.makefile("rb") as read:
            answer("greeting", b"* OK ready\r\n")
            for request in read:
                tag, command = request.split()[:2]
                name = command.decode().upper()
                said = b"* CAPABILITY IMAP4rev1\r\n" if name == "CAPABILITY" else b""
                answer(name, said + tag + b" OK done\r\n")

    def serve() -> None:
        with suppress(OSError):
            line, _ = door.accept()
            line.settimeout(SOON / 5)  # nobody reads what is sent to a client that has hung up
            with line:
                talk(line)

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"imap://me:hunter2@127.0.0.1:{door.getsockname()[1]}/INBOX"
        finally:
            ended.set()
            thread.join()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("step", STEPS)
def test_a_look_into_a_mailbox_ends_whatever_its_server_does(
    step: str, way: Misbehave, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canary_mailbox, "DIALOGUE_SECONDS", SECONDS)
    tracemalloc.start()
    try:
        with serving(step, way) as address:
            began = time.monotonic()
            with pytest.raises(MailboxUnread) as caught:
                has_arrived(None, address, ["4711"])  # type: ignore[arg-type]
            assert time.monotonic() - began < SOON
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(str(caught.value)) <= 200
    assert "hunter2" not in str(caught.value)
    assert peak < 20_000_000


def test_a_sensible_server_without_the_canary_is_no_fault() -> None:
    with serving("nothing", silent) as address:
        assert not has_arrived(None, address, ["4711"])  # type: ignore[arg-type]
