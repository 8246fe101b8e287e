"""Send composed messages by SMTP, never credentials in clear, and say what to do on failure."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from types import TracebackType
from typing import Any

from alerts.dialogue import Deadline, Plain, Tls
from alerts.failures import Bounced, Deferred, DeliveryFailure, PermanentFailure, ServerFailure
from alerts.message import ComposedMessage
from alerts.smtp_url import SmtpSettings
from reports.notices.messages import OutgoingMessage
from reports.text.plain import one_line

TIMEOUT = 30.0
"""Seconds one step of the SMTP dialogue may take."""

DIALOGUE_SECONDS = 90.0
"""Seconds all steps for one mail may take together, from the connection to the last reply."""

SENDER = "reportwatch"
"""What readers see as the sender, unless the setting names another."""

_MOST_REPORTS_NAMED = 20  # in X-Reportwatch-Report, which is for filters, not for people


class _Policy(EmailPolicy):
    """Fold two headers otherwise than the library does.

    Folding would encode a long address on the web beyond recognition. A long subject would begin
    on a line of its own, and where only parts of it need encoding, the space between two encoded
    parts would be doubled (RFC 2047, 6.2).
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.casefold() == "list-unsubscribe":
            return f"{name}: {value}\r\n".encode("ascii")
        if name.casefold() == "subject":
            charset = "us-ascii" if value.isascii() else "utf-8"
            encoded = Header(str(value), charset, header_name=name).encode(linesep="\r\n")
            return f"{name}: {encoded}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep=SMTP.linesep)


def build_email(
    composed: ComposedMessage,
    message: OutgoingMessage,
    *,
    mail_from: str,
    now: datetime,
    unsubscribe_url: str = "",
) -> EmailMessage:
    """Make the mail for one message; raises PermanentFailure if an address cannot be used.

    ``mail_from`` may carry a name. The Message-ID is the message's own over every attempt, the
    date its making where known, else ``now``.
    """
    email = new_email(
        composed,
        mail_from=mail_from,
        to=message.address,
        date=message.created_at or now,
        message_id=message.message_id,
    )
    email["List-Id"] = f"reportwatch alerts <alerts.reportwatch.{_address(mail_from).domain}>"
    if unsubscribe_url:
        _add_unsubscribe(email, unsubscribe_url)
    names = list(dict.fromkeys(str(outgoing.change.report) for outgoing in message.changes))
    if names:
        email["X-Reportwatch-Report"] = one_line(", ".join(names[:_MOST_REPORTS_NAMED]))
    return email


def new_email(
    composed: ComposedMessage,
    *,
    mail_from: str,
    to: str,
    date: datetime,
    message_id: str,
    name: str = "",
) -> EmailMessage:
    """Make a mail that a program sent; raises PermanentFailure if an address cannot be used.

    ``name`` is shown as the sender's in place of the one in ``mail_from``.
    """
    email = EmailMessage(policy=_POLICY)
    sender = _address(mail_from)
    shown = name or sender.display_name or SENDER
    email["From"] = Address(shown, sender.username, sender.domain)
    email["To"] = _address(to)
    email["Subject"] = one_line(composed.subject)
    email["Date"] = format_datetime(date.astimezone(UTC))
    email["Message-ID"] = f"<{one_line(message_id).strip('<>')}>"
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(composed.text, cte="quoted-printable")
    email.add_alternative(composed.html, subtype="html", cte="quoted-printable")
    return email


def _add_unsubscribe(email: EmailMessage, url: str) -> None:
    """Add the headers of RFC 2369 and, where the link is https, of RFC 8058."""
    if not re.fullmatch(r"(https?|mailto):[!-;=?-~]+", url):
        return
    email["List-Unsubscribe"] = f"<{url}>"
    if url.startswith("https:"):
        email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _address(text: str) -> Address:
    """Read ``Name <user@host>`` or ``user@host``, its domain in punycode."""
    name, spec = parseaddr(one_line(text))
    user, at, domain = spec.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
        if not (user and at and ascii_domain):
            raise ValueError(spec)
        return Address(display_name=name, username=user, domain=ascii_domain)
    except ValueError:
        raise PermanentFailure(f"{text!r} is not a usable mail address: write user@host") from None


def send(settings: SmtpSettings, email: EmailMessage, seconds: float = DIALOGUE_SECONDS) -> None:
    """Hand over one mail; raises DeliveryFailure."""
    with Postman(settings, seconds) as postman:
        postman.send(email)


