"""Which letter a message of each kind is, with the links that go into it."""

from __future__ import annotations

from collections.abc import Callable

from alerts import letters
from alerts.letters import Letter
from reports.notices.messages import OutgoingMessage
from reports.notices.states import MessageKind
from services.settings import Settings
from services.signing import confirm_url

CONFIRM_DAYS = 7
"""Days within which a new address must be confirmed."""

ANSWER_DAYS = 30
"""Days within which an address that was silent for long must answer."""


def letter_of(settings: Settings, message: OutgoingMessage) -> Letter:
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
