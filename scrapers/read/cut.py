"""Cut the parts of a WordPress report page that carry the report: its hero and its main region.

Where the report ends is decided by what follows it and by its own element: both must make sense
together. A page in which they do not is refused, since half a report would look like an edit and a
menu like the report's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from reports.model.notes import is_grave
from scrapers.read.markup import Markup

LATELY = 8
"""Pages whose parts are kept: as many as workers look at pages at once."""
HERO_BYTES = 16384
"""The most that breadcrumb and main heading may take; real ones take 2 KB."""
REGION_MARK = "<div>\ue002</div>".encode()
"""Stands where the main region was; no page has this character, and a parser makes it a block."""
_CONTENT, _HEADLINE = b"report__content", b"report-header__headline"
_FOLLOWING = (b"report__side", b"report-appendices")
_NAVIGATION = b"report-toc__sections"
_END = re.compile(rb"<(?:/main\s*>|footer[\s/>])", re.I)
_FOOTER = re.compile(rb"<footer[\s/>]", re.I)
_H1 = re.compile(rb"<h1[\s/>]", re.I)
_H1_END = re.compile(rb"</h1\s*>", re.I)
_NAME = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_SILENT = re.compile(rb"<(nav|select|form|svg|style|button)(?=[\s>])")
"""Written as real pages do: a search without regard to case takes six times as long."""
_TOLD = frozenset({b"button", b"form", b"svg"})
_CRUMBS = b"breadcrumbs"
_BREADCRUMBS = re.compile(rb"""<[a-z]+\s[^<>]*\bid\s*=\s*["']?breadcrumbs\b""", re.I)
_DOCUMENT = re.compile(rb"<(?:!doctype|/?html|/?head|/?body)[\s>]", re.I)
_TITLE = re.compile(rb"<h[1-3]\b[^<>]{0,512}\b(?:report-header__headline|page-title)\b", re.I)
"""The main heading of a page of either template, which begins another page within a report.

Other elements of the older template prove nothing: editors paste them into their texts.
"""
_FORM_TITLE = b"Custom Report"
"""Looked for first: a search without regard to case takes six times as long."""
_MENU = re.compile(rb"<(?:nav|select|/footer|/nav)[\s/>]", re.I)
_BANNER = b"An official website of the United States"
_FORM_WORDS = rb"\b(?:build|edit)\s+(?:a|your)\s+custom\s+report\b"
_FORM = re.compile(_FORM_WORDS, re.I)
_FRAME = re.compile(rb"<(?:nav|header|footer|form|select|h1|main|aside)[\s/>]|" + _FORM_WORDS, re.I)
_OWN = re.compile(
    rb"""<[a-zA-Z][^<>]{0,512}\bclass\s*=\s*["']?[^"'<>]{0,512}\breport__(?:section|content__inner)"""
)
_NOTHING = re.compile(rb"(?>(?:<!--(?>.*?-->)|</[a-z0-9]++\s*+>|\s)*)", re.I | re.S)


@dataclass(frozen=True)
class Cut:
    """The parts of a page: ``closing`` is the tag that ends ``main``.

    ``damage`` says why no report can be cut out of a page that has its element. ``around`` is what
    stands around the main region, the hero included, with a mark in the region's place.
    """

    hero: bytes = b""
    main: bytes = b""
    closing: bytes = b""
    damage: str = ""
    around: bytes = field(default=b"", repr=False, compare=False)

    @property
    def region(self) -> bytes:
        """The bytes that carry the report; cut again, they give the same parts."""
        return self.hero + self.main + self.closing if self.main else b""


@lru_cache(maxsize=LATELY)
def cut_page(body: bytes) -> Cut:
    """Return the parts of a page; its heading alone where it has no report's element.

    The gate and the reader ask for the same page in turn: what was cut lately is kept.
    """
    markup = Markup(body)
    first, last = _hero(body, markup)
    start = markup.find_class(_CONTENT)
    if start < 0:
        return Cut(body[first:last])
    end, damage = _end_of(body, markup, start)
    damage = damage or _damage(body, markup, (first, last), (start, end))
    if damage:
        return Cut(damage=damage)
    closed = body.find(b">", end) + 1 or len(body)
    around = _around(body, markup, start, end)
    return Cut(body[first:last], body[start:end], body[end:closed], around=around)


def _around(body: bytes, markup: Markup, start: int, end: int) -> bytes:
    """Return what is shown around the main region, without comments, scripts, menus and forms."""
    opening = max(body.find(b"<body", 0, start), 0)
    own, ending = _NAME.match(body, start), _NAME.match(body, end)
    is_own = own and ending and own[2].lower() == ending[2].lower() and ending[1]
    after = body.find(b">", end) + 1 if is_own else end
    shown = markup.shown(opening, start), markup.shown(after, len(body))
    return REGION_MARK.join(map(_without_silent, shown))


