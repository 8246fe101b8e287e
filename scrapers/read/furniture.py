"""Tell the template's own pieces in a report's region from the report.

They are known by their place: a piece that stands beside the sections of a text, or to which the
template has given a name of its own, and that says nothing but links under a label. A box with a
sentence, such as a notice, is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

MOST_LABEL_WORDS = 3
"""Words beside the links of a piece of furniture: "Tags", "Share this page"."""
MOST_LINK_WORDS = 15
MOST_LOOKED_AT = 200
"""Pieces and, in one, elements that are looked at."""
_HOLDER = "report__content"
_PROSE = "entry-content"
_OF_THE_TEXT = re.compile(r"report__(?:content(?:__inner)?|section(?:-title|-subtitle)?)$")
_BESIDE_LINKS = etree.XPath(".//text()[not(ancestor::a)]")
_SENTENCE = (".", "!", "?", ":", ";")


def furniture(root: etree._Element | None) -> frozenset[etree._Element]:
    """Return the elements of a report's tree that the template has put there."""
    if root is None:
        return frozenset()
    holder = next((each for each in root.iter("div") if _HOLDER in _classes(each)), None)
    if holder is None or not any(_PROSE in _classes(each) for each in holder):
        return frozenset()
    found = set()
    for number, piece in enumerate(_pieces(holder)):
        if number == MOST_LOOKED_AT:
            break
        if _is_links_alone(piece):
            found.add(piece)
    return frozenset(found)


def _pieces(holder: etree._Element) -> Iterator[etree._Element]:
    """Yield what stands beside the sections of a text, and what the template names itself."""
    for each in (*holder, *holder.itersiblings()):
        if _PROSE not in _classes(each):
            yield each
    for each in holder.iter("div", "aside", "ul"):
        names = [name for name in _classes(each) if name.startswith("report__")]
        if names and not any(map(_OF_THE_TEXT.match, names)):
            yield each


def _is_links_alone(piece: etree._Element) -> bool:
    """Return whether a piece says nothing but links, under a label or several of them."""
    links, is_control = 0, False
    for number, each in enumerate(piece.iter("a")):
        said = " ".join(map(str, each.itertext())).split()
        if number == MOST_LOOKED_AT or len(said) > MOST_LINK_WORDS or _ends(said):
            return False
        links += bool(said)
        is_control = is_control or each.get("href", "").startswith(("#", "javascript:"))
    if not links:
        return False
    beside: list[str] = _BESIDE_LINKS(piece)  # type: ignore[assignment]  # texts alone
    label = " ".join(beside).split()
    if len(label) > MOST_LABEL_WORDS or any(word.endswith(_SENTENCE) for word in label[:-1]):
        return False
    return bool(label) or links > 1 or is_control


def _ends(said: list[str]) -> bool:
    return bool(said) and said[-1].endswith(_SENTENCE)


def _classes(element: etree._Element) -> list[str]:
    names: str = element.get("class") or ""
    return names.split()
