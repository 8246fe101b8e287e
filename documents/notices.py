"""Who is notified of what: subscriptions, alerts, and what was delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import ConfigDict, Field

from documents.document import JsonDocument, Moment
from reports.notices.address import shown_address
from reports.notices.importance import Importance
from reports.notices.subscription import Every
from reports.wording.citation import stamp

if TYPE_CHECKING:
    from reports.notices.subscription import Subscriber, Subscription
    from storage.outbox.alerts import AlertView


class AlertDocument(JsonDocument):
    """One change for one recipient, and what became of it."""

    alert: int
    change: int
    report: str
    address: str
    channel: str
    state: str
    attempts: int
    due_at: Moment
    message_id: str
    last_error: str
    summary_line: str

    @classmethod
    def of(cls, alert: AlertView) -> Self:
        """Return one entry of ``alerts``."""
        return cls(
            alert=alert.alert,
            change=alert.change,
            report=alert.report,
            address=shown_address(alert.address),
            channel=alert.channel,
            state=alert.state.value,
            attempts=alert.attempts,
            due_at=stamp(alert.due_at),
            message_id=alert.message_id,
            last_error=alert.last_error,
            summary_line=alert.summary_line,
        )


class Revived(JsonDocument):
    """How many messages are due again."""

    revived: int


class HeldNews(JsonDocument):
    """Whether news are held now, and how many alerts wait; ``dropped`` were set aside."""

    held: bool
    waiting: int
    dropped: int = 0


class DroppedMessages(JsonDocument):
    """How many messages were set aside."""

    dropped: int


class Replayed(JsonDocument):
    """How many messages are sent again, and how many missed changes are made up for."""

    repeated: int
    made_up: int


class DeliveryResult(JsonDocument):
    """How many messages were sent, will be tried again, and were given up."""

    sent: int
    retrying: int
    dead: int


class PassageDocument(JsonDocument):
    """Words that are watched, as cited from a version, and how they stand now.

    ``standing`` is ``as cited``, ``reworded`` or ``gone``; ``words`` stood last in ``version_now``,
    and ``gone_in`` is the version that no longer had them. ``still`` tells also of edits that leave
    them as they are.
    """

    report: str
    version: int
    quote: str
    note: str
    still: bool
    standing: str
    words: str
    version_now: int
    gone_in: int | None

    @classmethod
    def of(cls, one: Subscription) -> Self | None:
        """Return the passage that a subscription watches; None for any other."""
        passage, anchor = one.filter.passage, one.anchor
        if not (passage and anchor):
            return None
        return cls(
            report=passage.report,
            version=passage.version,
            quote=passage.quote,
            note=passage.note,
            still=passage.is_still,
            standing=anchor.standing(passage.quote).value,
            words=anchor.words,
            version_now=anchor.version,
            gone_in=anchor.gone_in or None,
        )


class SubscriptionDocument(JsonDocument):
    """What one address is notified of; secrets are hidden, empty lists mean "any".

    ``passage`` are the words of one report that it watches, and then it asks for nothing else.
    """

    subscription: int
    address: str
    channel: str
    state: str
    countries: list[str]
    regions: list[str]
    sources: list[str]
    editions: list[str]
    topics: list[str]
    sections: list[str]
    kinds: list[str]
    least: str
    every: str
    passage: PassageDocument | None
    time_zone: str
    digest_hour: int
    quiet_hours: str
    set_aside_why: str

    @classmethod
    def of(cls, one: Subscription, reader: Subscriber) -> Self:
        """Return one entry of ``subscribers``."""
        return cls(
            subscription=one.id,
            address=shown_address(one.address),
            channel=one.channel.value,
            state=reader.state.value,
            **{**one.filter.as_json(), "passage": PassageDocument.of(one)},
            time_zone=reader.time_zone,
            digest_hour=reader.digest_hour,
            quiet_hours=reader.quiet_hours,
            set_aside_why=reader.set_aside_why,
        )


class SubscriptionAdded(SubscriptionDocument):
    """A subscription that was added at once; ``secret`` signs what a new webhook is sent."""

    secret: str

    @classmethod
    def with_secret(cls, one: Subscription, reader: Subscriber, secret: str) -> Self:
        """Return a subscription with the secret that is shown this once, ``""`` if none is new."""
        return cls(**vars(SubscriptionDocument.of(one, reader)), secret=secret)


class SubscriptionsAdded(JsonDocument):
    """The subscriptions of a list that were added at once."""

    added: list[SubscriptionAdded]


Names = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=1000)]
Text = Annotated[str, Field(max_length=2048)]


class PassageRequest(JsonDocument):
    """Words of a report to be watched; ``version`` 0 is the newest that has them."""

    model_config = ConfigDict(strict=True)

    report: Text
    quote: Text
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    note: Text = ""
    still: bool = False


class SubscriptionRequest(JsonDocument):
    """What an address asks to be notified of; empty lists mean "any".

    ``passage`` are words of one report: what becomes of them is told, and nothing else. ``vouched``
    adds it at once and is for operators; else its owner is asked to confirm. ``owner`` is a mail
    address to notify if a webhook fails.
    """

    model_config = ConfigDict(strict=True)

    address: Text
    countries: Names = Field(default_factory=list)
    regions: Names = Field(default_factory=list)
    sources: Names = Field(default_factory=list)
    editions: Names = Field(default_factory=list)
    topics: Names = Field(default_factory=list)
    sections: Names = Field(default_factory=list)
    kinds: Names = Field(default_factory=list)
    least: str = Importance.MINOR.value
    every: str = Every.NOW.value
    passage: PassageRequest | None = None
    time_zone: Text = "UTC"
    digest_hour: int = 6
    quiet_hours: Text = ""
    vouched: bool = False
    owner: Text = ""


class AddressState(JsonDocument):
    """An address that was asked to confirm (``pending``), or is notified again (``active``)."""

    address: str
    state: str


class Unsubscribed(JsonDocument):
    """An address that was deleted, with so many subscriptions."""

    address: str
    removed: int


class SubscriptionDropped(JsonDocument):
    """A subscription that was deleted."""

    subscription: int
    removed: bool
