"""The edition of a GOV.UK document: its version, its date, and what stands in the box above it.

A line such as "Version 6.0, February 2026" names the edition that a text is of. It belongs to the
citation: were it among the words, every edition would be an edit of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from reports.model.notes import EDITION_NOTE, MONTHS
from reports.text.canonical import canonical_block
from scrapers.read.page import HEADINGS, Block, blocks, parse

_MONTH = f"(?:{'|'.join(map(str.title, MONTHS))})"
_DATE = rf"(?:\d{{1,2}} )?{_MONTH},? \d{{4}}"
_VERSION = r"version:? ?\d{1,3}(?:\.\d{1,3}){0,3}"
_LINE = re.compile(
    rf"{_VERSION}(?:[,:;. ]{{1,3}}(?:\(|of |dated? )?{_DATE}\)?)?[.]?"
    rf"|valid from:? {_DATE}[.]?"
    rf"|(?:section|page|document|note|last)(?: last)? (?:updated|revised|reviewed):? {_DATE}[.]?"
    rf"|(?:first )?published:? {_DATE}[.]?",
    re.I,
)
"""A whole paragraph that says which edition a text is of, or when it was brought up to date."""

_BARE_DATE = re.compile(_DATE)

_BOXES = frozenset(
    {"call-to-action", "application-notice", "info-notice", "help-notice", "information-block"}
)
_LONGEST_LINE = 200
"""Characters of a line of the box that is data; a longer one is a notice."""
_MOST_LINES = 40


@dataclass(frozen=True)
class EditionCut:
    """A document's text without the lines of its edition.

    ``lines`` are those lines, each once, in their order; ``notices`` are longer paragraphs of the
    box above the text.
    """

    flow: Sequence[Block]
    lines: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands beside the words: the edition, and what its box says besides."""
        lines = tuple(filter(None, (canonical_block(each).rstrip(".") for each in self.lines)))
        edition = (f"{EDITION_NOTE}{'; '.join(lines)}",) if lines else ()
        return (*edition, *(f"Notice above the text: {each}" for each in self.notices))


def cut_edition(markup: str) -> EditionCut:
    """Return the headings and paragraphs of a document, and apart from them its edition's lines.

    The box before the first heading holds data alone; elsewhere a whole paragraph must be a line
    of the edition.
    """
    boxed, rest = _without_box(markup)
    lines = [each for each in boxed if len(each) <= _LONGEST_LINE]
    notices = tuple(each for each in boxed if len(each) > _LONGEST_LINE)
    first = next((at for at, block in enumerate(rest) if block.tag), 0)
    flow = []
    for at, block in enumerate(rest):
        if _is_line(block, is_above=at < first):
            lines.append(block.text)
        else:
            flow.append(block)
    return EditionCut(flow, tuple(dict.fromkeys(lines))[:_MOST_LINES], notices)


def _is_line(block: Block, *, is_above: bool) -> bool:
    """Tell whether a paragraph is a line of the edition: a bare date is one above all headings."""
    if block.tag:
        return False
    is_date = is_above and _BARE_DATE.fullmatch(block.text)
    return bool(is_date or _LINE.fullmatch(block.text))


def _without_box(markup: str) -> tuple[list[str], list[Block]]:
    """Return the paragraphs of the boxes before the first heading, and all other blocks."""
    source = markup.encode("utf-8", "replace")
    root = parse(source)
    boxes = _boxes(root) if root is not None else []
    if not boxes:
        return [], blocks(source)
    said = [block.text for box in boxes for block in blocks(_written(box))]
    for box in boxes:
        _take_out(box)
    assert root is not None
    return said, blocks(_written(root))


def _boxes(root: etree._Element) -> list[etree._Element]:
    """Return the outermost boxes that stand before the first heading."""
    found: list[etree._Element] = []
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if element.tag in HEADINGS:
            break
        if _is_box(element):
            found.append(element)
            walk.skip_subtree()
    return found if next(_headings(root), None) is not None else []


def _headings(root: etree._Element) -> Iterator[etree._Element]:
    return root.iter(*HEADINGS)


def _is_box(element: etree._Element) -> bool:
    """Tell whether an element is a box; one with headings is a part of the text."""
    is_named = bool(_BOXES & set((element.get("class") or "").split()))
    is_box = is_named or element.get("role") == "note"
    return is_box and next(_headings(element), None) is None


def _take_out(box: etree._Element) -> None:
    """Remove an element and leave the text behind it."""
    parent, tail = box.getparent(), box.tail or ""
    assert parent is not None
    before = box.getprevious()
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    parent.remove(box)


def _written(element: etree._Element) -> bytes:
    return bytes(etree.tostring(element, encoding="utf-8", method="html", with_tail=False))
