"""How far an alert is on its way, and what a message is about."""

from __future__ import annotations

from enum import StrEnum


class AlertState(StrEnum):
    """How far an alert is on its way to its reader."""

    DUE = "due"
    CLAIMED = "claimed"
    RETRYING = "retrying"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


class MessageKind(StrEnum):
    """What a message is about."""

    NEWS = "news"  # changes, by the alerts bound to it
    CONFIRM = "confirm"  # asks a new address whether its owner wants this
    STILL = "still"  # asks, after long silence, whether the address is still wanted
    NOTICE = "notice"  # notifies the owner of a webhook or chat room that it was set aside
    CANARY = "canary"  # proves that messages arrive
