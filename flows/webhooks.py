"""Messages to webhooks: signed, through the one fetch gate, never to a private address."""

from __future__ import annotations

from datetime import timedelta

from alerts.failures import Deferred, Gone, PermanentFailure
from alerts.message import compose
from alerts.webhook import webhook_body, webhook_headers
from flows.assembly import Parts
from flows.publishers import publishers
from reports.outgoing import OutgoingMessage
from scrapers.errors import FetchError, Refused

LONGEST_WAIT = timedelta(hours=24)
"""A Retry-After above this is taken for this."""


class WebhookCarrier:
    """Messages as signed POST requests."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = parts.hook_gate()

    def close(self) -> None:
        """Close what connections are open."""
        self._gate.close()

    def send(self, message: OutgoingMessage) -> None:
        """Compose, sign and post one message; only a 2xx answer says that it was taken."""
        settings, now = self._parts.settings, self._parts.now()
        known = publishers()
        composed = compose(
            message,
            public_url=settings.public_url,
            operator=settings.operator,
            publishers=known,
            now=now,
        )
        body = webhook_body(
            message, composed, public_url=settings.public_url, publishers=known, now=now
        )
        headers = webhook_headers(message.message_id, body, message.secret, now)
        try:
            answer = self._gate.call(message.address, headers, body.encode())
        except Refused as error:
            raise PermanentFailure(f"the webhook is not asked: {error.reason}") from None
        except FetchError as error:
            raise Deferred(f"the webhook does not answer: {error.reason}") from None
        _judge(answer.status, answer.headers.get("retry-after", ""))


def _judge(status: int, retry_after: str) -> None:
    if 200 <= status < 300:
        return
    if status == 410:
        raise Gone("the webhook answers 410 Gone: it wants no more")
    if 300 <= status < 400:
        raise Deferred(f"the webhook redirects ({status}); subscribe its new address instead")
    wait = timedelta()
    if status in (429, 503) and retry_after.strip().isdecimal():
        wait = min(timedelta(seconds=int(retry_after[:9])), LONGEST_WAIT)
    raise Deferred(f"the webhook answers {status}", wait)
