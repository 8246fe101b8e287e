"""Read the list of human rights issues out of an executive summary.

The rules follow how the U.S. Country Reports have been written since 2011: a lead-in ("Significant
human rights issues included credible reports of:") and issues parted by semicolons; often a second
list, and sentences after it that name further issues; or a statement that there were none. What
fits none of these is `unparsed`, never "no issues". The rules are told in docs/reading.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reports.issues.back_references import actor_before, is_only_a_cause, names_actor
from reports.issues.denials import denies_abuses, denies_in_part
from reports.issues.lead_ins import opening_of
from reports.issues.listed_blocks import VERB, ListedBlocks, title_of
from reports.issues.opening import ListOpening
from reports.issues.split import SplitIssue, is_unclosed, names_group, qualifier_of, split
from reports.issues.unread import unread_sentences
from reports.issues.without_lead_in import called_main_problem, further
from reports.model.reading import Issue, IssueList, IssueRank, IssueStatus, LeadIn, Unread
from reports.text.passage import Passage
from reports.text.sentences import sentences
from reports.topics.classify import topics_of

_SPEAKS_OF_RIGHTS = re.compile(r"\bhuman rights (?:record|situation|issue|problem|abuse|violation)")
_OF_THE_STATE = re.compile(
    r"(?:The )?(?:authorities|courts?|government|judges|officials|parliament|police|prosecutors)\b",
    re.IGNORECASE,
)
_LONGEST_QUOTE = 160  # characters of the page shown in a reason


def read_issues(blocks: Sequence[str]) -> IssueList:
    """Read the issues that a summary lists.

    ``blocks`` are canonical. Every issue's text is a literal substring of one block, in order.
    A list outweighs a statement that nothing significant was reported, also one that could not be
    read. The list is partial if a sentence that looks like a list is in no issue.
    """
    cut = [sentences(block) for block in blocks]
    listing = _Listing()
    for block, said in enumerate(cut):
        listing.read(block, blocks[block], said)
    issues = listing.issues if listing.has_own else []
    unread = unread_sentences(cut, issues, listing.leads, listing.explained)
    if issues:
        status = IssueStatus.PARTIAL if unread else IssueStatus.LISTED
        return IssueList(status, tuple(issues), tuple(listing.leads), unread=unread)
    if not unread and any(denies_abuses(sentence.text) for said in cut for sentence in said):
        return IssueList(IssueStatus.NONE_REPORTED)
    return IssueList(reason=_reason(cut, listing.leads, unread), unread=unread)


class _Listing:
    """The lists of one summary while its blocks are read in order."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self.leads: list[LeadIn] = []
        self.explained: set[tuple[int, int]] = set()
        self.has_own = False  # issues of the summary's own, not of groups outside the state alone
        self._is_of_actor = False
        self._group = ""
        self._block = 0
        self._rank = IssueRank.PRINCIPAL
        self._lead = -1
        self._blocks = ListedBlocks()

    def read(self, block: int, text: str, said: Sequence[Passage]) -> None:
        """Read one block, which may go on with the list of the blocks before it."""
        self._block = block
        if self._blocks.goes_on(text, said) and not opening_of(said[0]):
            title = None if names_group(text) else title_of(text)
            self._add([SplitIssue(title)] if title else split(said[0]))
            self._blocks.add(text)
        else:
            self._leave_actor()
            self._blocks.begin(text, is_listing=self._paragraph(said))

    def _paragraph(self, said: Sequence[Passage]) -> bool:
        """Read the lists in a paragraph; tell whether it holds one that may go on."""
        body: Passage | None = None
        last: ListOpening | None = None
        is_listing, before = False, ""
        for sentence, lead in zip(said, self._openings(said), strict=True):
            if lead:
                self._open(_with_actor(lead, last, before), goes_on=is_listing)
                body = lead.body
            else:
                body = sentence if self._carries_on(body, sentence.text) else None
            if body:
                self._add(split(body))
                is_listing = not (lead and lead.is_of_actor)
            else:
                is_listing = self._loose(sentence, is_listing=is_listing)
            last, before = lead, sentence.text
        return is_listing or last is not None

    def _openings(self, said: Sequence[Passage]) -> list[ListOpening | None]:
        """Return the lead-in of every sentence; a mere cause leads none if the next one does."""
        befores = ("", *(sentence.text for sentence in said))
        found = [
            opening_of(sentence, before) for sentence, before in zip(said, befores, strict=False)
        ]
        for place, (sentence, later) in enumerate(zip(said, found[1:], strict=False)):
            if later and later.points_back and is_only_a_cause(sentence.text):
                found[place] = None
                self.explained.add((self._block, sentence.start))
        return found

    def _carries_on(self, body: Passage | None, sentence: str) -> bool:
        """Return whether a sentence is part of the list before it.

        It is where a stray full stop stands in the middle of a list, or where the list gives each
        group of issues ("With respect to ...:") a sentence of its own.
        """
        if self.leads and names_group(sentence):
            return True
        first, semicolon, _ = sentence.partition(";")
        if not body or not semicolon or not is_unclosed(body):
            return False
        return not VERB.search(first) and not _OF_THE_STATE.match(first)

    def _loose(self, sentence: Passage, *, is_listing: bool) -> bool:
        if is_listing:
            self._add(further(sentence), IssueRank.FURTHER, -1)
            return True
        called = called_main_problem(sentence)
        if called:
            self._leave_actor()
        self._add(called, IssueRank.PRINCIPAL, -1)
        return bool(called)

    def _leave_actor(self) -> None:
        """Take what follows as the summary's own, not as an actor's."""
        if self._is_of_actor:
            self._rank = IssueRank.PRINCIPAL
        self._group, self._is_of_actor = "", False

    def _open(self, lead: ListOpening, *, goes_on: bool) -> None:
        self._rank = lead.rank(self._rank if goes_on else None)
        self._lead = len(self.leads)
        self._group = lead.group
        self._is_of_actor = lead.is_of_actor
        words = lead.words
        self.leads.append(LeadIn(words.text, self._block, words.start, lead.scope, lead.is_hedged))

    def _add(
        self, pieces: Sequence[SplitIssue], rank: IssueRank | None = None, lead: int | None = None
    ) -> None:
        self.has_own = self.has_own or (bool(pieces) and not self._is_of_actor)
        for words, group in pieces:
            self.issues.append(
                Issue(
                    words.text,
                    topics_of(words.text),
                    self._block,
                    words.start,
                    rank or self._rank,
                    self._lead if lead is None else lead,
                    group or self._group,
                    qualifier_of(words.text),
                )
            )


