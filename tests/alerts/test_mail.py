"""Mail on the wire: what arrives, what is refused, and what a failure says."""

from __future__ import annotations

import email
import email.policy
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from alerts.failures import PermanentFailure, TemporaryFailure, next_attempt
from alerts.mail import Postman, build_email, send
from alerts.message import ComposedMessage
from alerts.sink import Sink
from alerts.smtp_url import BadSmtpUrl, SmtpSettings, parse_smtp_url

NOW = datetime(2026, 5, 1, 9, 5, tzinfo=UTC)
COMPOSED = ComposedMessage(
    subject="Côte d'Azurine 2024: 3 words removed from the Executive Summary",
    text="There were [-credible-] reports.\n" + "long " * 400 + "\n.\n-- \nend\n",
    html="<p>There were <del>credible</del> reports, all “credible”.</p>",
)


def made(desk, composed=COMPOSED, address="ann@law.example", **options):
    outgoing = desk.edit(("Calm.",))
    options = {"mail_from": "Report Watch <watch@watch.example>", "now": NOW} | options
    return build_email(composed, desk.message(outgoing, address=address), **options)


def arrived(path: Path):
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", SmtpSettings("mail.example", 25)),
        ("smtp://mail.example:2525/", SmtpSettings("mail.example", 2525)),
        ("smtp://u:p@mail.example", SmtpSettings("mail.example", 587, "u", "p")),
        ("smtps://u:p@mail.example", SmtpSettings("mail.example", 465, "u", "p", True)),
        (
            "smtp://u%40x.example:p%2F%3A%40@mail.example:26",
            SmtpSettings("mail.example", 26, "u@x.example", "p/:@"),
        ),
        ("smtp://[::1]:25", SmtpSettings("::1", 25)),
    ],
)
def test_an_smtp_address_is_read(url, expected):
    assert parse_smtp_url(url) == expected


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mail.example:25", "begins with smtp://"),
        ("https://u:hunter2@mail.example", "begins with smtp://"),
        ("smtp://", "names no host"),
        ("smtp://u:hunter2@", "names no host"),
        ("smtp://u:hunter2/x@mail.example", "percent-encoded"),
        ("smtp://u:hunter2#x@mail.example", "percent-encoded"),
        ("smtp://u:hunter2@mail.example:no", "percent-encoded"),
        ("smtp://u:hunter2@mail.example:99999", "no valid port"),
        ("smtp://u:hunter2@mail.example/inbox", "ends with its port"),
        ("smtp://:hunter2@mail.example", "no user"),
    ],
)
def test_a_bad_smtp_address_is_explained_without_its_password(url, said):
    with pytest.raises(BadSmtpUrl, match=said) as caught:
        parse_smtp_url(url)
    assert "hunter2" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_the_password_never_shows():
    assert "hunter2" not in repr(parse_smtp_url("smtp://u:hunter2@mail.example"))


def test_the_retry_schedule_ends_after_three_days_of_hours():
    moments, at = [], NOW
    while (later := next_attempt(len(moments) + 1, at)) is not None:
        moments.append(later - at)
        at = later
    assert moments[:5] == [
        timedelta(seconds=30),
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(hours=1),
    ]
    assert sum(moments[4:], timedelta()) == timedelta(days=3)


def test_a_mail_arrives_as_it_was_written(desk, sink):
    made_at = NOW - timedelta(days=1)
    outgoing = desk.edit(("Calm.",))
    message = desk.message(outgoing, created_at=made_at, address="ann@bücher.example")
    built = build_email(
        COMPOSED,
        message,
        mail_from="Bürö <watch@watch.example>",
        now=NOW,
        unsubscribe_url="https://watch.example/u/" + "x" * 200,
    )
    send(parse_smtp_url(sink.url), built)
    (path,) = sink.mails()
    got = arrived(path)
    assert got["Subject"] == COMPOSED.subject
    assert got["From"].addresses[0].display_name == "Bürö"
    assert got["To"] == "ann@xn--bcher-kva.example"
    assert got["Message-ID"] == "<m1@watch.example>"
    assert got["Date"].datetime == made_at
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Precedence"] is None
    assert got["List-Id"] == "reportwatch alerts <alerts.reportwatch.watch.example>"
    assert got["X-Reportwatch-Report"] == "sample-hrr/2024/XZA"
    assert f"List-Unsubscribe: <https://watch.example/u/{'x' * 200}>\r\n".encode() in (
        path.read_bytes()
    )
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert got.get_body(("plain",)).get_content().splitlines() == COMPOSED.text.splitlines()
    assert got.get_body(("html",)).get_content().splitlines() == [COMPOSED.html]
    assert max(map(len, path.read_bytes().splitlines())) < 990
    assert path.read_bytes().isascii()


