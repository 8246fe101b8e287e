"""Tell the markers of footnotes from words: they renumber when a note comes or goes.

A marker is a link to its note and the arrow at a note's end a link back: what they lead to is for
whoever compares links, and neither says anything. A number that is typed, such as an exponent or
that of a paragraph, is a word.
"""

from __future__ import annotations

import re

from lxml import etree

LONGEST_MARKER = 30
"""Characters of a marker: "[footnote 112]" has 14."""
_NUMBER = (
    r"(?:(?:foot|end)?note\s*)?(?:\d{1,4}|[ivxlc]{1,7}|[a-z]|[*\u2020\u2021\u00a7\u00b6#]{1,4})"
)
_MARKER = re.compile(rf"[\s\[(]*{_NUMBER}[\])]*(?:[\s,;\[(]+{_NUMBER}[\])]*)*\s*", re.I)
_ARROW = re.compile(r"[\s\[\]^\u2190-\u21ff\u2934\u2bb0-\u2bbf\ufe0e\ufe0f]*")
_NOTE = re.compile(r"_?(?:fn|ftn|edn|foot-?note|end-?note|note|cite|ref)[\w:.\-]{0,40}", re.I)
_ROLES = frozenset({"doc-noteref", "doc-backlink"})
_CLASS = re.compile(r"(?:foot|end)note|fnref|noteref|backref", re.I)


def is_marker(element: etree._Element) -> bool:
    """Return whether a link, or a superscript, is the marker of a footnote or leads back to one."""
    if element.tag == "a" and not _may_be_reference(element):
        return False
    text = _text(element)
    if len(text) > LONGEST_MARKER:
        return False
    if element.tag == "a":
        return _is_reference(element, text)
    links = list(element.iter("a"))
    if not links:
        return _is_called_so(element) and bool(_MARKER.fullmatch(text))
    return bool(_MARKER.fullmatch(text)) and any(
        _is_reference(link, _text(link), is_raised=True) for link in links
    )


def _may_be_reference(link: etree._Element) -> bool:
    """Return whether a link leads into its page, without reading its words: most do not.

    One that leads to no place of it, such as a heading that opens a part, may be a bare arrow.
    """
    _, sign, fragment = link.get("href", "").partition("#")
    return bool(fragment) or (bool(sign) and not len(link)) or _is_called_so(link)


def _is_reference(link: etree._Element, text: str, *, is_raised: bool = False) -> bool:
    """Return whether a link is one: by where it leads or what it is called, and what it says."""
    _, sign, fragment = link.get("href", "").partition("#")
    is_known = _is_called_so(link)
    if not (sign or is_known):
        return False
    if text and _ARROW.fullmatch(text):
        return True
    if link.get("role") in _ROLES:
        return True
    is_known = is_known or is_raised or bool(_NOTE.fullmatch(fragment))
    return is_known and bool(_MARKER.fullmatch(text))


def _is_called_so(element: etree._Element) -> bool:
    return element.get("role") in _ROLES or bool(_CLASS.search(element.get("class", "")))


def _text(element: etree._Element) -> str:
    """Return the text of an element, as far as it matters here."""
    said = ""
    for piece in element.itertext():
        said += str(piece)
        if len(said) > LONGEST_MARKER * 4:
            break
    return said.strip()
