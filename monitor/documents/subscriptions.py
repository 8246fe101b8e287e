"""Subscriptions as the command line and the API give them: secrets hidden."""

from __future__ import annotations

from typing import Any

from reports.notices.address import shown_address
from reports.notices.subscription import Subscriber, Subscription


def subscription_document(one: Subscription, reader: Subscriber) -> dict[str, Any]:
    """Return one entry of ``subscribers``."""
    return {
        "subscription": one.id,
        "address": shown_address(one.address),
        "channel": one.channel.value,
        "state": reader.state.value,
        **one.filter.as_json(),
        "time_zone": reader.time_zone,
        "digest_hour": reader.digest_hour,
        "quiet_hours": reader.quiet_hours,
        "set_aside_why": reader.set_aside_why,
    }
