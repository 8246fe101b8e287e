"""How a message to a webhook is signed, as Standard Webhooks has it.

https://www.standardwebhooks.com: the id stays over every attempt, so that a receiver can fold what
comes twice; the signature is over id, time and body.
"""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from standardwebhooks.webhooks import Webhook

_SECRET_BYTES = 24


def new_secret() -> str:
    """Return a secret to sign with, in the form that receivers' libraries take."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def webhook_headers(message_id: str, body: str, secret: str, now: datetime) -> dict[str, str]:
    """Return the headers that prove who sent a body, and when."""
    name = message_id.strip("<>")
    return {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, now, body),
    }
