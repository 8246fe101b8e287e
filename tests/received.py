"""The mails that a sink received, parsed."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from alerts.sink import Sink


def mails(sink: Sink) -> list[EmailMessage]:
    """Return the mails in order of arrival."""
    policy = email.policy.default
    return [email.message_from_bytes(each.read_bytes(), policy=policy) for each in sink.mails()]
