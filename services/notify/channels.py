"""Hand a message over by the channel its reader chose; one connection serves a whole delivery."""

from __future__ import annotations

from contextlib import ExitStack, closing
from functools import cached_property
from types import TracebackType
from typing import Protocol

from alerts.letters import compose_letter
from alerts.mail import Postman, build_email
from alerts.message import compose
from alerts.smtp_url import BadSmtpUrl, SmtpSettings, parse_smtp_url
from reports.notices.messages import OutgoingMessage
from reports.notices.states import MessageKind
from reports.notices.subscription import Channel
from services.assembly import Parts
from services.notify.chat import ChatSender
from services.notify.letters import letter_of
from services.notify.publishers import publishers
from services.notify.webhooks import WebhookSender
from services.settings import BadSetting, Settings
from services.signing import reader_url, unsubscribe_url


class ChannelSender(Protocol):
    """One way for messages to travel."""

    def send(self, message: OutgoingMessage) -> None:
        """Hand over one message.

        Raises alerts.failures.DeliveryFailure where it was not taken, and
        alerts.message.EmptyMessage where it would show nothing.
        """


class Channels:
    """The carriers of one delivery, each made when first needed; a context manager."""

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
        postman = Postman(smtp_server(self._parts.settings))
        return MailCarrier(self._parts, self._closing.enter_context(postman))


class MailCarrier:
    """Messages as e-mail, by the SMTP server that is set."""

    def __init__(self, parts: Parts, postman: Postman) -> None:
        self._parts = parts
        self._postman = postman

    def send(self, message: OutgoingMessage) -> None:
        """Compose a mail and hand it over."""
        settings, now = self._parts.settings, self._parts.now()
        if message.kind is not MessageKind.NEWS:
            composed = compose_letter(letter_of(settings, message), now)
            self._postman.send(
                build_email(composed, message, mail_from=settings.mail_from, now=now)
            )
            return
        link = unsubscribe_url(settings, message.address)
        composed = compose(
            message,
            public_url=settings.public_url,
            operator=settings.operator,
            publishers=publishers(),
            now=now,
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
        return parse_smtp_url(settings.smtp_url)
    except BadSmtpUrl as error:
        raise BadSetting(f"REPORTWATCH_SMTP_URL: {error}") from None
