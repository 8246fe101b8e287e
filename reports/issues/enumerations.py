"""Part an enumeration of issues that has no semicolon, if that is safe.

Commas part issues ("torture, harsh prison conditions, and child labor") and the words of one issue
("discrimination against women, minorities, and migrants"). So an enumeration is cut only if
every piece between two commas is known: as a problem that stands alone, or as words that carry on
the piece before. One unknown piece, and the enumeration is kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from reports.issues import words as words_of
from reports.issues.words import EXAMPLES, Kind, kind_of
from reports.text.brackets import Span, bracketed, is_within
from reports.text.passage import Passage
from reports.topics.classify import topics_of

_LONGEST = 1_000  # characters; bounds the time, and the longest enumeration seen has 604

_COMMA = re.compile(r" ?,(?=[ a-z]) ?|(?<=,[\u201d\u2019\"]) ")
_AND = re.compile(r"(?:and|as well as) ")
_JOINED = re.compile(r",? and (?:from )?")
# Words behind "and" that always begin another issue: reports of it, or a clause that tempers it.
_BEGINS_ANOTHER = re.compile(
    r",? and,? (?=credible (?:reports|allegations) of\b"
    r"|(?:although|though|while|even though) [^,]{3,120}, (?P<issue>[^,]{3,200}))"
)
_HEAD = re.compile(r"(?:an? |the )?\w{4,} \w{2,} ")
_ACTS = r"(?:abuse|attacks|discrimination|exploitation|harassment|intimidation|threats|violence)"
# Fixed phrases whose commas and whose "and" belong to them.
_SERIES = re.compile(
    r"\b(?:crimes,? (?:involving )?)?violence,? (?:and|or) threats of violence\b"
    rf"|(?<!\bdomestic )(?<!\bspousal )(?<!\bchild )\b{_ACTS}(?:, {_ACTS}){{0,3}},?"
    rf" (?:and|or) (?:\w+ )?{_ACTS} (?:against|of|on|targeting|toward)\b"
    r"|\bmotivated by [^,;]{2,60}(?:, [^,;]{2,40}){0,4},? or \w+"
    r"|\banti-\w+(?:, anti-\w+){0,3},? (?:and|or) anti-\w+"
    r"|\b(?:prison|jail|detention)(?: \w+)? (?:and|or) (?:prison|jail|detention|pretrial)\b|"
    r"\btorture (?:and|or) (?:cases of |other )?(?:cruel|inhuman|degrading|ill|mis)"
    r"|\bcruel, inhuman,? (?:or|and) degrading|\bfree,? fair,? and \w+"
    r"|\blesbian, gay, bisexual(?:[ ,/]+(?:and|or|transgender|queer|questioning|intersex)\b)+"
    r"|\b(?:child|early), (?:early,? )?(?:and|or) forced\b"
    r"|\b\w+, \w+,? (?:and|or) \w+ (?:minority )?(?:groups?|minorit\w+|communit\w+)\b",
    re.IGNORECASE,
)
_TAKES_PERSONS = re.compile(r"\b(?:against|towards?|targeting|of) ")
_ENDS_OPEN = re.compile(
    r"\b(?:of|for|on|in|against|to|towards?|by|with|from|between|among|at|over|or)$"
)
_OPENS_CLAUSE = re.compile(rf"{EXAMPLES.pattern}|^(?:which|who|whose|where)\b")


class _Piece(NamedTuple):
    """What stands between two commas; ``own`` are its words without a joining "and"."""

    words: Passage
    own: str
    kind: Kind
    is_joined: bool


def parts_of(body: Passage) -> list[Passage]:
    """Part an enumeration without semicolons into its issues, or keep it whole."""
    if len(body.text) > _LONGEST or ";" in body.text:
        return [body]
    return [
        part
        for piece in _at_certain_joints(body)
        for part in _unless_bare(piece, _series(piece) or _repeated(piece) or _halves(piece))
    ]


def _at_certain_joints(body: Passage) -> list[Passage]:
    """Cut where what follows "and" is surely another issue."""
    return _cut_at(
        body,
        [
            found
            for found in _BEGINS_ANOTHER.finditer(body.text)
            if not found["issue"] or words_of.names_problem(found["issue"])
        ],
    )


def _repeated(body: Passage) -> list[Passage]:
    """Cut before issues that begin as the first one does; return nothing if none does."""
    head = _HEAD.match(body.text)
    again = re.compile(rf",? and (?={re.escape(head.group())})") if head else None
    joints = list(again.finditer(body.text)) if again else []
    return _cut_at(body, joints) if joints else []


def _cut_at(body: Passage, joints: Sequence[re.Match[str]]) -> list[Passage]:
    starts = [0, *(joint.end() for joint in joints)]
    ends = [*(joint.start() for joint in joints), len(body.text)]
    return [body.cut(start, end) for start, end in zip(starts, ends, strict=True)]


def _unless_bare(body: Passage, parts: list[Passage]) -> list[Passage]:
    """Return the parts; the body whole if one ends in a word that only describes another."""
    return (
        [body] if any(words_of.ends_bare(part.text.rstrip(" ,.")) for part in parts[:-1]) else parts
    )


def _protected(text: str) -> list[Span]:
    """Return the spans inside which no comma parts anything."""
    return sorted([*bracketed(text), *(found.span() for found in _SERIES.finditer(text))])


def _series(body: Passage) -> list[Passage]:
    """Return the issues of a series; nothing if it is not certain how it is to be read."""
    pieces = _pieces(body, _protected(body.text))
    if len(pieces) < 2 or not _is_certain(pieces):
        return []
    issues = [piece for piece in pieces if piece.kind is Kind.ISSUE]
    is_series = len(issues) > 2 or (len(issues) == 2 and issues[1].is_joined)
    starts = [piece.words.start - body.start for piece in issues] if is_series else []
    ends = [*starts[1:], len(body.text)]
    return [body.cut(start, end) for start, end in zip(starts, ends, strict=False)]


def _pieces(body: Passage, protected: list[Span]) -> list[_Piece]:
    cuts = [
        found.span()
        for found in _COMMA.finditer(body.text)
        if not is_within(found.start(), protected)
    ]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(body.text)]
    pieces = [_piece(body.cut(start, end)) for start, end in zip(starts, ends, strict=True)]
    pieces = [_in_its_place(piece, pieces[:place]) for place, piece in enumerate(pieces)]
    return pieces[: _settled(pieces)]


def _in_its_place(piece: _Piece, before: Sequence[_Piece]) -> _Piece:
    """Return a piece that names a people as what it is behind "violence against migrants"."""
    if not before or not words_of.are_named_people(piece.own):
        return piece
    takes_persons = any(_TAKES_PERSONS.search(one.own) for one in before)
    return piece._replace(kind=Kind.TAIL) if takes_persons else piece


def _settled(pieces: Sequence[_Piece]) -> int:
    """Return how many pieces come before the inside of the last issue's examples.

    The issue after "and" is the last one, so that all that follows "including" there is its own.
    """
    joined = False
    for count, piece in enumerate(pieces, 1):
        if joined and piece.kind is Kind.ISSUE:
            break
        joined = joined or (piece.is_joined and piece.kind is Kind.ISSUE)
        if joined and EXAMPLES.search(piece.words.text):
            return count
    return len(pieces)


def _piece(words: Passage) -> _Piece:
    joined = _AND.match(words.text)
    own = words.text[joined.end() if joined else 0 :].strip()
    return _Piece(words, own, kind_of(own), joined is not None)


def _is_certain(pieces: Sequence[_Piece]) -> bool:
    """Return whether the pieces can only be read one way."""
    kinds = [piece.kind for piece in pieces]
    return (
        kinds[0] is Kind.ISSUE
        and Kind.UNKNOWN not in kinds
        and not _ends_before_last(pieces)
        and not _shares_object(pieces)
        and not _shares_persons(pieces)
        and not _first_governs(pieces)
        and _examples_are_closed(pieces)
    )


def _ends_before_last(pieces: Sequence[_Piece]) -> bool:
    """Return whether issues follow the one after "and", which ought to be the last."""
    issues = [piece for piece in pieces if piece.kind is Kind.ISSUE]
    return any(piece.is_joined for piece in issues[:-1])


def _shares_object(pieces: Sequence[_Piece]) -> bool:
    """Return whether a lone act may share the object of the last: "rape, and killings of nuns"."""
    *issues, last = [piece.own for piece in pieces if piece.kind is Kind.ISSUE]
    return words_of.is_act_on_persons(last) and any(map(words_of.is_lone_act, issues))


def _shares_persons(pieces: Sequence[_Piece]) -> bool:
    """Return whether persons who are an issue may also be the objects of the piece before."""
    return any(
        words_of.are_persons_as_issue(piece.own) and words_of.ends_with_persons(before.own)
        for before, piece in pairwise(pieces)
    )


def _first_governs(pieces: Sequence[_Piece]) -> bool:
    """Return whether all may be objects of the first: "impunity for rape, theft, and murder"."""
    issues = [piece.own for piece in pieces if piece.kind is Kind.ISSUE]
    if len(issues) < 3:
        return False
    return words_of.governs_problem(issues[0]) and not words_of.governs(issues[1])


def _examples_are_closed(pieces: Sequence[_Piece]) -> bool:
    """Return whether it is certain where the examples of an issue end.

    They end with the enumeration if its last issue has them. Before that they must be one phrase,
    closed by the comma before the last issue, which must be of another topic.
    """
    opened = [n for n, piece in enumerate(pieces) if _OPENS_CLAUSE.search(piece.words.text)]
    issues = [n for n, piece in enumerate(pieces) if piece.kind is Kind.ISSUE]
    if not opened or opened[0] >= issues[-1]:
        return True
    last = pieces[issues[-1]]
    if opened[0] != issues[-1] - 1 or not last.is_joined:
        return False
    before = " ".join(piece.words.text for piece in pieces[issues[-2] : issues[-1]])
    return not set(topics_of(before)) & set(topics_of(last.words.text))


def _halves(body: Passage) -> list[Passage]:
    """Return both parts of "A and B" if exactly one "and" stands between two issues."""
    protected = _protected(body.text)
    examples = EXAMPLES.search(body.text)
    end = examples.start() if examples else len(body.text)
    text = _without_commas(body.text, protected)
    cuts = [
        cut
        for cut in _JOINED.finditer(text, 0, end)
        if not is_within(cut.start(), protected) and _parts_two_issues(text, cut)
    ]
    if len(cuts) != 1:
        return [body]
    return [body.cut(0, cuts[0].start()), body.cut(cuts[0].end())]


def _without_commas(text: str, protected: list[Span]) -> str:
    """Return a text as long, without the commas that part nothing."""
    for start, end in protected:
        text = text[:start] + text[start:end].replace(",", " ") + text[end:]
    return text


def _parts_two_issues(text: str, cut: re.Match[str]) -> bool:
    before, after = text[: cut.start()], text[cut.end() :]
    first, *series = _own_pieces(EXAMPLES.split(after, maxsplit=1)[0])
    if len(_own_pieces(before)) > 1 or any(map(words_of.names_problem, series)):
        return False
    if _shares_words(before, first) or words_of.points_back(first):
        return False
    if not words_of.names_problem(first) or not topics_of(text):
        return False
    return words_of.names_problem(before) or bool(topics_of(before))


def _shares_words(before: str, after: str) -> bool:
    """Return whether the parts of "A and B" share what stands before A or behind B."""
    if _ENDS_OPEN.search(before) or words_of.shares_adjective(after):
        return True
    if words_of.is_act_in_homes(before):
        return False
    return words_of.is_act(before) and words_of.is_act_on_persons(after)


def _own_pieces(text: str) -> list[str]:
    """Return what stands between commas, without the pieces that only carry on."""
    pieces = [piece.strip(" ,.") for piece in _COMMA.split(text)]
    return [piece for n, piece in enumerate(pieces) if n == 0 or not words_of.carries_on(piece)]
