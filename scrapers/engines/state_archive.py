"""Older report pages: plain HTML in ``div#centerblock``, whose titles and sections are mere lines.

Such pages stood at ``/g/drl/rls/hrrpt/YEAR/...`` and ``/j/drl/rls/hrrpt/YEAR/...`` and are kept on
the publisher's archive hosts. This module cuts out their text and says what its lines name; which
report that is, is decided where it is for every page. ``docs/sources/us-state-hrr.md`` has the
rules that were never seen on a raw page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from reports.model.form import Form
from reports.model.reading import Reading
from reports.text.addresses import split_address
from scrapers.engines.title_lines import editions_in, is_banner, is_trailing, read_title_lines
from scrapers.read.form import read_form
from scrapers.read.markup import Markup, without_hidden
from scrapers.read.outline import prose_notes, report
from scrapers.read.page import LONGEST_TAG, Block, blocks, blocks_of, lines_of, marked_in, parse
from scrapers.read.parts import SUMMARY
from scrapers.read.plain_outline import begins_sections, cut_at_sections, cut_at_summary
from scrapers.read.shape import shape_from
from scrapers.read.targets import LinkTargets

_PATHS = (
    re.compile(r"/(?:[a-z]+/)*hrrpt/(?P<edition>\d{4})/(?:[a-z]+/)?\d+\.html?", re.I),
    re.compile(r"/(?:[a-z_]+/)*(?P<edition>\d{4})_hrp_report/[^/]+\.html?", re.I),
)
_CENTER = re.compile(rb"<([a-z]+)\b[^>]*\bid\s*=\s*[\"']?$", re.I)
_CRUMBS = re.compile(rb"<(div|ul|ol|p)\b[^>]*\b(?:id|class)\s*=\s*[\"']?[^\"'>]*$", re.I)
_TITLE = re.compile(rb"<(h[1-3])\b[^>]*\bid\s*=\s*[\"']?$", re.I)
_NAMES = {_CENTER: b"centerblock", _CRUMBS: b"breadcrumb", _TITLE: b"page-title"}
MOST_NAMED = 16
"""How often the name of an element is looked at on one page."""
LONGEST_LINE = 8192
"""Bytes that a breadcrumb or a title may take."""
_BREAK = rb"(?:\s|&nbsp;|&#160;|\xc2?\xa0|<[^>]{0,200}>){1,40}"
_SECTION_1 = re.compile(
    rb">\s*(?:Section" + _BREAK + rb"1\b|EXECUTIVE SUMMARY\b|RESPECT FOR HUMAN RIGHTS\b)", re.I
)
_RUN_ON_SECTION_1 = re.compile(rb"\bSection" + _BREAK + rb"1\b[.:]?" + _BREAK + rb"[A-Z]")
_RELEASED = re.compile(
    rb"Released" + _BREAK + rb"by" + _BREAK + rb"the" + _BREAK + rb"Bureau" + _BREAK + rb"of"
    rb"|Reports?"
    + _BREAK
    + rb"on"
    + _BREAK
    + rb"Human"
    + _BREAK
    + rb"Rights"
    + _BREAK
    + rb"Practices"
    + _BREAK
    + rb"(?:for|-)"
    + _BREAK
    + rb"\d{4}",
    re.I,
)
_NEXT_SECTION = re.compile(rb">\s*Section" + _BREAK + rb"\d", re.I)
_ENDS = re.compile(rb"<footer\b|<div\s+id\s*=\s*[\"']?(?:footer|archive-modal)\b|</body", re.I)
_NEWER = re.compile(rb"wp-content|wp-includes|state_report|report__", re.I)
_VIEWER = re.compile(rb"\bviewer_type\s*=|\bcontent-loader\b|report viewer (?:doesn|does n)", re.I)
_PARAGRAPHS = re.compile(rb"(?:<br\b[^>]{0,99}>\s*){2,}", re.I)
_LINES = re.compile(rb"(</(?:b|strong|em|i|u)>)\s*<br\b[^>]{0,99}>", re.I)
_LETTER = re.compile(rb"&#(?:x(?P<hex>[0-9a-f]{1,4})|(?P<decimal>\d{1,5}));", re.I)
_CRUMB = re.compile("\\s*[\u00bb>|/]\\s*")
ASCII = 128
VIEWER = (
    "a viewer page without text: a script loads the report into it; "
    "give the address of the report's basic text instead (.../hrrpt/YEAR/.../NUMBER.htm)"
)


@dataclass(frozen=True)
class ArchivedReport:
    """What an older page says.

    ``editions`` are the years that its title lines and then its breadcrumb name; ``name`` is the
    country as its title prints it, ``current`` as its breadcrumb does. Each may be empty.
    """

    editions: tuple[str, ...]
    name: str
    published_on: str
    reading: Reading
    current: str = ""
    shape: str = ""
    form: Form | None = None


def edition_of(url: str) -> str:
    """Return the year that an older page's address names; its document number names nothing."""
    path = split_address(url).path
    found = next(filter(None, (pattern.fullmatch(path) for pattern in _PATHS)), None)
    return found["edition"] if found else ""


def is_viewer(body: bytes) -> bool:
    """Return whether a page is a report viewer's shell, into which a script loads the report."""
    return bool(_VIEWER.search(body))


