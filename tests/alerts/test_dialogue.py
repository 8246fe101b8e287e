"""Mail servers that do not come to an end: the dialogue does, and says so."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

import pytest

from alerts.failures import ServerFailure
from alerts.mail import Postman
from alerts.smtp_url import SmtpSettings
from services.waiting import wait_for

SECONDS = 0.6
"""The deadline here; a server that is silent would cost the library 30 s a step."""

SOON = 10.0
"""Seconds within which a dialogue has ended, on a machine that is busy."""

STEPS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "text")
Misbehave = Callable[[socket.socket, threading.Event], None]


def silent(line: socket.socket, ended: threading.Event) -> None:
    ended.wait(SOON)


def endless(line: socket.socket, ended: threading.Event) -> None:
    while not ended.wait(0.005):
        line.sendall(b"250-" + b"x" * 20 + b"\r\n")


def flood(line: socket.socket, ended: threading.Event) -> None:
    while not ended.is_set():
        line.sendall(b"250-" + b"y" * 8000 + b"\r\n")


def drip(line: socket.socket, ended: threading.Event) -> None:
    while not ended.wait(0.05):
        line.sendall(b"2")


def one_endless_line(line: socket.socket, ended: threading.Event) -> None:
    while not ended.is_set():
        line.sendall(b"z" * 8000)


WAYS = (silent, endless, flood, drip, one_endless_line)


class Server:
    """A mail server that takes mail, but for one step at which it misbehaves."""

    def __init__(self, step: str, way: Misbehave) -> None:
        self.step, self.way = step, way
        self.mails = 0
        self.healed = threading.Event()
        self._is_ended = False
        self._door = socket.create_server(("127.0.0.1", 0))
        self.settings = SmtpSettings("127.0.0.1", self._door.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def heal(self) -> None:
        self.step = ""
        self.healed.set()

    def end(self) -> None:
        self._is_ended = True
        self.heal()
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while not self._is_ended:
                line, _ = self._door.accept()
                with line, suppress(OSError):
                    self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        with line.makefile("rb") as read:
            self._answer(line, "greeting", b"220 ready\r\n")
            for asked in read:
                command = asked.split()[0].upper().decode()
                if command == "QUIT":
                    return
                self._answer(
                    line, command, b"354 go on\r\n" if command == "DATA" else b"250 ok\r\n"
                )
                if command == "DATA":
                    while read.readline() not in (b".\r\n", b""):
                        pass
                    self._answer(line, "text", b"250 taken\r\n")
                    self.mails += 1

    def _answer(self, line: socket.socket, step: str, answer: bytes) -> None:
        if step == self.step:
            self.way(line, self.healed)
        line.sendall(answer)


@contextmanager
def serving(step: str, way: Misbehave) -> Iterator[Server]:
    server = Server(step, way)
    try:
        yield server
    finally:
        server.end()


def mail() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@b.example", "c@d.example", "trial"
    made.set_content("words")
    return made


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("step", STEPS)
def test_a_dialogue_ends_whatever_the_server_does(step: str, way: Misbehave) -> None:
    with serving(step, way) as server, Postman(server.settings, SECONDS) as postman:
        began = time.monotonic()
        with pytest.raises(ServerFailure) as caught:
            postman.send(mail())
        assert time.monotonic() - began < SOON
        assert len(caught.value.reason) < 300
        server.heal()
        postman.send(mail())  # by a new connection
        assert wait_for(lambda: server.mails >= 1, SOON)


def test_a_server_that_does_not_say_goodbye_holds_nobody() -> None:
    with serving("QUIT", silent) as server:
        began = time.monotonic()
        with Postman(server.settings, SECONDS) as postman:
            postman.send(mail())
        assert time.monotonic() - began < SOON


def test_a_handshake_that_never_ends_is_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        settings = SmtpSettings("127.0.0.1", door.getsockname()[1], is_tls_from_start=True)
        began = time.monotonic()
        with Postman(settings, SECONDS) as postman, pytest.raises(ServerFailure):
            postman.send(mail())
        assert time.monotonic() - began < SOON
