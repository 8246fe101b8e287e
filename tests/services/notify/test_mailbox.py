"""Mailboxes: which a stranger may give, which spellings are one, and whose words reach it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.mailbox import fold_mailbox, is_public_mailbox
from services.notify.subscription_filter import BadFilter, in_our_words, read_filter

PUBLIC = (
    "ann@law.example",
    "a@b.org",
    "ann.smith@law.example",
    "ann+news@law.example",
    "o'neil@law.example",
    "ann_smith-1@sub.domain.law.example",
    "дарья@пример.рф",
    "ann@xn--e1afmkfd.xn--p1ai",
)
ODD = (
    "",
    "ann",
    "@law.example",
    "ann@",
    "a@localhost",
    "root@localhost",
    "a@x.localhost",
    "a@printer.local",
    "a@db.internal",
    "a@[127.0.0.1]",
    "a@127.0.0.1",
    "a@2130706433",
    "a@law",
    "|id@b.org",
    "/etc/passwd@b.org",
    "-oQ@b.org",
    ".a@b.org",
    "a.@b.org",
    "a..b@b.org",
    "=?utf-8?q?a?=@b.org",
    '"a b"@b.org',
    "a b@b.org",
    "a@b.org,c@d.org",
    "a@b.org;c@d.org",
    "a@b.org\r\nBcc: c@d.org",
    "a@b.org\n",
    "a@b@c.org",
    "a@-b.org",
    "a@b-.org",
    "a@b..org",
    "a@.org",
    "a@b.org.",
    "a%c@b.org",
    "a!c@b.org",
    "<a@b.org>",
    "a\u202e@b.org",
    "a\0@b.org",
    "a@b.org" + "g" * 300,
    "json://127.0.0.1/",
    "https://hook.example/",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_plain_mailbox_is_taken(address: str) -> None:
    assert is_public_mailbox(address)


@pytest.mark.parametrize("address", ODD)
def test_anything_else_is_not(address: str) -> None:
    assert not is_public_mailbox(address)


@pytest.mark.parametrize(
    ("spellings", "folded"),
    [
        (("ann@law.example", "Ann@law.example", "ANN@LAW.EXAMPLE"), "ann@law.example"),
        (("ann+1@law.example", "ann+news+2@law.example", "a.n.n@law.example"), "ann@law.example"),
        (("a.nn@gmail.com", "ann@googlemail.com", "A.N.N+x@GoogleMail.com"), "ann@gmail.com"),
    ],
)
def test_spellings_of_one_mailbox_are_one(spellings: tuple[str, ...], folded: str) -> None:
    assert {fold_mailbox(each) for each in spellings} == {folded}


def eights(text: str) -> set[str]:
    """Return every run of eight characters."""
    return {text[start : start + 8] for start in range(len(text) - 7)}


@given(st.lists(st.text(min_size=1, max_size=100)), st.lists(st.text(min_size=1, max_size=32)))
def test_a_letter_has_no_words_of_whoever_asked(sections: list[str], editions: list[str]) -> None:
    plain = in_our_words(read_filter({"sections": ["x"], "editions": ["y"]}))
    try:
        said = in_our_words(read_filter({"sections": sections, "editions": editions}))
    except BadFilter:
        return
    theirs = set().union(*map(eights, (*sections, *editions)))
    assert theirs & eights(said) <= eights(plain)
