"""Read a DOCX file as a text processor would: its parts, its tracked changes accepted or rejected.

The standard library reads it, none of the code that wrote it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from reports.text.plain import fully_visible

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ACCEPTED, REJECTED = "del", "ins"
"""What accepting all changes takes out, and what rejecting them does."""


def package(file: bytes) -> dict[str, Element]:
    """Return the parts of a package, each parsed."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}


def body(file: bytes) -> Element:
    """Return the body of the document."""
    found = package(file)["word/document.xml"].find(f"{W}body")
    assert found is not None
    return found


def texts(file: bytes, gone: str) -> list[tuple[str, ...]]:
    """Return what is left of each part's text, part by part, in order."""
    parts: list[list[str]] = []
    open_text, is_open = "", False
    for paragraph in _tracked_paragraphs(file):
        style = _style(paragraph)
        if style != "ReportText":
            assert not open_text, f"{open_text!r} is joined to a paragraph that is no text"
            is_open = False
            if style == "Heading2":
                parts.append([])
            continue
        open_text += _left(paragraph, gone)
        is_open = paragraph.find(f"{W}pPr/{W}rPr/{W}{gone}") is not None
        if not is_open:
            parts[-1].append(open_text)
            open_text = ""
    assert not is_open, "the mark of the last paragraph is taken out"
    return [tuple(part) for part in parts]


def footnotes(file: bytes) -> list[str]:
    """Return the texts of the footnotes that the document refers to, in order."""
    notes = {
        note.get(f"{W}id"): "".join(each.text or "" for each in note.iter(f"{W}t")).strip()
        for note in package(file)["word/footnotes.xml"]
    }
    return [notes[each.get(f"{W}id")] for each in body(file).iter(f"{W}footnoteReference")]


def words_of(element: Element) -> str:
    """Return all words of an element, tracked or not."""
    return "".join(each.text or "" for each in element.iter() if each.tag in _TEXTS)


_TEXTS = (f"{W}t", f"{W}delText")


def _tracked_paragraphs(file: bytes) -> Iterator[Element]:
    paragraphs = iter(body(file).findall(f"{W}p"))
    for paragraph in paragraphs:
        if words_of(paragraph) == "The texts" and _style(paragraph) == "Heading1":
            yield from paragraphs


def _style(paragraph: Element) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    assert style is not None
    return style.get(f"{W}val", "")


def _left(paragraph: Element, gone: str) -> str:
    kept = (each for each in paragraph if each.tag != f"{W}{gone}")
    return fully_visible("".join(map(words_of, kept)))
