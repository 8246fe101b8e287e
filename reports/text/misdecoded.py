"""Recognise a text that was encoded twice: its UTF-8 was read as another encoding and sent so.

A site does so for some hours, or for good, on a whole page or on what went through one editor. The
words are the publisher's, badly sent, and no edit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from reports.text.canonical import canonical_block

ENCODINGS = ("cp1252", "latin-1", "mac_roman", "cp437", "cp850", "cp1250", "cp1251")
"""What UTF-8 is taken for by mistake, the most frequent first."""

_Sent = Callable[[str], tuple[str, ...]]

LONGEST = 2_000_000
"""Characters of a text that is looked at; the longest report has 300,000."""

_EXTRA = ("\u00a0", "\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff")
"""Characters that leave no trace in a text, and some when they are badly sent."""


def is_badly_sent(stored: Iterable[str], seen: Iterable[str]) -> bool:
    """Return whether a text becomes the stored one by undoing one wrong decoding of some of it.

    Both are canonical blocks. White space does not count: some bytes are read as spaces.
    """
    good, bad = ("".join(" ".join(blocks).split()) for blocks in (stored, seen))
    if good == bad or bad.isascii() or len(bad) > LONGEST:
        return False
    same = _common(good, bad)
    return any(_becomes(good[same:], bad[same:], _wrongly(each)) for each in ENCODINGS)


def _common(one: str, other: str) -> int:
    """Return how many letters two texts begin with alike: an edit is soon seen to be one."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[least:middle] == other[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least


def _becomes(good: str, bad: str, wrong: _Sent) -> bool:
    """Walk both texts; each letter stands in the bad one as it is, or as it is badly sent."""
    extra = [sent for each in _EXTRA for sent in wrong(each)[:1] if sent]
    at = 0
    for letter in good:
        taken = _taken(letter, bad, at, wrong)
        while not taken:
            trace = _trace(bad, at, extra)
            if not trace:
                return False
            at += trace
            taken = _taken(letter, bad, at, wrong)
        at += taken
    while at < len(bad) and (trace := _trace(bad, at, extra)):
        at += trace
    return at == len(bad)


def _taken(letter: str, bad: str, at: int, wrong: _Sent) -> int:
    """Return how many letters stand for one at a place of the bad text, 0 for none."""
    if bad.startswith(letter, at):
        return 1
    ways = wrong(letter) if letter > "\x7f" else ()
    return next((len(sent) for sent in ways if sent and bad.startswith(sent, at)), 0)


def _trace(bad: str, at: int, extra: Sequence[str]) -> int:
    """Return the length of what something unseen left at a place, 0 for nothing."""
    return next((len(each) for each in extra if bad.startswith(each, at)), 0)


def _wrongly(encoding: str) -> _Sent:
    """Return what gives a letter as it may be badly sent, in canonical form without white space."""
    known: dict[str, tuple[str, ...]] = {}

    def sent(letter: str) -> tuple[str, ...]:
        if letter not in known:
            ways = dict.fromkeys(map(_without_space, _decoded(letter.encode(), encoding)))
            known[letter] = tuple(ways)
        return known[letter]

    return sent


def _without_space(text: str) -> str:
    return "".join(canonical_block(text).split())


def _decoded(sent: bytes, encoding: str) -> Iterator[str]:
    """Decode as browsers do: a byte that the encoding does not define is a control character.

    Other programs write U+FFFD for it, or leave it out; what is left of a letter must not be a
    letter that could stand there.
    """
    letters = [bytes([byte]).decode(encoding, "ignore") for byte in sent]
    yield "".join(each or chr(byte) for each, byte in zip(letters, sent, strict=True))
    yield "".join(each or "\ufffd" for each in letters)
    left = "".join(letters)
    if len(left) > 1:
        yield left
