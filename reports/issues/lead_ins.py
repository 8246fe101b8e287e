"""Recognise the words that introduce a list of human rights issues."""

from __future__ import annotations

import re
from typing import NamedTuple

from reports.model.reading import IssueRank
from reports.text.passage import Passage
from reports.topics.classify import topics_of

_NOUNS = ("issue", "problem", "abuse", "concern", "violation")
NOUN = r"(?:issues?|problems?|abuses?|concerns?|violations?)"

HUMAN_RIGHTS = r"(?:human rights?(?: \(HRs?\))?(?:[- ]related)?|HR)"
RANKS = (
    r"(?:most|main|principal|primary|major|serious|significant|severe|important|egregious|pressing"
    r"|other|additional|further|reported|following|societal)"
)
_SUBJECT = re.compile(
    rf"\b(?P<explicit>{HUMAN_RIGHTS} {NOUN})\b"
    rf"|\b{RANKS} (?:areas? of )?{NOUN}\b"
    rf"|^(?P<bare>(?:These )?(?:issues|problems|abuses))(?= (?:also )?included?\b)",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"(?P<behind>[^.;:]{0,160}?)\b(?:(?P<includes>included?)"
    r"|(?:persisted|existed|occurred|continued|(?:were|was) (?:reported|noted|observed))(?=:)"
    r"|(?P<goes_on>(?:remained|persisted|continued|existed|occurred|were reported),? "
    r"(?:and )?includ(?:ed|ing))"
    r"|(?:were|was|are|is)(?! responsible)|concerned|involved|stemmed from|remained)\b"
    r"(?:,? but (?:were|are) not limited to)?(?: the following)?"
    r"(?P<colon>:?)(?: +|$)",
    re.IGNORECASE,
)
_VERBLESS = re.compile(r"(?P<behind>)(?P<colon>:)(?: +|$)")
_EXISTENCE = re.compile(
    r"There (?:were|are|continued to be) (?!no\b|few\b|not\b)(?:also )?"
    rf"(?:(?:\w+ )?(?:reports|allegations) of )?(?:[\w-]+,? ){{0,3}}?human rights {NOUN}\b"
    r"(?P<scope>[^.;:]{0,80}?),? (?:due to|including|related to|such as|that included"
    r"|involving(?![^.;:]{0,80} including))(?: the following)?(?P<colon>:?)(?: +|$)"
)
_AREAS = re.compile(
    rf"\b{NOUN}(?: (?:(?:were|was) )?(?:remained|persisted|existed|continued|reported|noted))? in "
    r"(?:the following|some|several|a few|other|certain|many|a number of)(?: \w+)? areas"
    r"(?=:|,? (?:including|such as)\b)(?:,? (?:including|such as))?(?P<colon>:?)(?: +|$)",
    re.IGNORECASE,
)
_REPORTS_OF = re.compile(
    r"(?:(?P<credible>credible )|(?:frequent|continuing|continued|numerous|some|many|several"
    r"|isolated|persistent|widespread|additional|further) )?"
    r"(?:reports|allegations)(?:,? (?P<scope>(?:by|involving|in|against) [^.;:]{1,120}?),?)? of"
    r"(?: the following(?: (?P<whose>[^.;:]{1,120}))?(?=:))?(?P<colon>:?)(?: +|$)"
)
_LATER_REPORTS_OF = re.compile(r"; (?:and )?(?:credible )?(?:reports|allegations) of\b")
_NOT_A_LIST = re.compile(
    r"\b(?:officials? (?:who|accused|implicated)|perpetrat\w+|commit\w*|prosecut\w+"
    r"|punish(?:ed|es|ing)?\b|investigat\w+|impunity|no (?:\w+ )?reports|mechanisms)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"(?:not|no|also|often|rarely|generally|well|similar|common|rare|in|at|by|under|due|committed"
    r"|reported|carried out|(?:\w+ed|known|seen) (?:by|in|to|on|as|for|during)|\w+ed(?=;))(?!\w)"
)
_NOUN_PHRASE = re.compile(r"(?:the|an?|that|its|citizens|those|government)\b", re.IGNORECASE)
_RANKED = re.compile(rf"\b{RANKS}\b", re.IGNORECASE)
_SECOND = re.compile(r"\b(?:other|additional|further|also|additionally)\b", re.IGNORECASE)
_OTHER = re.compile(r"\bother\b", re.IGNORECASE)
_HEDGE = re.compile(r"\b(?:reports|allegations|claims) (?:of|that)\b|\balleged(?:ly)?\b", re.I)
_FRONT = re.compile(
    r"(?P<scope>(?:In|On|At|Within|Outside|Under|By|With|Among|Throughout|For|Regarding|Apart"
    r"|Beyond|According)\b.*?),? (?:the |there )?(?:[\w-]+ ){0,3}$"
)
_SUBORDINATE = re.compile(
    r"(?P<clause>(?:Although|While|Despite|Even|Notwithstanding|After|Since)\b.*, )"
    r"(?:the )?(?:[\w-]+ ){0,3}$"
)
_ONLY_TIME = re.compile(
    r"(?:(?:that )?(?:were )?(?:reported|observed|noted|during|the|reporting|last|year|period|in"
    r"|country|territory|facing|throughout|also|continued|persisted|existed|\d{4})[ ,]*)+",
    re.IGNORECASE,
)


class ListOpening(NamedTuple):
    """The words that introduce a list, what they say of it, and what follows them."""

    words: Passage
    body: Passage
    scope: str = ""
    is_hedged: bool = False
    is_second: bool = False
    is_other: bool = False

    def rank(self, *, goes_on: bool) -> IssueRank:
        """Return the list's rank; ``goes_on`` tells that a list stands before it."""
        if not self.is_second:
            return IssueRank.PRINCIPAL
        return IssueRank.FURTHER if goes_on and not self.is_other else IssueRank.OTHER


def opening_of(sentence: Passage) -> ListOpening | None:
    """Return the lead-in that a sentence begins with; None if it introduces no list."""
    lowered = sentence.text.lower()
    if not any(noun in lowered for noun in _NOUNS):  # spares most sentences the search
        return None
    return _existence(sentence) or _areas(sentence) or _subject(sentence)


def without_reports_of(body: Passage, *, has_colon: bool) -> tuple[Passage, str]:
    """Drop "credible reports of" if it leads the whole list and not the first issue alone.

    Returns the rest, and the words in between that bound the list ("by all parties").
    """
    reports_of = _REPORTS_OF.match(body.text)
    if not reports_of:
        return body, ""
    leads_all = reports_of["colon"] or not (has_colon or _LATER_REPORTS_OF.search(body.text))
    if not leads_all or (reports_of["scope"] and not reports_of["colon"]):
        return body, ""
    return body.cut(reports_of.end()), reports_of["scope"] or reports_of["whose"] or ""


def is_not_a_list(text: str) -> bool:
    """Return whether words speak of accountability or of who committed abuses."""
    return bool(_NOT_A_LIST.search(text))


def _existence(sentence: Passage) -> ListOpening | None:
    found = _EXISTENCE.match(sentence.text)
    return _lead(sentence, found, found["scope"].strip(" ,")) if found else None


def _areas(sentence: Passage) -> ListOpening | None:
    found = _AREAS.search(sentence.text)
    return _lead(sentence, found, "") if found else None


def _subject(sentence: Passage) -> ListOpening | None:
    text = sentence.text
    subject = _SUBJECT.search(text)
    if not subject or _NOT_A_LIST.search(text, _clause(text, subject), subject.start()):
        return None
    verb = _VERB.match(text, subject.end()) or _VERBLESS.match(text, subject.end())
    if not verb or not _introduces(text, subject, verb):
        return None
    subject = _last_subject(text, subject, verb)
    return _lead(sentence, verb, _scope(text, subject, verb))


def _clause(text: str, subject: re.Match[str]) -> int:
    """Return where the subject's own clause begins: behind "Although ..., "."""
    front = _SUBORDINATE.match(text, 0, subject.start())
    return front.end("clause") if front else 0


def _last_subject(text: str, subject: re.Match[str], verb: re.Match[str]) -> re.Match[str]:
    """Return the verb's own subject: a clause before it may name abuses, too."""
    later = list(_SUBJECT.finditer(text, subject.end(), verb.end("behind")))
    return later[-1] if later else subject


def _introduces(text: str, subject: re.Match[str], verb: re.Match[str]) -> bool:
    """Return whether "problems were ..." lists problems, or only says something of them."""
    body, named = text[verb.end() :], text[: verb.start()]
    if verb.re is _VERBLESS:
        return ";" in body and bool(_RANKED.search(named))
    if verb["colon"] or verb["goes_on"]:
        return True
    is_ranked = bool(_RANKED.search(named))
    if verb["includes"]:
        return bool(subject["explicit"] or subject["bare"] or is_ranked)
    if _PASSIVE.match(body):
        return False
    if ";" in body:
        return True
    return is_ranked and bool(topics_of(body) or (subject["explicit"] and _NOUN_PHRASE.match(body)))


def _lead(sentence: Passage, found: re.Match[str], scope: str) -> ListOpening:
    body, between = without_reports_of(sentence.cut(found.end()), has_colon=bool(found["colon"]))
    words = sentence.cut(0, body.start - sentence.start).stripped_right(" ")
    return ListOpening(
        words,
        body,
        "; ".join(part for part in (scope, between) if part),
        bool(_HEDGE.search(words.text)),
        bool(_SECOND.search(words.text)),
        bool(_OTHER.search(words.text)),
    )


def _scope(text: str, subject: re.Match[str], verb: re.Match[str]) -> str:
    """Return the words of a lead-in that bound its list; "" if it has none."""
    front = _FRONT.match(text[: subject.start()])
    behind = text[subject.end() : verb.end("behind")].strip(" ,\u2013\u2014-")
    parts = [front["scope"] if front else "", "" if _ONLY_TIME.fullmatch(behind) else behind]
    return "; ".join(part for part in parts if part)
