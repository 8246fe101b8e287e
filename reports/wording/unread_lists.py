"""Say of whole lists that they came, went or were not read, so that no issue is called gone."""

from __future__ import annotations

from collections.abc import Sequence

from reports.model.reading import IssueStatus, UnreadList
from reports.text.plain import one_line

LONGEST_SCOPE = 160
"""Characters of the words that name an actor or area."""

UNREAD_SENTENCES = "Sentences that read like a list of issues and were not read"
"""The title over what a partial list was not read of."""

PARTIAL_LISTS = "A list that was not read whole counts for the topics it names, and against none."
"""Said wherever such lists stand beside figures."""

LISTS_TITLE = "Issue list"
"""The title over the issues of a whole list that came or went."""


def unread_in_version(unread: UnreadList, number: int | None) -> str:
    """Say what follows for the comparison of two versions; ``number`` is the list's version."""
    return _unread(unread, f"The issue list of version {number}")


def unread_in_edition(unread: UnreadList, edition: str) -> str:
    """Say what follows for the comparison of two editions."""
    return _unread(unread, f"The {edition} list of human rights issues")


def _unread(unread: UnreadList, which: str) -> str:
    if unread.status is IssueStatus.PARTIAL:
        return (
            f"{which} was not read whole by the program: no issue and no topic is called new or"
            " gone against it."
        )
    return (
        f"{which} could not be read by the program: issues and topics are not compared, which says"
        " nothing about them."
    )


def list_of(about: str, *, is_new: bool) -> str:
    """Say that a version has a list about an actor or area that the other has none about."""
    if not about:
        return "a new general list" if is_new else "the general list is gone"
    named = f"list about “{one_line(about, LONGEST_SCOPE).strip(' :')}”"
    return f"a new {named}" if is_new else f"the {named} is gone"


def unread_remark(lists: Sequence[UnreadList]) -> str:
    """Say in a few words that lists were not read whole; "" if all were."""
    if not lists:
        return ""
    is_partial = all(each.status is IssueStatus.PARTIAL for each in lists)
    return f"the issue list {'was not read whole' if is_partial else 'could not be read'}"
