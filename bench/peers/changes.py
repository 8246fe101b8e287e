"""Change the bytes of a page as a plan says: words of its report, or what stands around it."""

from __future__ import annotations

import re

from bench.peers.plan import Edit, Frame, Kind
from scrapers.read.cut import cut_page

_PARAGRAPH = re.compile(rb"<p(?:\s[^<>]*)?>([^<>]{80,})</p>")
_WORD = re.compile(rb"(?<=[a-z] )[a-z]{5,}(?= [a-z])")
_PDF = re.compile(rb'(?<=\.pdf)(?=")', re.I)
_SYLLABLES = (b"bra", b"del", b"mor", b"vin", b"tes", b"lun", b"gar", b"wick", b"holm", b"strand")


def edited(page: bytes, edit: Edit, number: int) -> bytes:
    """Return a page after the plan's edit of this number, in a word that no page ever held.

    Raises ValueError for a page without plain paragraphs.
    """
    main = cut_page(page).main
    found = [one.span(1) for one in _PARAGRAPH.finditer(main) if _WORD.search(one[1])]
    if not found:
        raise ValueError("a page without a plain paragraph cannot be edited")
    start, end = found[0 if edit.kind is Kind.SUMMARY_WORD else len(found) // 2]
    fresh = _fresh_word(number)
    if edit.kind is Kind.SECTION_SENTENCE:
        sentence = b" The registrar of " + fresh.title() + b" opened a second reading room."
        text = main[start:end].rstrip() + sentence
    else:
        text = _WORD.sub(fresh, main[start:end], count=1)
    return page.replace(main, main[:start] + text + main[end:], 1)


def _fresh_word(number: int) -> bytes:
    tens, ones = divmod(number, len(_SYLLABLES))
    return b"qua" + _SYLLABLES[tens % len(_SYLLABLES)] + _SYLLABLES[ones]


def framed(page: bytes, frame: Frame, number: int) -> bytes:
    """Return a page after the change around the reports of this number; no word of one changes.

    A page that has no such place stays as it is.
    """
    before, main, after = page.partition(cut_page(page).main)
    if frame is Frame.PDF:
        return _PDF.sub(b"?copy=%d" % number, before) + main + after
    if frame is Frame.MENU:
        head, border, menu = before.partition(b"<nav")
        entry = b'<li class="menu-item"><a href="/visits-%d/">Visits %d</a></li></ul>'
        menu = menu.replace(b"</ul>", entry % (number, number), 1)
        return b"".join((head, border, menu, main, after))
    head, border, rest = after.rpartition(b"</footer>")
    line = b"<p>The reading room is closed on Mondays (%d).</p>" % number if border else b""
    return b"".join((before, main, head, line, border, rest))
