"""Catch mail on this machine and keep each one as a file: for trials and demonstrations."""

from __future__ import annotations

import argparse
import asyncio
import email
import email.policy
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from reports.text.plain import counted, one_line

LOOPBACK = "127.0.0.1"


class Sink:
    """A mail server that accepts everything and delivers nothing, on this machine alone.

    Mails are kept as ``folder/0001.eml`` and so on. ``port`` 0 takes a free one; ``on_mail`` is
    told of each mail in one line; ``host`` is another address to listen on, such as a container's.
    Use it as a context manager.
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        on_mail: Callable[[str], None] | None = None,
        host: str = LOOPBACK,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._on_mail = on_mail
        self._host = host
        self._listener = _Listener(self, hostname=host, port=port)

    def __enter__(self) -> Sink:
        self._listener.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.stop()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._listener.port

    @property
    def url(self) -> str:
        """Its address, as ``REPORTWATCH_SMTP_URL`` takes it."""
        return f"smtp://{self._host}:{self.port}"

    def mails(self) -> list[Path]:
        """Return the files of the mails kept, oldest first."""
        return sorted(self.folder.glob("[0-9]*.eml"), key=lambda path: int(path.stem))

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd looks for
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Keep one mail, then say so to the sender."""
        content = envelope.original_content or b""
        path = self._keep(content)
        if self._on_mail is not None:
            self._on_mail(f"{path.name} {_in_one_line(envelope, content)}")
        return f"250 kept as {path.name}"

    def _keep(self, content: bytes) -> Path:
        kept = self.mails()
        number = int(kept[-1].stem) + 1 if kept else 1
        path = self.folder / f"{number:04}.eml"
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(content)
        return unfinished.replace(path)


class _Listener(Controller):
    """A controller that takes a free port where it is given 0."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]

    def factory(self) -> Any:
        """Return one SMTP session's protocol."""
        return SMTP(self.handler, ident="reportwatch sink", enable_SMTPUTF8=True)


def _in_one_line(envelope: Envelope, content: bytes) -> str:
    subject = email.message_from_bytes(content, policy=email.policy.default)["Subject"]
    recipients = ", ".join(envelope.rcpt_tos)
    return one_line(f"From: {envelope.mail_from}, To: {recipients}, Subject: {subject}")


def as_read(content: bytes) -> str:
    """Return a mail's recipient, subject and plain text as a mail program shows them."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    body = mail.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    lines = (f"To: {mail['To']}", f"Subject: {mail['Subject']}", "", *text.splitlines())
    return "".join(f"{line}\n" for line in lines)


def main(arguments: list[str] | None = None) -> None:
    """Run a sink until interrupted, or print a mail that it kept.

    One line for each mail goes to standard error.
    """
    parser = argparse.ArgumentParser(prog="python -m alerts.sink", description=__doc__)
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one")
    parser.add_argument("--dir", type=Path, default=Path("mail"), help="where mails are kept")
    parser.add_argument("--show", type=Path, metavar="FILE", help="print a mail's text, and end")
    chosen = parser.parse_args(arguments)
    if chosen.show:
        sys.stdout.write(as_read(chosen.show.read_bytes()))
        return
    os.umask(0o077)  # mails hold readers' addresses and links of their own

    def tell(line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    with Sink(chosen.dir, chosen.port, tell, chosen.host) as sink:
        tell(f"{sink.url} keeps mail in {chosen.dir}")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            tell(f"{counted(len(sink.mails()), 'mail')} in {chosen.dir}")


if __name__ == "__main__":
    main()