@pytest.mark.parametrize(
    ("url", "header", "one_click"),
    [
        ("", None, None),
        ("http://localhost:8080/u/1", "<http://localhost:8080/u/1>", None),
        ("https://watch.example/u/1>, <mailto:eve@evil.example", None, None),
        ("https://watch.example/u/1\r\nBcc: eve@evil.example", None, None),
    ],
)
def test_unsubscribe_headers_follow_the_link(desk, url, header, one_click):
    built = made(desk, unsubscribe_url=url)
    assert built["List-Unsubscribe"] == header
    assert built["List-Unsubscribe-Post"] == one_click
    assert built["Bcc"] is None


@pytest.mark.parametrize(
    ("mail_from", "name"),
    [
        ("watch@watch.example", "reportwatch"),
        ("<watch@watch.example>", "reportwatch"),
        ("Civic Desk <watch@watch.example>", "Civic Desk"),
        ('"Desk, Civic" <watch@watch.example>', "Desk, Civic"),
    ],
)
def test_readers_see_a_name_for_the_sender(desk, mail_from, name):
    (sender,) = made(desk, mail_from=mail_from)["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "watch@watch.example")


@pytest.mark.parametrize("address", ["ann", "ann@", "@law.example", "", f"ann@{'a' * 70}.example"])
def test_an_unusable_address_is_a_permanent_failure(desk, address):
    with pytest.raises(PermanentFailure, match="not a usable mail address"):
        made(desk, address=address)


def test_an_address_in_any_script_is_written_to_where_the_server_takes_it(desk, tmp_path):
    address = "дарья@bücher.example"
    with Sink(tmp_path / "mail") as sink:
        send(parse_smtp_url(sink.url), made(desk, address=address))
        (path,) = sink.mails()
    assert "To: дарья@xn--bcher-kva.example\r\n" in path.read_bytes().decode()


def test_a_subject_keeps_its_single_spaces_on_the_wire(desk):
    subject = "Côte d’Ambre 2023: text returned to the words of version 1 (+11 \u22124 words), back"
    wire = made(desk, ComposedMessage(subject, "x", "x")).as_bytes()
    read = email.message_from_bytes(wire, policy=email.policy.default)
    assert str(read["Subject"]) == subject
    head = wire.split(b"\r\n\r\n")[0].splitlines()
    assert len(head) == 12
    assert all(len(line) <= 78 for line in head)


def test_header_injection_is_harmless(desk):
    composed = ComposedMessage("a\r\nBcc: eve@evil.example", "x", "x")
    built = made(desk, composed, mail_from="watch\r\nBcc: e@evil.example <watch@watch.example>")
    assert built["Bcc"] is None
    assert b"\nBcc" not in built.as_bytes()


class Answers:
    """A mail server's behaviour: what it says to RCPT and DATA, and when it hangs up."""

    def __init__(self, rcpt: str = "", data: str = "250 ok", hangs_up: bool = False) -> None:
        self.rcpt, self.data, self.hangs_up = rcpt, data, hangs_up
        self.mails: list[bytes] = []
        self.sessions: set[int] = set()

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd looks for
        self, server, session, envelope, address, options
    ):
        if not self.rcpt:
            envelope.rcpt_tos.append(address)
        return self.rcpt or "250 ok"

    async def handle_DATA(  # noqa: N802
        self, server, session, envelope
    ):
        self.sessions.add(session.peer[1])
        self.mails.append(envelope.content)
        if self.hangs_up:
            server.loop.call_later(0.01, server.transport.close)
        return self.data


class Server(Controller):
    def __init__(self, handler, hostname="127.0.0.1", **options):
        super().__init__(handler, hostname=hostname, port=0)
        self.options = options

    def factory(self):
        return SMTP(self.handler, **self.options)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(handler, **options) -> Iterator[SmtpSettings]:
    server = Server(handler, **options)
    server.start()
    try:
        yield SmtpSettings("127.0.0.1", server.port)
    finally:
        server.stop()


def test_an_address_that_the_server_does_not_take_is_a_permanent_failure(desk):
    with (
        serving(Answers(), enable_SMTPUTF8=False) as settings,
        pytest.raises(PermanentFailure, match="letters beyond ASCII"),
    ):
        send(settings, made(desk, address="дарья@law.example"))