def region(body: bytes) -> bytes:
    """Return the breadcrumb, title and text of an older page; ``b""`` if it is none."""
    if _NEWER.search(body):
        return b""
    body = _LETTER.sub(_letter, without_hidden(body))
    start, end = _center(body) or _page(body)
    main = body[start:end]
    if not _SECTION_1.search(main) and not _RUN_ON_SECTION_1.search(main):
        return b""
    over = (_line(body[:start], _CRUMBS), _line(body[:start], _TITLE))
    return b"".join(body[first:last] for first, last in (*over, (start, end)))


def read_region(
    markup: bytes, is_place: Callable[[str], bool], targets: LinkTargets
) -> ArchivedReport | None:
    """Return the report in an older page's region; None if its lines make none.

    ``is_place`` says whether a line is the name of a country.
    """
    first, last = _line(markup, _CRUMBS)
    crumbs, text = markup[first:last], markup[:first] + markup[last:]
    root = parse(_LINES.sub(rb"\1<p>", _PARAGRAPHS.sub(b"<p>", text)))
    flow = blocks_of(root)
    found = _read(flow, is_place)
    if found is None:
        return None
    trail = [piece for block in blocks(crumbs) for piece in _CRUMB.split(block.text) if piece]
    return replace(
        found,
        editions=(*found.editions, *(year for piece in trail for year in editions_in(piece))),
        current=trail[-1] if trail and is_place(trail[-1]) else "",
        shape=shape_from(_marks(text, flow)),
        form=read_form(root, targets),
    )


def read_lines(text: str, is_place: Callable[[str], bool]) -> ArchivedReport | None:
    """Return the report in the plain text of an older page, one paragraph a line, or None."""
    return _read([Block(line) for line in lines_of(text)], is_place)


def _read(flow: Sequence[Block], is_place: Callable[[str], bool]) -> ArchivedReport | None:
    flow = [block for block in flow if not is_banner(block)]
    begin = next((at for at, block in enumerate(flow) if _begins_text(block)), len(flow))
    lines = read_title_lines(flow[:begin], is_place)
    rest = takewhile(lambda block: not is_trailing(block), flow[begin:])
    reading = replace(_reading([*lines.text, *rest]), marked=marked_in(flow))
    if not reading.sections and not reading.heading:
        return None
    return ArchivedReport(lines.editions, lines.name, lines.published_on, reading)


def _begins_text(block: Block) -> bool:
    return begins_sections(block) or bool(SUMMARY.fullmatch(block.text))


def _reading(flow: Sequence[Block]) -> Reading:
    """Return the report: without a summary's heading, the introduction plays its role."""
    opening, sections = cut_at_sections(flow)
    before, heading, prose = cut_at_summary(opening)
    notes = (*(block.text for block in before), *prose_notes(prose))
    return report(heading, prose, notes, sections)


def _letter(found: re.Match[bytes]) -> bytes:
    """Return the ASCII letter or digit that a reference means; any other as it is."""
    code = int(found["hex"], 16) if found["hex"] else int(found["decimal"])
    return bytes([code]) if code < ASCII and chr(code).isalnum() else found[0]


def _center(body: bytes) -> tuple[int, int] | None:
    """Return where the text's element is.

    Its end is where its tag is closed, unless sections follow: an unbalanced end tag within the
    text must not cut it.
    """
    start, found = _named(body, _CENTER)
    if found is None:
        return None
    outer = _end(body, start)
    closed = Markup(body[:outer]).closing_of(start)
    goes_on = closed < 0 or _NEXT_SECTION.search(body, closed, outer)
    return start, outer if goes_on else closed


def _page(body: bytes) -> tuple[int, int]:
    """Return where the text is on a page without the element, if its lines say it is one."""
    if not _RELEASED.search(body):
        return 0, 0
    start = max(body.lower().find(b"<body"), 0)
    return start, _end(body, start)


def _end(body: bytes, start: int) -> int:
    found = Markup(body).find_tag(_ENDS, start)
    return found if found >= 0 else len(body)


def _named(body: bytes, pattern: re.Pattern[bytes]) -> tuple[int, re.Match[bytes] | None]:
    """Return where the first start tag with the pattern's name is, and its match."""
    at = -1
    for _ in range(MOST_NAMED):
        at = body.find(_NAMES[pattern], at + 1)
        opening = body.rfind(b"<", max(at - LONGEST_TAG, 0), at) if at >= 0 else -1
        if at < 0 or (opening >= 0 and (found := pattern.match(body[opening:at]))):
            return opening, found if at >= 0 else None
    return -1, None


def _line(body: bytes, pattern: re.Pattern[bytes]) -> tuple[int, int]:
    """Return where a short element is: a breadcrumb or a title."""
    start, found = _named(body, pattern)
    if found is None:
        return 0, 0
    closing = re.compile(rb"</" + found[1] + rb"\s*>", re.I)
    end = closing.search(body, start, start + LONGEST_LINE)
    return (start, end.end()) if end else (0, 0)


def _marks(markup: bytes, flow: Sequence[Block]) -> list[str]:
    """Name what makes the template: the element of the text, of the title and of the sections."""
    _, center = _named(markup, _CENTER)
    element = f"{center[1].decode().lower()}#centerblock" if center else "body"
    sections = {block.tag or "line" for block in flow if begins_sections(block)}
    titled = ["#page-title"] if _named(markup, _TITLE)[1] else []
    return [element, *titled, *(f"section in {tag}" for tag in sections)]