def _with_actor(lead: ListOpening, last: ListOpening | None, before: str) -> ListOpening:
    """Give a lead-in without a scope that of the sentence before it, if that names the actor.

    "Other significant issues included:" behind a list of one actor's issues lists more of them.
    """
    if lead.scope or lead.group or not lead.is_second:
        return lead
    if last and (last.group or names_actor(last.scope)):
        return lead._replace(scope=last.scope, group=last.group)
    return lead if last else lead._replace(scope=actor_before(before))


def _reason(
    cut: Sequence[Sequence[Passage]], leads: Sequence[LeadIn], unread: Sequence[Unread]
) -> str:
    """Say in plain words why a summary's issues could not be read."""
    said = [sentence.text for block in cut for sentence in block if sentence.text]
    if not said:
        return "The summary holds no text to read."
    if leads:
        return f"A list is announced, but nothing follows: {_quoted(leads[0].text)}."
    if unread:
        return f"A sentence looks like a list, but could not be read: {_quoted(unread[0].text)}."
    narrower = next(filter(denies_in_part, said), "")
    if narrower:
        return (
            "No list is introduced. A denial was found, but it does not say that there were no "
            f"reports of significant human rights abuses in the country: {_quoted(narrower)}."
        )
    prose = next(filter(_SPEAKS_OF_RIGHTS.search, said), "")
    if prose:
        return (
            "Human rights are spoken of in prose; no sentence introduces a list of issues or says "
            f"that none were reported. The first such sentence: {_quoted(prose)}."
        )
    return (
        "No sentence introduces a list (such as “Significant human rights issues included …”), and "
        "none says that there were no reports of significant human rights abuses."
    )


def _quoted(text: str) -> str:
    if len(text) > _LONGEST_QUOTE:
        text = text[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
    return f"“{text.rstrip('.')}”"
