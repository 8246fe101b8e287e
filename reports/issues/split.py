"""Split the body of a list of issues at its semicolons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reports.issues.enumerations import parts_of
from reports.issues.words import EXAMPLES, names_only_persons
from reports.text.brackets import bracketed, is_within
from reports.text.passage import Passage
from reports.topics.classify import topics_of

# A stray full stop before a small letter parts the issues of a list that has semicolons.
# So do the comma before restrictions that are an issue of their own, and "and credible reports of".
_SEPARATOR = re.compile(
    r"[;., ](?:(?<=;)[\u201d\u2019\"')\]]{0,2}"
    r"|(?<=[a-z]{3}\.)(?<!\betc\.)(?= [a-z])"
    r"|(?<=[.,])(?= (?:and )?\(?\d{1,2}\) [A-Za-z])"
    r"|(?<=,)(?P<lost>)(?= (?:and )?(?:serious|severe|significant|substantial) (?:and \w+ )?"
    r"(?:restrictions on|interference with)\b)"
    r"|(?<= )and (?=credible (?:reports|allegations) of\b))"
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
_GOES_ON = re.compile(r" (?:including|such as)\b")
_QUALIFIER = re.compile(
    r";|,(?= (?:although|though|but(?! not limited)|however|nevertheless|nonetheless|while|whereas"
    r"|even though|which|(?:all|some|many|most|none) of which)\b)"
)
_NAMES_MORE = re.compile(r", (?:as well as|including|and (?!where|when|if|in\b|then))")
_JOINING_WORD = re.compile(r"(?:and also|and|or|as well as)\b[ ,]*", re.IGNORECASE)
_BULLET = re.compile(r"[\u2022\u00b7\u25aa\u25cf*\u2013\u2014-] *(?=\S)")
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[a-h])\) *|\d{1,2}\. ")
_FOOTNOTE = re.compile(r"\[(?:\d{1,3}|[a-z]|(?:foot)?note \d{1,3})\] *", re.IGNORECASE)
_MARKS = (_FOOTNOTE, _BULLET, _JOINING_WORD, _FOOTNOTE)
_FIRST_OF_MARKS = tuple("[\u2022\u00b7\u25aa\u25cf*\u2013\u2014-aAoO")
_LAST_FOOTNOTE = re.compile(r" *\[(?:\d{1,3}|(?:foot)?note \d{1,3})\]$", re.IGNORECASE)
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
    last = _LAST_FOOTNOTE.search(piece.text) if piece.text.endswith("]") else None
    piece = (piece.cut(0, last.start()) if last else piece).stripped_left(" .,:")
    piece = piece.stripped_right(" ,:")
    for mark in _MARKS if piece.text.startswith(_FIRST_OF_MARKS) else ():
        found = mark.match(piece.text)
        if found:
            piece = piece.cut(found.end())
    is_dotted = piece.text.endswith(".") and _DOTTED_ABBREVIATION.search(piece.text)
    return piece if is_dotted else piece.stripped_right(" .,:")


def _pieces(cut: Iterator[Passage]) -> Iterator[SplitIssue]:
    group = ""
    for words in map(trimmed, cut):
        number = _NUMBER.match(words.text)
        rest = words.cut(number.end()) if number else words
        named = (_NUMBERED_GROUP if number else _CONCERNS).match(rest.text)
        if named:
            group = named.group()
            rest = _without_reports_of(rest.cut(named.end()).stripped_left(": "))
        yield SplitIssue(words if rest is words else trimmed(rest), group)


def _without_reports_of(words: Passage) -> Passage:
    reports_of = _REPORTS_OF.match(words.text)
    return words.cut(reports_of.end()) if reports_of else words


def _between_separators(body: Passage) -> Iterator[Passage]:
    start = 0
    brackets = bracketed(body.text)
    separator = _SEPARATOR if ";" in body.text else _BEFORE_NUMBER
    for found in separator.finditer(body.text):
        if is_within(found.start(), brackets) or _belongs(body.text, found.end()):
            continue
        if found.lastgroup and not _is_lost_semicolon(body.text[start : found.start()]):
            continue
        yield body.cut(start, found.start())
        start = found.end()
    yield body.cut(start)


def _belongs(text: str, at: int) -> bool:
    """Return whether what stands behind a semicolon belongs to the issue before it."""
    return bool(_ANSWER.match(text, at) or _GOES_ON.match(text, at))


def _is_lost_semicolon(before: str) -> bool:
    """Return whether a comma before restrictions stands for a semicolon: no examples are open."""
    return bool(topics_of(before)) and not EXAMPLES.search(before)


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
