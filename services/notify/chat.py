"""Messages to chat rooms and other services, by whatever apprise reaches.

apprise asks the services itself. What can be checked beforehand is: where the address names a host
of the subscriber's own, it must not be a private one. No redirect is followed: it could lead into
one after all, and carry the message along.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
from typing import Any

from alerts.failures import Deferred, PermanentFailure
from alerts.message import ComposedMessage
from reports.notices.messages import OutgoingMessage
from reports.text.plain import web_url
from scrapers.fetch.special_addresses import is_public
from services.assembly import Parts
from services.notify.news import compose_news

MOST_TEXT = 1500
"""Characters of a message: rooms are for pointers, and services cut what is longer."""

_BY_MAIL = ("mailto", "mailtos")


class BadChatAddress(ValueError):
    """An address that apprise does not take; the message says what to do."""


class ChatSender:
    """Messages as notifications of a service."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def send(self, message: OutgoingMessage) -> None:
        """Hand over the subject and the beginning of the text."""
        settings = self._parts.settings
        composed = compose_news(self._parts, message)
        try:
            service = read_chat_address(message.address)
        except BadChatAddress as error:
            raise PermanentFailure(str(error)) from None
        if not settings.allow_private:
            _refuse_private(service)
        if not service.notify(
            body=_shortened(composed, settings.public_url), title=composed.subject
        ):
            raise Deferred("the service did not take the message")


def read_chat_address(address: str) -> Any:
    """Return apprise's own object for an address; raises BadChatAddress."""
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it logs addresses with tokens
    if address.partition(":")[0].lower() in _BY_MAIL:
        raise BadChatAddress("give the e-mail address itself, without mailto:")
    service = apprise.Apprise.instantiate(address)
    if service is None:
        raise BadChatAddress(
            "this is not the address of a service that apprise knows; its documentation lists them "
            "(tgram://…, slack://…, matrixs://…)"
        )
    service.redirects = False  # whatever the address itself asks for by ``?redirect=yes``
    return service


def _refuse_private(service: Any) -> None:
    """Refuse a host of the subscriber's own that leads into a private network."""
    host = str(getattr(service, "host", "") or "")
    names_host = any("{host}" in each for each in getattr(service, "templates", ()))
    if not (host and names_host):
        return
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        raise Deferred("nobody knows the host of the service's address") from None
    if not all(is_public(ipaddress.ip_address(place[0])) for *_, place in found):
        raise PermanentFailure("the service's address leads into a private network")


def _shortened(composed: ComposedMessage, public_url: str) -> str:
    text = composed.text
    if len(text) <= MOST_TEXT:
        return text
    link = f"\n\nAll of it: {public_url.rstrip('/')}/changes" if web_url(public_url) else ""
    return f"{text[:MOST_TEXT].rstrip()} …{link}"
