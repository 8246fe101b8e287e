"""Normal forms cost what a text's length is, however many marks stand on one letter."""

from __future__ import annotations

import ast
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.model.countries import fold as fold_name
from reports.model.countries import world
from reports.search.folding import fold, folded_text, words_of
from reports.search.query import parse_query
from reports.text.addresses import join_address, split_address
from reports.text.canonical import canonical_block
from reports.text.normal_form import MOST_MARKS, is_normalized, normalized, stream_safe
from reports.topics.taxonomy import normalised

ROOT = Path(__file__).parents[3]
ROOMS = ("reports", "scrapers", "storage", "alerts", "documents", "exhibits", "services", "flows")
OURS = (*ROOMS, "monitor", "cli", "deployments", "bench")
ACUTE, BELOW = "\u0301", "\u0316"
MARKED = st.text(st.sampled_from("ae \u00e9\u0301\u0316\u0344\u0f73\uff9e\u034f\u200b\u1100\u1161"))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("", ""),
        ("plain words", "plain words"),
        ("a" + ACUTE * 30 + "b", "a" + ACUTE * 30 + "b"),
        ("a" + ACUTE * 31 + "b", "a" + ACUTE * 30 + "b"),
        ("a" + (ACUTE + BELOW) * 400, "a" + (ACUTE + BELOW) * 15),
        (ACUTE * 40, ACUTE * 30),
        ("a" + BELOW * 35 + "e" + BELOW * 35, "a" + BELOW * 30 + "e" + BELOW * 30),
        ("x" * 50 + "a" + ACUTE * 61 + " and on", "x" * 50 + "a" + ACUTE * 30 + " and on"),
        ("a" + "\uff9e" * 32, "a" + "\uff9e" * 30),  # no mark itself, and one in a normal form
        ("\u0e01" + "\u0e48\u0e38" * 20, "\u0e01" + "\u0e48\u0e38" * 15),
    ],
)
def test_marks_beyond_the_thirtieth_are_left_out(text: str, safe: str) -> None:
    assert stream_safe(text) == safe
    assert stream_safe(safe) == safe


@given(MARKED, st.integers(0, 70))
def test_a_block_with_any_marks_has_one_form(text: str, more: int) -> None:
    block = canonical_block(text + "a" + (BELOW + ACUTE) * more + "\u0344" * more)
    assert canonical_block(block) == block
    assert is_normalized("NFC", block)


@given(MARKED)
def test_with_few_marks_the_form_is_that_of_the_standard(text: str) -> None:
    few = "".join(text[at : at + 12] + "." for at in range(0, len(text), 12))
    for form in ("NFC", "NFKC", "NFKD"):
        assert normalized(form, few) == unicodedata.normalize(form, few)
        assert is_normalized(form, few) == unicodedata.is_normalized(form, few)


def test_every_character_that_becomes_a_mark_counts_as_one() -> None:
    marks = [
        each
        for each in map(chr, range(0x110000))
        if unicodedata.combining(unicodedata.normalize("NFKD", each)[0])
    ]
    assert len(marks) > 900
    assert [each for each in marks if stream_safe(each * 40) != each * MOST_MARKS] == []


def test_wherever_text_enters_a_heap_of_marks_is_bounded() -> None:
    heap = "a" + (ACUTE + BELOW) * 200_000  # takes minutes if anything sorts it
    assert len(canonical_block(f"{heap} words {heap}")) < 100
    assert fold(heap) == "a"
    assert folded_text(heap).strip() == fold_name(heap) == "a"
    assert [word.folded for word in words_of(heap)] == ["a"]
    assert world().find(heap) is None
    assert len(normalised(heap)) < 100
    assert parse_query(f"torture {heap}") is not None
    assert split_address(f"https://{heap}.example/").path == "/"
    assert join_address("https://one.example/", f"//{heap}.example/").endswith(".example/")


def test_nothing_else_asks_for_a_normal_form_or_takes_an_address_apart() -> None:
    files = [path for room in OURS for path in (ROOT / room).rglob("*.py")]
    assert len(files) > 400
    asking = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in files
        for name in _names(ast.parse(path.read_text()))
        if name in ("normalize", "is_normalized", "urljoin", "urlsplit", "urlparse")
    }
    normalising = {file for file, name in asking if "normal" in name}
    alone = "services/evidence/verify_bundle.py"  # goes to strangers, and imports nothing of ours
    assert normalising == {"reports/text/normal_form.py", alone}
    parting = {file for file, name in asking if name.startswith("url")}
    of_pages = {file for file in parting if file.startswith(("reports/", "scrapers/"))}
    assert of_pages == {"reports/text/addresses.py"}


def _names(tree: ast.AST) -> set[str]:
    """Return the names of other modules that a module uses."""
    parts = {each.attr for each in ast.walk(tree) if isinstance(each, ast.Attribute)}
    taken = {
        name.name
        for each in ast.walk(tree)
        if isinstance(each, ast.ImportFrom) and (each.module or "").startswith(("uni", "urllib"))
        for name in each.names
    }
    return parts | taken
