"""A text that was encoded twice is the stored text, badly sent; an edit is none."""

from __future__ import annotations

import pytest

from bench.bounded import bounded
from reports.text.canonical import canonical_blocks
from reports.text.misdecoded import ENCODINGS, is_badly_sent

GOOD = (
    "The Ministry\u2019s clerks measured 12\u00a0boats \u2013 \u201call,\u201d said Mart\u00ednez.",
    "\u00c0 la carte, \u00e0 Kalm\u00e1r, \u010capek; \u041c\u0438; caf\u00e9s\u2026",
    "Nothing but plain letters.",
)


def wrongly(text: str, encoding: str) -> str:
    sent = (bytes([byte]) for byte in text.encode())
    return "".join(
        each.decode(encoding, "replace").replace("\ufffd", chr(each[0])) for each in sent
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_whole_text_encoded_twice_is_the_stored_one(encoding: str) -> None:
    bad = canonical_blocks(wrongly(each, encoding) for each in GOOD)
    assert bad != canonical_blocks(GOOD)
    assert is_badly_sent(canonical_blocks(GOOD), bad)
    assert not is_badly_sent(bad, canonical_blocks(GOOD))


@pytest.mark.parametrize("which", [0, 1])
def test_a_part_of_a_text_encoded_twice_is_the_stored_one(which: int) -> None:
    blocks = list(GOOD)
    blocks[which] = wrongly(blocks[which], "cp1252")
    assert is_badly_sent(canonical_blocks(GOOD), canonical_blocks(blocks))
    half = GOOD[0][:30] + wrongly(GOOD[0][30:], "latin-1")
    assert is_badly_sent(canonical_blocks(GOOD[:1]), canonical_blocks([half]))


@pytest.mark.parametrize("errors", ["replace", "ignore"])
def test_bytes_that_the_wrong_encoding_lacks_may_be_lost(errors: str) -> None:
    good = "They said \u201call\u201d on \u2010 and after \u00c1lora."
    bad = good.replace("\u00c1", "A") if errors == "ignore" else good
    sent = bad.encode().decode("cp1252", errors)
    assert is_badly_sent([good.replace("\u00c1", "A") if errors == "ignore" else good], [sent])
    assert not is_badly_sent(["\u00c1lora"], ["\u00c3lora"])


def test_traces_of_what_leaves_none_are_no_words() -> None:
    bad = wrongly("\ufeffBoats\u200b left\u00ad at\u00a0noon.\u00a0", "cp1252")
    assert is_badly_sent(["Boats left at noon."], canonical_blocks([bad]))


@pytest.mark.parametrize(
    ("stored", "seen"),
    [
        (GOOD, GOOD),
        (["the r\u00f4le"], ["the role"]),
        (["the role"], ["the r\u00f4le"]),
        (["the r\u00f4le of boats"], [wrongly("the r\u00f4le of piers", "cp1252")]),
        (["the r\u00f4le"], ["the r\u00c3 le"]),
        (["the clerk\u2019s"], ["the clerk?s"]),
        (["the clerk\u2019s"], [wrongly("the clerk\u2018s", "cp1252")]),
        ([], [wrongly("\u2019", "cp1252")]),
    ],
)
def test_an_edit_is_not_taken_for_it(stored: list[str], seen: list[str]) -> None:
    assert not is_badly_sent(canonical_blocks(stored), canonical_blocks(seen))


@pytest.mark.parametrize(
    "bad", ["\u00c2" * 300_000, "\u00c3\u00a9" * 200_000, "\u00e2\u20ac" * 200_000]
)
def test_it_costs_no_more_than_the_texts_are_long(bad: str) -> None:
    with bounded(seconds=10):
        is_badly_sent(["\u00e9" * 200_000], [bad])
        is_badly_sent(["x"], [bad])
