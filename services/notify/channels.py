"""Hand a message over by the channel its reader chose; one connection serves a whole delivery."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import cached_property
from types import TracebackType
from typing import Protocol

from alerts import letters
from alerts.letters import Letter, compose_letter
from alerts.mail import Postman, build_email
from alerts.smtp_url import BadSmtpUrl, SmtpSettings, parse_smtp_url
from reports.notices.messages import OutgoingMessage
from reports.notices.states import MessageKind
from reports.notices.subscription import Channel
from services.assembly import Parts
from services.notify.chat import ChatSender
from services.notify.news import compose_news
from services.notify.sign_up import ANSWER_DAYS, CONFIRM_DAYS
from services.notify.webhooks import WebhookSender
from services.settings import BadSetting, Settings
from services.signing import confirm_url, reader_url, unsubscribe_url


class ChannelSender(Protocol):
    """One way for messages to travel."""

    def send(self, message: OutgoingMessage) -> None:
        """Hand over one message.

        Raises alerts.failures.DeliveryFailure if it was not taken, and
        alerts.message.EmptyMessage where it would show nothing.
        """


class Channels:
    """The senders of one delivery, each made when first needed; a context manager."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._closing = ExitStack()

    def __enter__(self) -> Channels:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    def send(self, message: OutgoingMessage) -> None:
        """Hand a message over by its channel; raises as ``ChannelSender.send``, and BadSetting."""
        self._of(message.channel).send(message)

    def _of(self, channel: Channel) -> ChannelSender:
        if channel is Channel.WEBHOOK:
            return self._webhooks
        return self._chat if channel is Channel.APPRISE else self._mail

    @cached_property
    def _webhooks(self) -> ChannelSender:
        return self._closing.enter_context(closing(WebhookSender(self._parts)))

    @cached_property
    def _chat(self) -> ChannelSender:
        return ChatSender(self._parts)

    @cached_property
    def _mail(self) -> ChannelSender:
        postman = Postman(smtp_server(self._parts.settings), self._parts.settings.smtp_seconds)
        return MailSender(self._parts, self._closing.enter_context(postman))


class MailSender:
    """Messages as e-mail, by the SMTP server that is set."""

    def __init__(self, parts: Parts, postman: Postman) -> None:
        self._parts = parts
        self._postman = postman

    def send(self, message: OutgoingMessage) -> None:
        """Compose a mail and hand it over."""
        settings, now = self._parts.settings, self._parts.now()
        if message.kind is not MessageKind.NEWS:
            composed = compose_letter(_letter_of(settings, message), now)
            self._postman.send(
                build_email(composed, message, mail_from=settings.mail_from, now=now)
            )
            return
        link = unsubscribe_url(settings, message.address)
        composed = compose_news(
            self._parts,
            message,
            unsubscribe_url=link,
            manage_url=reader_url(settings, "manage", message.address),
        )
        mail_from = settings.mail_from
        self._postman.send(
            build_email(composed, message, mail_from=mail_from, now=now, unsubscribe_url=link)
        )


def smtp_server(settings: Settings) -> SmtpSettings:
    """Return the SMTP server that is set; raises BadSetting."""
    try:
        return parse_smtp_url(settings.smtp_url.get_secret_value())
    except BadSmtpUrl as error:
        raise BadSetting(f"REPORTWATCH_SMTP_URL: {error}") from None


def _letter_of(settings: Settings, message: OutgoingMessage) -> Letter:
    """Return the letter that a message is."""
    return _LETTERS[message.kind](settings, message)


def _confirmation(settings: Settings, message: OutgoingMessage) -> Letter:
    asked = str(message.detail["asked"])
    return letters.confirmation(asked, confirm_url(settings, message.id), CONFIRM_DAYS)


def _still_wanted(settings: Settings, message: OutgoingMessage) -> Letter:
    return letters.still_wanted(confirm_url(settings, message.id), ANSWER_DAYS)


def _notice(_settings: Settings, message: OutgoingMessage) -> Letter:
    return letters.set_aside_notice(str(message.detail["address"]), str(message.detail["why"]))


def _canary(_settings: Settings, message: OutgoingMessage) -> Letter:
    return letters.canary(str(message.detail["number"]))


_LETTERS: dict[MessageKind, Callable[[Settings, OutgoingMessage], Letter]] = {
    MessageKind.CONFIRM: _confirmation,
    MessageKind.STILL: _still_wanted,
    MessageKind.NOTICE: _notice,
    MessageKind.CANARY: _canary,
}
