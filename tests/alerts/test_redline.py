"""What a redline shows, what it leaves out, and that it hides nothing."""

import pytest

from alerts.redline import Elision, Paragraph, redline
from reports.compare.diff import compare_blocks
from reports.text.plain import fully_visible, one_line, visible, web_url


def shown(before: list[str], after: list[str], **options: object) -> list[str]:
    return [part.text for part in redline(compare_blocks(before, after), **options)]


def test_changed_paragraphs_stand_whole_and_the_others_are_counted():
    assert shown(
        ["One.", "Two.", "The old law.", "End."], ["One.", "Two.", "The law.", "End."]
    ) == [
        "… 2 paragraphs unchanged …",
        "The [-old-] law.",
        "… 1 paragraph unchanged …",
    ]


def test_an_unchanged_heading_is_not_repeated():
    parts = redline(compare_blocks(["Annex", "Old."], ["Annex", "New."]), heading="Annex")
    assert [type(part) for part in parts] == [Paragraph]
    renamed = redline(compare_blocks(["Annex", "Old."], ["Notes", "Old."]), heading="Notes")
    assert renamed[0].text == "[-Annex-] {+Notes+}"


def test_an_overlong_redline_says_what_it_leaves_out():
    before = [f"Paragraph {n} says so." for n in range(40)]
    after = [f"Paragraph {n} says no." for n in range(40)]
    parts = redline(compare_blocks(before, after), most_words=50)
    assert parts[-1] == Elision(40 - (len(parts) - 1), has_changes=True)
    assert "more changed paragraphs not shown" in parts[-1].text


def test_one_huge_paragraph_is_cut_with_its_count():
    (part,) = redline(compare_blocks([], ["word " * 10_000]), most_words=100)
    assert part.text.endswith("[… 9,900 more words …]+}")


def test_a_long_unchanged_stretch_within_a_paragraph_is_counted():
    stretch = " ".join(f"w{n}" for n in range(500))
    (part,) = redline(compare_blocks([f"old {stretch} old"], [f"new {stretch} new"]))
    assert "w59 [… 380 words unchanged …] w440" in part.text
    (head,) = redline(compare_blocks([f"{stretch} old"], [f"{stretch} new"]))
    assert head.text.startswith("[… 440 words unchanged …] w440 ")


@pytest.mark.parametrize("code", [0x00AD, 0x200D, 0x2060, 0x202E, 0x2066])
def test_a_change_of_invisible_characters_is_made_visible(code):
    (part,) = redline(compare_blocks(["a word here"], [f"a wo{chr(code)}rd here"]))
    assert part.text == f"a [-word-] {{+wo⟨U+{code:04X}⟩rd+}} here"


@pytest.mark.parametrize("code", [0x00, 0x0A, 0x1B, 0x7F, 0x85, 0x202E, 0x2069, 0xD800, 0xE0041])
def test_characters_that_reorder_or_break_text_are_named(code):
    assert visible(f"a{chr(code)}b") == f"a⟨U+{code:04X}⟩b"
    assert fully_visible(f"a{chr(code)}b") == f"a⟨U+{code:04X}⟩b"


def test_ordinary_scripts_are_left_alone():
    text = "Côte d’Azurine – آزادی\u200cبیان, “свобода” 言論 🕊"
    assert visible(text) == text


def test_one_line_is_one_line_of_limited_length():
    assert one_line("a\r\nBcc: b\tc") == "a Bcc: b c"
    assert one_line("abcdef", 4) == "abc…"
    assert one_line("abcd", 4) == "abcd"


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://a.example/x?y=1&z=2#f", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://a.example/ x", False),
        ('https://a.example/"><script>', False),
        ("https://a.example/\u202egpj", False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(url, is_link):
    assert web_url(url) == (url if is_link else "")
