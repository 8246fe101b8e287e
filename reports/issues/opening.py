"""What is said of a list of human rights issues by the words that introduce it."""

from __future__ import annotations

import re
from typing import NamedTuple

from reports.issues.actors import outsiders_in
from reports.model.reading import IssueRank
from reports.text.passage import Passage

NOUN = r"(?:issues?|problems?|abuses?|concerns?|violations?)"

HUMAN_RIGHTS = r"(?:human[ -]rights?(?: \(HRs?\))?(?:[- ]related)?|HR)"
RANKS = (
    r"(?:most|main|principal|primary|major|serious|significant|severe|important|egregious|pressing"
    r"|other|additional|further|reported|following|societal|second|third|fourth|broad)"
)
_KINDS_OF_REPORTS = r"(?:reports|allegations)(?: (?:or|and) (?:reports|allegations))?"
REPORTS = (
    rf"(?:\w+ ){{0,2}}{_KINDS_OF_REPORTS}(?:,? (?:by|involving|in|against) [^.;:]{{1,120}}?,?)? of"
)
SUBJECT = re.compile(
    rf"\b(?P<explicit>{HUMAN_RIGHTS} {NOUN}(?: (?:and|or) {NOUN})?"
    rf"|(?:abuses|violations) of {HUMAN_RIGHTS})\b"
    rf"|\b{RANKS} (?:areas? of )?{NOUN}\b"
    rf"|^(?:These )?(?:issues|problems|abuses)(?= (?:also )?included?\b)",
    re.IGNORECASE,
)
_REPORTS_OF = re.compile(
    r"(?:(?:credible|frequent|continuing|continued|numerous|some|many|several"
    r"|isolated|persistent|widespread|additional|further) ){0,2}"
    rf"{_KINDS_OF_REPORTS}(?:,? (?P<scope>(?:by|involving|in|against) [^.;:]{{1,120}}?),?)? of"
    r"(?: the following(?: (?P<whose>[^.;:]{1,120}))?(?=:))?(?P<colon>:?)(?: +|$)"
)
_LATER_REPORTS_OF = re.compile(
    r"(?:; (?:and )?|,? and (?=credible ))(?:\w+ )?(?:reports|allegations) of\b"
)
ACCOUNTABILITY = re.compile(
    r"\b(?:officials? (?:who|accused|implicated)|prosecut\w+"
    r"|punish(?:ed|es|ing)?\b|investigat\w+|impunity|no (?:\w+ )?reports|mechanisms)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(?:on|about|into|regarding|concerning) (?:[\w-]+ ){0,3}$")
COMMITTED = re.compile(r"\b(?:perpetrat\w+|commit\w*)\b", re.IGNORECASE)
_NAMES_RANK = re.compile(rf"{HUMAN_RIGHTS} |\b(?!societal){RANKS}\b", re.IGNORECASE)
_SECOND = re.compile(r"\b(?:other|additional|further|also|additionally)\b", re.IGNORECASE)
_OTHER = re.compile(r"\bother\b", re.IGNORECASE)
_HEDGE = re.compile(r"\b(?:reports|allegations|claims) (?:of|that)\b|\balleged(?:ly)?\b", re.I)


class ListOpening(NamedTuple):
    """The words that introduce a list, what they say of it, and what follows them."""

    words: Passage
    body: Passage
    scope: str = ""
    is_hedged: bool = False
    is_second: bool = False
    is_other: bool = False
    group: str = ""
    is_of_actor: bool = False
    points_back: bool = False

    def rank(self, before: IssueRank | None) -> IssueRank:
        """Return the list's rank; ``before`` is that of the list it goes on after, if it does."""
        if self.is_of_actor:
            return IssueRank.FURTHER
        if before and not self.is_second and not _NAMES_RANK.search(self.words.text):
            return IssueRank.OTHER if before is IssueRank.OTHER else IssueRank.FURTHER
        if not self.is_second:
            return IssueRank.PRINCIPAL
        return IssueRank.FURTHER if before and not self.is_other else IssueRank.OTHER


def opening_at(sentence: Passage, end: int, scope: str = "") -> ListOpening:
    """Return the lead-in that ends at an offset of its sentence; ``scope`` bounds its list."""
    body, between = without_reports_of(sentence.cut(end))
    words = sentence.cut(0, body.start - sentence.start).stripped_right(" ")
    return ListOpening(
        words,
        body,
        "; ".join(part for part in (scope, between) if part),
        bool(_HEDGE.search(words.text)),
        is_second(words.text),
        is_other(words.text),
        outsiders_in(scope),
    )


def is_second(words: str) -> bool:
    """Return whether words speak of a second list: "other", "additional", "also"."""
    return bool(_SECOND.search(words))


def is_other(words: str) -> bool:
    """Return whether words speak of other issues than those of a list before."""
    return bool(_OTHER.search(words))


def without_reports_of(body: Passage) -> tuple[Passage, str]:
    """Drop "credible reports of" if it leads the whole list and not the first issue alone.

    Returns the rest, and the words in between that bound the list ("by all parties").
    """
    reports_of = _REPORTS_OF.match(body.text)
    if not reports_of:
        return body, ""
    leads_all = reports_of["colon"] or not _LATER_REPORTS_OF.search(body.text)
    if not leads_all or (reports_of["scope"] and not reports_of["colon"]):
        return body, ""
    return body.cut(reports_of.end()), reports_of["scope"] or reports_of["whose"] or ""


def may_name_problems(text: str) -> bool:
    """Return whether a text has a noun of problems, by its stem; spares most texts a search."""
    return (
        "ssue" in text
        or "roblem" in text
        or "buse" in text
        or "oncern" in text
        or "iolation" in text
        or text.isupper()
    )


def is_not_a_list(text: str) -> bool:
    """Return whether words speak of accountability or of who committed abuses."""
    return bool(ACCOUNTABILITY.search(text) or COMMITTED.search(text))


def is_spoken_about(before: str) -> bool:
    """Return whether the words before "human rights issues" make a subject of talk of them."""
    return bool(_ABOUT.search(before))
