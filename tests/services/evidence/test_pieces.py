"""Each paragraph of a reading is found at its bytes, whatever stands between its letters."""

from __future__ import annotations

import json

import pytest

from services.evidence.pieces import find_pieces, kind_of
from services.evidence.verify_bundle import said_in_html, text_spans

LONG = "The harbour guard of Gandoria held eleven fishers without any charge for a year."


def _said(payload: bytes, pieces: tuple[tuple[int, int], ...] | None) -> bytes | None:
    return None if pieces is None else b"|".join(payload[first:end] for first, end in pieces)


CASES: dict[str, tuple[bytes, list[str], list[bytes | None]]] = {
    "tags and entities in it": (
        b"<p>The <b>guard</b> held caf&eacute; owners &amp; others.</p>",
        ["The guard held café owners & others."],
        [b"The <b>guard</b> held caf&eacute; owners &amp; others."],
    ),
    "a footnote's marker": (
        f"<p>{LONG}<sup><a href='#fn1'>[12]</a></sup> It went on.</p>".encode(),
        [f"{LONG} It went on."],
        [f"{LONG}|It went on.".encode()],
    ),
    "a short heading that a menu says too": (
        f"<div><a>Courts</a><p>{LONG}</p><h2>Courts</h2><p>None sat.</p>Courts</div>".encode(),
        [LONG, "Courts", "None sat."],
        [LONG.encode(), b"Courts", b"None sat."],
    ),
    "a heading before the first sure paragraph": (
        f"<div><a>Summary</a><h2>Summary</h2><p>{LONG}</p></div>".encode(),
        ["Summary", LONG],
        [b"Summary", LONG.encode()],
    ),
    "letters that nobody sees, and a ligature": (
        "<p>The o\u00adffi\u200bcial \ufb01sh count.</p>".encode(),
        ["The official fish count."],
        ["The o\u00adffi\u200bcial \ufb01sh count.".encode()],
    ),
    "bytes that are not UTF-8": (
        b"<p>The guard\x92s list, \xe2\x80\x9ctwice\xe2\x80\x9d.</p>",
        ["The guard’s list, “twice”."],
        [b"The guard\x92s list, \xe2\x80\x9ctwice\xe2\x80\x9d."],
    ),
    "a text": (
        b"One line.\n\nAnother & <third>.\n",
        ["Another & <third>."],
        [b"Another & <third>."],
    ),
    "words that are not there": (b"<p>One line.</p>", ["Another line."], [None]),
    "JSON": (
        json.dumps({"details": {"body": "<p>The \u201cguard\u201d &amp; its\n list</p>"}}).encode(),
        ["The “guard” & its list"],
        [rb"The \u201cguard\u201d &amp; its\n list"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_paragraph_is_found(name: str) -> None:
    payload, blocks, wanted = CASES[name]
    found = find_pieces(blocks, payload, kind_of(payload))
    assert [_said(payload, each) for each in found] == wanted


def test_no_byte_is_named_twice() -> None:
    payload = f"<p>{LONG}</p><p>Again.</p>".encode()
    found = find_pieces([LONG, "Again.", "Again."], payload, "html")
    assert [each is not None for each in found] == [True, True, False]


def test_markup_that_is_not_closed_takes_no_time() -> None:
    for hostile in ("<a" * 200_000, "<!--" * 100_000, "<a b='" * 100_000, "<script>" * 50_000):
        assert said_in_html(f"words {hostile}").startswith("words ")
    assert len(list(text_spans("<p>" * 100_000 + "x"))) == 1
