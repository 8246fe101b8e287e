"""Write a message of news with this installation's names and addresses, for every channel alike."""

from __future__ import annotations

from alerts.message import ComposedMessage, compose
from reports.notices.messages import OutgoingMessage
from scrapers.registry import publishers, short_names
from services.assembly import Parts


def compose_news(
    parts: Parts, message: OutgoingMessage, *, unsubscribe_url: str = "", manage_url: str = ""
) -> ComposedMessage:
    """Write one message; without its reader's own links it says whom to write to instead.

    Raises alerts.message.EmptyMessage if none of its changes would show a difference.
    """
    settings = parts.settings
    return compose(
        message,
        public_url=settings.public_url,
        operator=settings.operator,
        publishers=publishers(),
        short_names=short_names(),
        now=parts.now(),
        unsubscribe_url=unsubscribe_url,
        manage_url=manage_url,
    )
