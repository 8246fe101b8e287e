"""The issues and topics of two editions: what became of each, what was not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from documents.diff import Pieces, pieces_of
from documents.document import JsonDocument
from documents.show import UnreadSentence

if TYPE_CHECKING:
    from reports.compare.editions import EditionComparison, IssueWording
    from reports.compare.scope import ScopedIssues
    from reports.model.reading import IssueList


class ListState(JsonDocument):
    """The issue list of one edition: its status, how many issues were read, why it is unparsed.

    ``unread`` are the sentences for which it is partial.
    """

    status: str
    count: int
    reason: str
    unread: list[UnreadSentence]

    @classmethod
    def of(cls, issues: IssueList) -> Self:
        """Return how a list was read."""
        return cls(
            status=issues.status.value,
            count=len(issues.items),
            reason=issues.reason,
            unread=[UnreadSentence.of(each) for each in issues.unread],
        )


class ListedIssue(JsonDocument):
    """One issue and the topics it is filed under."""

    text: str
    topics: list[str]


class Shift(JsonDocument):
    """How often a phrase stands in the older and in the newer text."""

    phrase: str
    before: int
    after: int


class RewordedListedIssue(JsonDocument):
    """An issue that both editions list, in other words."""

    before: ListedIssue
    after: ListedIssue
    pieces: Pieces
    degrees: list[Shift]
    hedges: list[Shift]

    @classmethod
    def of(cls, each: IssueWording) -> Self:
        """Return an issue in its old and new words."""
        matched = each.matched
        return cls(before=matched.before[0], after=matched.after[0], **_wording(each))


class SplitListedIssue(JsonDocument):
    """An issue that the newer edition lists as several."""

    before: ListedIssue
    after: list[ListedIssue]
    pieces: Pieces
    degrees: list[Shift]
    hedges: list[Shift]

    @classmethod
    def of(cls, each: IssueWording) -> Self:
        """Return an issue and what it became."""
        return cls(before=each.matched.before[0], after=each.matched.after, **_wording(each))


class MergedListedIssue(JsonDocument):
    """Several issues that the newer edition lists as one."""

    before: list[ListedIssue]
    after: ListedIssue
    pieces: Pieces
    degrees: list[Shift]
    hedges: list[Shift]

    @classmethod
    def of(cls, each: IssueWording) -> Self:
        """Return issues and what they became."""
        return cls(before=each.matched.before, after=each.matched.after[0], **_wording(each))


def _wording(each: IssueWording) -> dict[str, Any]:
    return {
        "pieces": pieces_of(each.pieces),
        "degrees": each.degrees,
        "hedges": each.hedges,
    }


class ListOfOneEdition(JsonDocument):
    """The issues about an actor or area that only one edition has a list about.

    ``about`` are the report's own words for it, ``""`` for a general list.
    """

    about: str
    items: list[ListedIssue]

    @classmethod
    def of(cls, scoped: ScopedIssues) -> Self:
        """Return a list that the other edition does not have."""
        return cls(about=scoped.about, items=scoped.issues)


class ComparedIssues(JsonDocument):
    """What became of the issues that either edition lists.

    If a list was not read whole none is added or dropped, and no list is: what has no counterpart
    is ``unmatched``.
    """

    before: ListState
    after: ListState
    kept: list[ListedIssue]
    reworded: list[RewordedListedIssue]
    split: list[SplitListedIssue]
    merged: list[MergedListedIssue]
    added: list[ListedIssue]
    dropped: list[ListedIssue]
    lists_added: list[ListOfOneEdition]
    lists_dropped: list[ListOfOneEdition]
    unmatched_before: list[ListedIssue]
    unmatched_after: list[ListedIssue]

    @classmethod
    def of(cls, compared: EditionComparison) -> Self:
        """Return the issues of both editions, matched."""
        issues = compared.issues
        return cls(
            before=ListState.of(compared.issues_before),
            after=ListState.of(compared.issues_after),
            kept=[each.after[0] for each in issues.kept],
            reworded=[RewordedListedIssue.of(each) for each in compared.reworded],
            split=[SplitListedIssue.of(each) for each in compared.split],
            merged=[MergedListedIssue.of(each) for each in compared.merged],
            added=issues.added,
            dropped=issues.dropped,
            lists_added=[ListOfOneEdition.of(each) for each in issues.lists_added],
            lists_dropped=[ListOfOneEdition.of(each) for each in issues.lists_dropped],
            unmatched_before=issues.unmatched_before,
            unmatched_after=issues.unmatched_after,
        )


class ComparedTopics(JsonDocument):
    """Which topics both editions name, and which only one of them."""

    kept: list[str]
    added: list[str]
    dropped: list[str]
