"""Split the body of a list of issues at its semicolons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reports.issues.enumerations import parts_of
from reports.issues.words import names_only_persons
from reports.text.brackets import bracketed, is_within
from reports.text.passage import Passage

# A stray full stop before a small letter parts the issues of a list that has semicolons.
_SEPARATOR = re.compile(
    r";|(?<=[a-z]{3})(?<!\betc)\.(?= [a-z])|[.,](?= (?:and )?\(?\d{1,2}\) [A-Za-z])"
)
_BEFORE_NUMBER = re.compile(r"[.,](?= (?:and )?\(?\d{1,2}\) [A-Za-z])")
# A clause that only tells how the state answers to the issue before it.
_ANSWER = re.compile(
    r" (?:(?:however|nevertheless|nonetheless|although|though|but)\b"
    r"|(?:(?:the|such|these|this) )?"
    r"(?:authorities|government|laws?|provisions?|courts?|police|officials|cases?)"
    r" (?:(?:\w+ly|was|were|did|not|had|been),? (?:and )?){0,3}"
    r"(?:investigated|prosecuted|punished|condemned|enforced?|applied|addressed|tried"
    r"|took (?:\w+ )?(?:steps|action|measures))\b)"
)
_QUALIFIER = re.compile(
    r";|,(?= (?:although|though|but(?! not limited)|however|nevertheless|nonetheless|while|whereas"
    r"|even though|which|(?:all|some|many|most|none) of which)\b)"
)
_NAMES_MORE = re.compile(r", (?:as well as|including|and (?!where|when|if|in\b|then))")
_JOINING_WORD = re.compile(r"(?:and also|and|or|as well as)\b[ ,]*", re.IGNORECASE)
_BULLET = re.compile(r"[\u2022\u00b7\u25aa\u25cf*\u2013\u2014-] *(?=\S)")
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[a-h])\) *|\d{1,2}\. ")
_CONCERNS = re.compile(
    r"(?:with (?:respect|regard) to|regarding|concerning|as (?:for|regards)|on the part of"
    r"|attributed to|by|in|under|within|among) [^:;]{3,200}?(?=: )",
    re.IGNORECASE,
)
_BY_RESPECT = re.compile(
    r"(?:\(?\d{1,2}\) )?(?:with (?:respect|regard) to|regarding|concerning|as (?:for|regards)"
    r"|on the part of) [^:;]{3,200}: ",
    re.IGNORECASE,
)
_NUMBERED_GROUP = re.compile(r"[^:;]{3,200}?(?=: )")
_TAKES_PERSONS = re.compile(r"\b(?:against|towards?|among|between) ")
_REPORTS_OF = re.compile(r"(?:credible )?(?:reports|allegations) of: ?")
_DOTTED_ABBREVIATION = re.compile(r"\b[A-Z]\.(?:[A-Z]\.){1,4}$")


class SplitIssue(NamedTuple):
    """One issue of a list, and the words that name whom its group of issues concerns."""

    words: Passage
    group: str = ""


def split(body: Passage) -> list[SplitIssue]:
    """Split a passage into its issues: at semicolons; without any, if an enumeration is safe."""
    pieces = list(_pieces(_with_their_persons(body, list(_between_separators(body)))))
    if len(pieces) == 1:
        pieces = [
            SplitIssue(trimmed(part), piece.group)
            for piece in pieces
            for part in parts_of(piece.words)
        ]
    return [piece for piece in pieces if any(map(str.isalnum, piece.words.text))]


def is_unclosed(body: Passage) -> bool:
    """Return whether a list of several issues ends without the "and" before its last one."""
    pieces = list(_between_separators(body))
    return len(pieces) > 1 and not _JOINING_WORD.match(pieces[-1].text.strip())


def names_group(text: str) -> bool:
    """Return whether a text begins with words that name whom its issues concern."""
    return bool(_BY_RESPECT.match(text))


def qualifier_of(issue: str) -> str:
    """Return the end of an issue's words that only qualifies it; "" if nothing does."""
    found = _QUALIFIER.search(issue)
    if not found or _NAMES_MORE.search(issue, found.end()):
        return ""
    is_other = found.group() == ";" and not _ANSWER.match(issue, found.end())
    return "" if is_other else issue[found.end() :].strip()


def trimmed(piece: Passage) -> Passage:
    """Return an issue's own words: no joining word, bullet or final stop."""
    piece = piece.stripped(" ,:")
    for mark in (_BULLET, _JOINING_WORD):
        found = mark.match(piece.text)
        if found:
            piece = piece.cut(found.end())
    return piece if _DOTTED_ABBREVIATION.search(piece.text) else piece.stripped_right(" .,:")


def _pieces(cut: Iterator[Passage]) -> Iterator[SplitIssue]:
    group = ""
    for words in map(trimmed, cut):
        number = _NUMBER.match(words.text)
        rest = words.cut(number.end()) if number else words
        named = (_NUMBERED_GROUP if number else _CONCERNS).match(rest.text)
        if named:
            group = named.group()
            rest = _without_reports_of(rest.cut(named.end()).stripped_left(": "))
        yield SplitIssue(trimmed(rest), group)


def _without_reports_of(words: Passage) -> Passage:
    reports_of = _REPORTS_OF.match(words.text)
    return words.cut(reports_of.end()) if reports_of else words


def _between_separators(body: Passage) -> Iterator[Passage]:
    start = 0
    brackets = bracketed(body.text)
    separator = _SEPARATOR if ";" in body.text else _BEFORE_NUMBER
    for found in separator.finditer(body.text):
        if is_within(found.start(), brackets) or _ANSWER.match(body.text, found.end()):
            continue
        yield body.cut(start, found.start())
        start = found.end()
    yield body.cut(start)


def _with_their_persons(body: Passage, cut: list[Passage]) -> Iterator[Passage]:
    """Give back to an issue the persons that a semicolon parts from it.

    "discrimination against women; persons with disabilities; and migrants" is one issue.
    """
    whole = cut[0]
    for piece in cut[1:]:
        if _TAKES_PERSONS.search(whole.text) and names_only_persons(trimmed(piece).text):
            whole = body.cut(whole.start - body.start, piece.end - body.start)
        else:
            yield whole
            whole = piece
    yield whole