class Postman:
    """Hand over several mails through one connection, opened when first needed.

    A connection that the server closed in the meantime is opened once more before a mail, never
    in the middle of one: what may have been accepted is not sent twice. Each mail has ``seconds``.
    """

    def __init__(self, settings: SmtpSettings, seconds: float = DIALOGUE_SECONDS) -> None:
        self._settings = settings
        self._deadline = Deadline(seconds)
        self._open: smtplib.SMTP | None = None

    def __enter__(self) -> Postman:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._open is not None:
            with suppress(smtplib.SMTPException, OSError), self._deadline.running():
                self._open.quit()
            self._hang_up()

    def send(self, email: EmailMessage) -> None:
        """Hand over one mail; raises DeliveryFailure."""
        with self._timed():
            self._send(email)

    def greet(self) -> None:
        """Connect, say who we are and log in, without any mail; raises ServerFailure."""
        with self._timed():
            if not self._answers(self._connection()):
                raise ServerFailure("the server does not go on after the greeting")

    @contextmanager
    def _timed(self) -> Iterator[None]:
        try:
            with self._deadline.running():
                yield
        except DeliveryFailure as error:
            if not self._deadline.has_passed:
                raise
            self._hang_up()
            raise ServerFailure(
                f"the mail server did not come to an end within {self._deadline.seconds:.0f} s"
            ) from error

    def _send(self, email: EmailMessage) -> None:
        try:
            self._connection().send_message(email)
        except smtplib.SMTPRecipientsRefused as refused:
            code, answer = next(iter(refused.recipients.values()))
            refusal = Bounced if 500 <= code < 600 else Deferred
            said = f"{code} {_text(answer)}"
            raise refusal(f"the server refused the recipient: {said}") from None
        except smtplib.SMTPSenderRefused as refused:
            advice = ": check REPORTWATCH_MAIL_FROM" if refused.smtp_code >= 500 else ""
            raise ServerFailure(
                f"the server refused the sender ({_said(refused)}){advice}"
            ) from None
        except smtplib.SMTPDataError as refused:
            kind = PermanentFailure if 500 <= refused.smtp_code < 600 else ServerFailure
            raise kind(f"the server refused the message: {_said(refused)}") from None
        except smtplib.SMTPNotSupportedError:
            raise PermanentFailure(
                "the mail server does not take addresses with letters beyond ASCII before the @"
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise ServerFailure(f"no mail was handed over: {_said(error)}") from error

    def _connection(self) -> smtplib.SMTP:
        if self._open is not None and not self._answers(self._open):
            self._hang_up()
        if self._open is None:
            try:
                self._open = self._connect()
            except DeliveryFailure:
                self._deadline.let_go()
                raise
        return self._open

    @staticmethod
    def _answers(connection: smtplib.SMTP) -> bool:
        with suppress(smtplib.SMTPException, OSError):
            return connection.noop()[0] == 250
        return False

    def _hang_up(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
        self._deadline.let_go()

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        options: dict[str, Any] = {
            "host": settings.host,
            "port": settings.port,
            # A name spares a slow question to the DNS.
            "local_hostname": "localhost" if settings.is_loopback else None,
            "timeout": min(TIMEOUT, self._deadline.seconds),
        }
        try:
            connection: smtplib.SMTP
            if settings.is_tls_from_start:
                connection = Tls(self._deadline, context=ssl.create_default_context(), **options)
            else:
                connection = Plain(self._deadline, **options)
        except (smtplib.SMTPException, OSError) as error:
            raise ServerFailure(
                f"cannot reach {settings.host}:{settings.port}: {_said(error)}{_advice(error)}"
            ) from error
        try:
            self._secure(connection)
        except (smtplib.SMTPException, OSError) as error:
            connection.close()
            raise ServerFailure(
                f"{settings.host}:{settings.port}: {_said(error)}{_advice(error)}"
            ) from error
        except DeliveryFailure:
            connection.close()
            raise
        return connection

    def _secure(self, connection: smtplib.SMTP) -> None:
        """Encrypt where offered, then log in; credentials never travel in clear."""
        settings = self._settings
        connection.ehlo_or_helo_if_needed()
        is_secret = settings.is_tls_from_start
        if not is_secret and connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
            is_secret = True
        if not settings.user:
            return
        if not (is_secret or settings.is_loopback):
            raise ServerFailure(
                f"refused to send credentials in clear: {settings.host}:{settings.port} offers no"
                " STARTTLS; use smtps:// or another port"
            )
        try:
            connection.login(settings.user, settings.password)
        except smtplib.SMTPAuthenticationError as refused:
            raise ServerFailure(
                f"the server refused the login of {settings.user} (code {refused.smtp_code}):"
                " check REPORTWATCH_SMTP_URL"
            ) from None


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def _advice(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "; if its certificate is your own, name the signing one in SSL_CERT_FILE"
    if isinstance(error, ssl.SSLError):
        return "; smtps:// is for TLS from the start (465), smtp:// for STARTTLS (587, 25)"
    return ""