def _without_silent(shown: bytes) -> bytes:
    """Return a piece of a page without elements that say nothing, four fifths of its bytes.

    One that is not closed in it stays: the report may stand in it. So does a button, a form or a
    drawing that says what became of the report.
    """
    kept, last, unclosed = [], 0, set()
    opening = _SILENT.search(shown)
    while opening:
        name, onward = opening[1], opening.end()
        ending = -1 if name in unclosed else shown.find(b"</" + name + b">", onward)
        if ending >= 0:
            onward = ending + len(name) + 3
            if name not in _TOLD or not is_grave(shown[opening.end() : ending].decode("latin-1")):
                kept.append(shown[last : opening.start()])
                last = onward
        else:
            unclosed.add(name)  # looked for once: a page may have many of them
        opening = _SILENT.search(shown, onward)
    return b"".join([*kept, shown[last:]])


def _damage(body: bytes, markup: Markup, hero: tuple[int, int], main: tuple[int, int]) -> str:
    """Say what of the page's frame stands where the report should, ``""`` for nothing."""
    start, end = main
    if hero[0] <= start < hero[1]:
        return "the report's text stands before its heading"
    if markup.find_tag(_FOOTER, 0, start) >= 0:
        return "the report's text stands behind the page's footer"
    if markup.find_class(_NAVIGATION, start, end) >= 0 or _holds(markup, _MENU, start, end):
        return "the page's navigation stands in the report"
    is_double = markup.find_class(_CONTENT, start + 1, end) >= 0
    is_double = is_double or _holds(markup, _TITLE, start, end)
    if is_double or _holds(markup, _DOCUMENT, min(hero[0], start), max(hero[1], end)):
        return "parts of two pages were sent as one"
    if body.find(_BANNER, start, end) >= 0:
        return "the site's banner stands in the report's place"
    if body.find(_FORM_TITLE, start, end) >= 0 and _holds(markup, _FORM, start, end):
        return "the site's own form stands in the report's place"
    return ""


def _end_of(body: bytes, markup: Markup, start: int) -> tuple[int, str]:
    """Return where the report ends, or why that is not known.

    What follows a report (its side column, the end of the main part, the footer) is the end where
    nothing stands between it and the end of the report's own element. Where the frame of the page
    stands there, the element has ended before; where the report's own markup does, the element was
    closed too early.
    """
    balanced, following = markup.closing_of(start), _following(body, markup, start)
    if following < 0:
        return balanced, "" if balanced >= 0 else "truncated: the report has no end"
    if balanced < 0 or balanced > following:
        is_framed = _holds(markup, _FRAME, start, following)
        return following, "the end of the report cannot be told" if is_framed else ""
    return _choose(body, markup, balanced, following)


def _choose(body: bytes, markup: Markup, balanced: int, following: int) -> tuple[int, str]:
    if _NOTHING.fullmatch(body, balanced, following):
        return following, ""
    is_own = _holds(markup, _OWN, balanced, following)
    if not _holds(markup, _FRAME, balanced, following):
        if is_own or not _END.match(body, following):
            return following, ""  # a stray end tag in the publisher's markup
        return -1, "the end of the report cannot be told: text stands after its element"
    if is_own:
        return -1, "the end of the report cannot be told: the frame of the page stands in its text"
    return balanced, ""


def _following(body: bytes, markup: Markup, start: int) -> int:
    """Return where something begins that never belongs to a report, or -1."""
    end = len(body)
    for name in _FOLLOWING:
        end = _first(markup.find_class(name, start, end), end)
    end = _first(markup.find_tag(_END, start, end), end)
    return end if end < len(body) else -1


def _hero(body: bytes, markup: Markup) -> tuple[int, int]:
    """Return where breadcrumb and main heading are: from the breadcrumb on if there is one.

    The heading is whole, however long: without it the address alone would name the report.
    """
    headline = markup.find_class(_HEADLINE)
    opening = headline if headline >= 0 else markup.find_tag(_H1)
    ended = markup.find_tag(_H1_END, opening) if opening >= 0 else -1
    if ended < 0:
        return 0, 0
    least = max(ended - HERO_BYTES, 0)
    first = max(_breadcrumb(body, least, opening), least)
    return min(first, opening), body.find(b">", ended) + 1


def _breadcrumb(body: bytes, least: int, heading: int) -> int:
    """Return where the last breadcrumb before a heading begins; the heading if there is none."""
    at = body.rfind(_CRUMBS, least, heading)
    while at >= 0:
        opening = body.rfind(b"<", least, at)
        if opening >= 0 and _BREADCRUMBS.match(body, opening, at + len(_CRUMBS) + 1):
            return opening
        at = body.rfind(_CRUMBS, least, at)
    return heading


def _holds(markup: Markup, tag: re.Pattern[bytes], start: int, end: int) -> bool:
    return markup.find_tag(tag, start, end) >= 0


def _first(found: int, end: int) -> int:
    return found if found >= 0 else end
