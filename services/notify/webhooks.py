"""Messages to webhooks: signed, through the one fetch gate, never to a private address."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime, timedelta

from alerts.failures import Deferred, Gone, PermanentFailure
from alerts.webhook import webhook_headers
from documents.document import JsonDocument
from documents.webhook import CanaryMessage, WebhookMessage
from reports.notices.messages import OutgoingMessage
from reports.notices.states import MessageKind
from scrapers.fetch.errors import FetchError, RequestRefused, Untrusted
from scrapers.fetch.gate import FetchGate
from scrapers.registry import publishers
from services.assembly import Parts
from services.gates import hook_gate
from services.notify.news import compose_news

LONGEST_WAIT = timedelta(hours=24)
"""A Retry-After above this is taken for this."""


class WebhookSender:
    """Messages as signed POST requests."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = hook_gate(parts)

    def close(self) -> None:
        """Close what connections are open."""
        self._gate.close()

    def send(self, message: OutgoingMessage) -> None:
        """Compose, sign and post one message; only a 2xx answer says that it was taken."""
        settings, now = self._parts.settings, self._parts.now()
        if message.kind is MessageKind.CANARY:
            with closing(hook_gate(self._parts, is_ours=True)) as gate:
                self._post(gate, message, CanaryMessage.of(message, now), now)
            return
        document = WebhookMessage.of(
            message,
            compose_news(self._parts, message),
            public_url=settings.public_url,
            publishers=publishers(),
            now=now,
        )
        self._post(self._gate, message, document, now)

    @staticmethod
    def _post(
        gate: FetchGate, message: OutgoingMessage, document: JsonDocument, now: datetime
    ) -> None:
        body = json.dumps(document.as_json(), ensure_ascii=False)
        headers = webhook_headers(message.message_id, body, message.secret, now)
        try:
            answer = gate.call(message.address, headers, body.encode())
        except RequestRefused as error:
            raise PermanentFailure(f"the webhook is not asked: {error.reason}") from None
        except Untrusted as error:
            raise Deferred(f"the webhook was sent nothing: {error.reason}") from None
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
