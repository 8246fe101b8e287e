"""Letters: messages that tell no change, such as the question whether an address is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.message import ComposedMessage
from alerts.rendering import render
from alerts.story import moment
from alerts.subjects import LONGEST_SUBJECT
from reports.text.plain import one_line, web_url


@dataclass(frozen=True)
class Letter:
    """A subject, paragraphs, and what to follow, in words, if there is something to follow."""

    subject: str
    paragraphs: Sequence[str]
    link: str = ""
    link_words: str = ""


def compose_letter(letter: Letter, now: datetime) -> ComposedMessage:
    """Write a letter as text and as HTML; every text in it is made harmless."""
    shown = {
        "subject": one_line(letter.subject, LONGEST_SUBJECT),
        "paragraphs": [one_line(each, 2000) for each in letter.paragraphs],
        "link": web_url(letter.link),
        "link_words": one_line(letter.link_words),
        "written_at": moment(now),
    }
    return ComposedMessage(
        subject=str(shown["subject"]),
        text=render("letter.txt", shown),
        html=render("letter.html", shown),
    )


def confirmation(asked: str, link: str, days: int) -> Letter:
    """Ask an address's owner whether the messages somebody asked for are wanted."""
    return Letter(
        "Please confirm: messages about changed reports",
        [
            f"Please confirm that reportwatch may send this address {asked}: follow the link "
            "above and press the button there. Nothing is sent before.",
            f"The link holds for {days} days. If you did not ask for this, do nothing: the address "
            "is then deleted, and no further message comes.",
        ],
        link,
        "Confirm",
    )


def still_wanted(link: str, days: int) -> Letter:
    """Ask whether an address that was silent for long still wants its messages."""
    return Letter(
        "Do you still want messages about changed reports?",
        [
            "This address has had messages about changed reports for a long time, and we keep no "
            "track of whether anybody reads them.",
            "If you want them to go on, follow the link above and press the button there. Without "
            f"an answer within {days} days the address is deleted.",
        ],
        link,
        "Keep sending them",
    )


def set_aside_notice(address: str, why: str) -> Letter:
    """Tell the owner of a webhook or chat room that nothing more is sent there."""
    return Letter(
        f"Nothing more is sent to {address}",
        [
            f"You are named as the owner of {address}, which is to be notified of changed reports. "
            f"It did not take what was sent: {why}.",
            "Nothing more is sent there. What could not be delivered is kept.",
            "Once it works again, ask the operator of this reportwatch to switch it on "
            "(reportwatch subscribers revive) and to send again what was missed "
            "(reportwatch alerts resend).",
        ],
    )


def canary(number: str) -> Letter:
    """Write the mail that proves that mail arrives."""
    return Letter(
        f"reportwatch canary {number}",
        [
            "This mail proves that messages of this reportwatch arrive. It is read by the program "
            "itself; if it does not arrive, the operator is notified.",
            f"Canary {number}.",
        ],
    )
