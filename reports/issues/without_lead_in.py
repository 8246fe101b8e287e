"""Find the issues that a summary names in sentences of their own, without a lead-in."""

from __future__ import annotations

import re

from reports.issues.opening import NOUN, is_not_a_list, may_name_problems, without_reports_of
from reports.issues.split import SplitIssue, split, trimmed
from reports.issues.words import names_problem
from reports.text.passage import Passage
from reports.topics.classify import topics_of

_OPENING = re.compile(
    r"(?:(?:additionally|lastly|finally|also|moreover|furthermore|in addition),? )?"
    r"(?:there (?:were|was)(?: also)?|there also (?:were|was)"
    r"|(?:also )?of (?:additional |particular |further )?concern (?:were|was)) "
    r"(?!(?:no|not|few|fewer|little)\b)",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"The government engaged in |Freedoms? of ")
_CALLED = re.compile(
    r"(?P<issue>[^.]+?),? (?:were|was|are|is|remained|became|constituted|continued to be"
    r"|remains) (?P<rank>(?:[\w\u2019'-]+ ){0,10}?)"
    rf"(?P<noun>{NOUN}|problematic)\b(?P<rest>.*)"
)
# "Discrimination against weavers persisted": that it was there, in other words than "there was".
_EXISTED = re.compile(
    r"(?P<issue>[^.]+?),? (?:(?:also |still |reportedly )?"
    r"(?:occurred|persisted|existed|continued(?: to (?:occur|exist))?(?! to\b))"
    r"|(?:was|were|remained) (?:also )?(?:\w+ly )?"
    r"(?:common|widespread|prevalent|frequent|pervasive|rampant|reported))\b(?P<rest>.*)"
)
# Words between "was" and "problem" that make something else of it than a problem: its cause, its
# victim, or a thing that comes with reports of it.
_IS_NO_PROBLEM = re.compile(
    r"\b(?:not|no|with|by|at|to|from|despite|root|source|causes?|result|driver|reports?|allegations?"
    r"|flawed|marred|followed|accused|blamed|implicated|involved|victims?|targets?"
    r"|(?<!one )(?<!some )(?<!many )(?<!most )(?<!several )(?<!any )(?<!area )(?<!areas )of)\b",
    re.IGNORECASE,
)
_HUMAN_RIGHTS = re.compile(r"\b(?:human rights|most)\b")
_SERIOUS = re.compile(r"\b(?:serious|significant|major|main|principal|primary)\b")
_ONLY_WHERE_AND_WHEN = re.compile(
    r"(?: (?:(?:during|in|throughout|across|for) (?:the|that|this) (?:reporting )?"
    r"(?:year|period|country|territory|islands?|nation)|in [A-Z][\w\u2019' -]{2,40}))*\.?"
)
# A subject with a verb of its own, or one that only points at something, cannot stand alone.
_IS_CLAUSE = re.compile(
    r"\b(?:although|was|were|had|did|continued(?= to\b|,|$)|remained|occurred"
    r"|persisted|existed|limited|restricted|dominated|it|this|they|these|there|which"
    r"|led to|contributed to|resulted in|took|became|began|rose|fell|won|said|stated"
    r"|(?:caused|fueled|exacerbated|undermined|affected|worsened)(?! by\b))\b"
    r"|\b(?:but|and|or|that|while)$",
    re.IGNORECASE,
)
_CIRCUMSTANCE = re.compile(r"(?:With|During|In|As|Despite|Due to|Because of|After)\b[^,]*, ")
_LONGEST = 2_000  # characters; bounds the time


def further(sentence: Passage) -> list[SplitIssue]:
    """Return the issues that a sentence after a list goes on to name.

    A sentence that says more than that there were problems, or that something was one, is kept
    whole: cut short, it could say less, or something else, than was written.
    """
    opening = _OPENING.match(sentence.text)
    if opening:
        body, _ = without_reports_of(sentence.cut(opening.end()))
        return split(body) if topics_of(body.text) else []
    if _WHOLE.match(sentence.text):
        return _whole(sentence)
    called = _called(sentence.text)
    if not called or not called["noun"].startswith(("problem", "concern")):
        called = _existed(sentence.text)
    if not called:
        return []
    if _ONLY_WHERE_AND_WHEN.fullmatch(called["rest"]) and not _IS_CLAUSE.search(called["issue"]):
        return _subject(sentence, called)
    return _whole(sentence)


def called_main_problem(sentence: Passage) -> list[SplitIssue]:
    """Return what "... remained the most significant human rights problem" speaks of."""
    called = _called(sentence.text)
    if not called or _IS_CLAUSE.search(called["issue"]):
        return []
    is_main = _HUMAN_RIGHTS.search(called["rank"]) or _SERIOUS.search(called["rank"])
    return _subject(sentence, called) if is_main else []


def _called(text: str) -> re.Match[str] | None:
    if len(text) > _LONGEST or not may_name_problems(text):
        return None
    called = _CALLED.match(text)
    if not called or _IS_NO_PROBLEM.search(called["rank"]):
        return None
    return None if is_not_a_list(called["issue"]) else called


def _existed(text: str) -> re.Match[str] | None:
    found = _EXISTED.match(text) if len(text) <= _LONGEST else None
    if not found or not names_problem(found["issue"]) or is_not_a_list(found["issue"]):
        return None
    return None if _IS_CLAUSE.search(found["issue"]) else found


def _whole(sentence: Passage) -> list[SplitIssue]:
    return [SplitIssue(trimmed(sentence))] if topics_of(sentence.text) else []


def _subject(sentence: Passage, called: re.Match[str]) -> list[SplitIssue]:
    front = _CIRCUMSTANCE.match(called["issue"])
    issue = sentence.cut(front.end() if front else 0, called.end("issue"))
    return split(issue) if topics_of(called["issue"]) else []