@pytest.mark.parametrize(
    ("answers", "failure", "said"),
    [
        (Answers(rcpt="550 no such user"), PermanentFailure, "recipient: 550 no such user"),
        (Answers(rcpt="450 greylisted"), TemporaryFailure, "recipient: 450 greylisted"),
        (Answers(data="554 is spam"), PermanentFailure, "message: 554 is spam"),
        (Answers(data="452 disk full"), TemporaryFailure, "message: 452 disk full"),
        (Answers(data="550 bad\x1b[31m"), PermanentFailure, "550 bad⟨U\\+001B⟩"),
    ],
)
def test_the_servers_answer_decides_whether_to_try_again(desk, answers, failure, said):
    with serving(answers) as settings, pytest.raises(failure, match=said):
        send(settings, made(desk))


def test_a_server_that_cannot_be_reached_is_temporary(desk):
    with serving(Answers()) as settings:
        pass
    with pytest.raises(TemporaryFailure, match=r"cannot reach 127\.0\.0\.1"):
        send(settings, made(desk), seconds=5)


def test_one_connection_serves_several_mails_even_after_a_refusal(desk):
    answers = Answers()
    with serving(answers) as settings, Postman(settings) as postman:
        postman.send(made(desk))
        answers.rcpt = "550 no"
        with pytest.raises(PermanentFailure):
            postman.send(made(desk))
        answers.rcpt = ""
        postman.send(made(desk))
    assert len(answers.mails) == 2
    assert len(answers.sessions) == 1


def test_a_connection_the_server_closed_is_opened_once_more(desk):
    answers = Answers(hangs_up=True)
    with serving(answers) as settings, Postman(settings) as postman:
        for _ in range(3):
            postman.send(made(desk))
            postman._open.sock.settimeout(5)
            assert postman._open.sock.recv(100) == b""  # the server has hung up
    assert len(answers.mails) == 3
    assert len(answers.sessions) == 3


class Accounts:
    def __init__(self, password: bytes = b"s3cret") -> None:
        self.password = password
        self.logins: list[bytes] = []

    def __call__(self, server, session, envelope, mechanism, login) -> AuthResult:
        self.logins.append(login.login)
        return AuthResult(success=login.password == self.password, handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """A self-signed certificate for 127.0.0.1, and its key beside it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate of the test server, and is not installed")
    path = tmp_path_factory.mktemp("tls") / "cert.pem"
    made_by = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem"
    )
    subprocess.run(
        made_by.split(),
        cwd=path.parent,
        check=True,
        capture_output=True,
    )
    return path


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context


def test_credentials_travel_by_starttls(desk, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    answers, accounts = Answers(), Accounts()
    secured = {"tls_context": tls(certificate), "authenticator": accounts, "auth_required": True}
    with serving(answers, **secured) as plain:
        send(SmtpSettings(plain.host, plain.port, "ann", "s3cret"), made(desk))
        assert accounts.logins == [b"ann"]
        with pytest.raises(TemporaryFailure, match="refused the login of ann") as refused:
            send(SmtpSettings(plain.host, plain.port, "ann", "wr0ng"), made(desk))
        assert "wr0ng" not in str(refused.value)
    assert len(answers.mails) == 1


def test_a_certificate_nobody_vouches_for_is_refused(desk, certificate):
    accounts = Accounts()
    secured = {"tls_context": tls(certificate), "authenticator": accounts}
    with (
        serving(Answers(), **secured) as plain,
        pytest.raises(TemporaryFailure, match="SSL_CERT_FILE"),
    ):
        send(SmtpSettings(plain.host, plain.port, "ann", "s3cret"), made(desk))
    assert accounts.logins == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_credentials_never_travel_in_clear(desk):
    accounts, answers = Accounts(), Answers()
    open_server = {"auth_require_tls": False, "authenticator": accounts, "auth_required": True}
    with serving(answers, **open_server) as plain:
        elsewhere = SmtpSettings("0.0.0.0", plain.port, "ann", "s3cret")  # not named as loopback
        with pytest.raises(TemporaryFailure, match="refused to send credentials in clear"):
            send(elsewhere, made(desk))
        assert accounts.logins == []
        send(SmtpSettings("127.0.0.1", plain.port, "ann", "s3cret"), made(desk))
    assert accounts.logins == [b"ann"]


def test_a_login_the_server_does_not_offer_is_explained(desk):
    with serving(Answers()) as plain, pytest.raises(TemporaryFailure, match="AUTH"):
        send(SmtpSettings(plain.host, plain.port, "ann", "s3cret"), made(desk))


def test_a_tls_address_at_a_plain_port_says_which_scheme_to_use(desk):
    hint = "smtps:// is for TLS from the start"
    with serving(Answers()) as plain, pytest.raises(TemporaryFailure, match=hint):
        send(SmtpSettings(plain.host, plain.port, is_tls_from_start=True), made(desk), 5)
