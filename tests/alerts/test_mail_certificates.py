"""Certificates of a mail server that nobody should believe: refused, in words, no mail sent."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path

import pytest

from alerts.failures import ServerFailure
from alerts.mail import send
from alerts.smtp_url import SmtpSettings

CERTIFICATES = {
    "good": "IP:127.0.0.1",
    "expired": "IP:127.0.0.1",
    "of another name": "DNS:mail.example",
    "of another address": "IP:127.0.0.9",
    "self-signed": "IP:127.0.0.1",
}
"""Whose each is."""

_NEW = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
_EXPIRE = "openssl x509 -in expired.pem -signkey expired.key -days -1 -out expired.pem"

REFUSED = {
    "expired": "certificate has expired",
    "of another name": "not valid for '127.0.0.1'",
    "of another address": "not valid for '127.0.0.1'",
    "self-signed": "self.signed certificate",
}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of certificates, each with its key, and a bundle of all but the last."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificates of the test server, and is not installed")
    folder = tmp_path_factory.mktemp("certificates")
    for name, owner in CERTIFICATES.items():
        whose = ("-subj", "/CN=trial", "-addext", f"subjectAltName={owner}")
        files = ("-keyout", f"{name}.key", "-out", f"{name}.pem")
        _run(folder, *_NEW.split(), *whose, *files)
    _run(folder, *_EXPIRE.split())
    believed = [folder / f"{name}.pem" for name in CERTIFICATES if name != "self-signed"]
    (folder / "bundle.pem").write_text("".join(each.read_text() for each in believed))
    return folder


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@contextmanager
def serving(folder: Path, name: str, *, by_starttls: bool) -> Iterator[tuple[SmtpSettings, list]]:
    """Serve one client with a certificate; gives where, and the commands that came encrypted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    commands: list[str] = []

    def talk(line: socket.socket) -> None:
        if by_starttls:
            line.sendall(b"220 ready\r\n")
            line.recv(1000)
            line.sendall(b"250-trial\r\n250 STARTTLS\r\n")
            line.recv(1000)
            line.sendall(b"220 go on\r\n")
        with context.wrap_socket(line, server_side=True) as secret:
            if not by_starttls:
                secret.sendall(b"220 ready\r\n")
            with secret.makefile("rb") as read:
                for asked in read:
                    commands.append(asked.split()[0].upper().decode())
                    is_text = commands[-1] == "DATA"
                    secret.sendall(b"354 go on\r\n" if is_text else b"250 ok\r\n")
                    while is_text and read.readline() not in (b".\r\n", b""):
                        pass
                    if is_text:
                        secret.sendall(b"250 taken\r\n")

    def serve() -> None:
        with suppress(OSError):
            line, _ = door.accept()
            line.settimeout(10)
            with line:
                talk(line)

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=serve)
        thread.start()
        port = door.getsockname()[1]
        yield SmtpSettings("127.0.0.1", port, is_tls_from_start=not by_starttls), commands
        thread.join()


def mail() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@b.example", "c@d.example", "trial"
    made.set_content("words")
    return made


@pytest.mark.parametrize("by_starttls", [True, False], ids=["STARTTLS", "smtps"])
@pytest.mark.parametrize("name", REFUSED)
def test_a_certificate_that_does_not_hold_is_refused_in_words(
    name: str, certificates: Path, monkeypatch: pytest.MonkeyPatch, *, by_starttls: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "bundle.pem"))
    with serving(certificates, name, by_starttls=by_starttls) as (settings, commands):
        with pytest.raises(ServerFailure, match=REFUSED[name]):
            send(settings, mail())
        assert commands == []


@pytest.mark.parametrize("by_starttls", [True, False], ids=["STARTTLS", "smtps"])
def test_a_certificate_that_holds_is_taken(
    certificates: Path, monkeypatch: pytest.MonkeyPatch, *, by_starttls: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "bundle.pem"))
    with serving(certificates, "good", by_starttls=by_starttls) as (settings, commands):
        send(settings, mail())
    assert "DATA" in commands
