"""The pages that are broken: the project's own examples, real ones, and real ones cut down."""

from __future__ import annotations

import gzip
import html
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import takewhile
from pathlib import Path

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring, tostring

from bench.child import ROOT
from bench.fuzz.markup import Markup
from bench.modes import SOURCE
from reports.model.reading import Reading
from reports.model.values import Identified, Page, Undecided
from reports.text.normal_form import normalized
from scrapers.read.page import decode
from scrapers.registry import all_sources, source_named
from scrapers.source import Source

EXAMPLES = ROOT / "tests" / "examples"
_REGION = (
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' report__content ')]"
    "|//*[@id='centerblock']"
)
_FORM = re.compile(r"(?:Edit Your|Build A) Custom Report", re.I)
_UNSEEN = frozenset({"script", "style", "template", "noscript"})
_SHORTENED = {"option": 8, "li": 12, "p": 3}
"""How many of such elements in a row a cut-down page keeps."""
_NOT_A_LETTER = re.compile(r"[\W_]+")
_SHORTEST_CHROME = 6
_KEPT = 12
"""Real pages in memory at once, whole and cut down; each has 277 KB, its letters and tree more."""
_NEIGHBOURS = 30


def letters(text: str) -> str:
    """Return a text's letters and digits alone: what no markup and no spacing can alter."""
    return _NOT_A_LETTER.sub("", normalized("NFC", text))


@dataclass(frozen=True)
class Seed:
    """A page as it was, the address it has, and what is known of it."""

    name: str
    source_name: str
    body: bytes
    url: str

    @property
    def source(self) -> Source:
        """The source it is a page of."""
        return source_named(self.source_name)

    @cached_property
    def page(self) -> Page:
        """What is read from it unbroken."""
        return self.source.read(self.body, self.url)

    @property
    def has_element(self) -> bool:
        """Tell whether an element of the page carries the report, and chrome stands outside it."""
        return bool(self._tree.xpath(_REGION))

    @cached_property
    def region_letters(self) -> str:
        """The letters of everything in the element that carries the report, and of what is read.

        A page of the report builder has no such element: there it is what stands in ``main``
        before the builder's form.
        """
        read: list[Identified | Undecided] = [*self.page.reports, *self.page.undecided]
        texts = [text for one in read for text in _said(one.reading)]
        return letters(" ".join((*texts, *self._inside)))

    @cached_property
    def _inside(self) -> tuple[str, ...]:
        if self.has_element:
            return tuple(t for element in self._tree.xpath(_REGION) for t in _texts(element))
        main = [text for element in self._tree.iter("main") for text in _texts(element)]
        return tuple(takewhile(lambda text: not _FORM.search(text), main))

    @cached_property
    def markup_letters(self) -> str:
        """The letters of the region's bytes, tags included: what is broken is shown as text."""
        start, end = Markup(self.body).region
        raw = decode(self.body[start:end])
        return f"{letters(raw)} {letters(html.unescape(raw))}"

    @cached_property
    def chrome(self) -> frozenset[str]:
        """The letters of each text outside that element, where they are in no way the report's."""
        inside = {each for element in self._tree.xpath(_REGION) for each in element.iter()}
        found = (letters(text) for text in _texts(self._tree, inside))
        return frozenset(
            text
            for text in found
            if len(text) >= _SHORTEST_CHROME and text not in self.region_letters
        )

    @cached_property
    def _tree(self) -> HtmlElement:
        return _parsed(self.body)


def _said(reading: Reading) -> Iterator[str]:
    yield from (reading.heading, *reading.blocks, *reading.notes)
    for section in reading.sections:
        yield f"Section {section.number} {section.heading}"
        yield from section.blocks


def _texts(root: HtmlElement, without: Iterable[object] = ()) -> Iterator[str]:
    """Yield every text of a tree, that of scripts and of some elements left out."""
    out = set(without)
    for element in root.iter(etree.Element):
        if element not in out and element.tag not in _UNSEEN and element.text:
            yield element.text
        parent = element.getparent()
        if element is not root and element.tail and parent not in out:
            yield element.tail


def _parsed(body: bytes) -> HtmlElement:
    parser = HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    return document_fromstring(decode(body).replace("\x00", ""), parser=parser)


class Seeds:
    """Picks the page that a number stands for; a page more or less changes few of the picks."""

    def __init__(self, corpus: Path | None) -> None:
        self._own = tuple(
            (name, path)
            for name in all_sources()
            for path in sorted((EXAMPLES / name).glob("*.html"))
        )
        self._real = tuple(sorted(corpus.glob("*/*.html.gz"))) if corpus else ()

    def pick(self, number: int, turn: int = 0) -> Seed:
        """Return the seed of a number: half of them own, a third cut down, a sixth whole.

        Neighbouring numbers share their real page, since preparing one costs more than breaking it.
        """
        kind = zlib.crc32(b"%d kind %d" % (number, turn)) % 6
        if kind < 3 or not self._real:
            name, path = max(self._own, key=lambda one: _weight(one[1].name, number, turn))
            return own_seed(name, path)
        row = number // _NEIGHBOURS
        path = max(self._real, key=lambda one: _weight("/".join(one.parts[-2:]), row, turn))
        return whole_seed(path) if kind == 5 else short_seed(path)


def _weight(name: str, number: int, turn: int) -> int:
    return zlib.crc32(b"%d %d %s" % (number, turn, name.encode()))


@cache
def own_seed(source_name: str, path: Path) -> Seed:
    """Return one of the project's example pages."""
    body = path.read_bytes()
    url = source_named(source_name).page_url(body)
    return Seed(f"{source_name}/{path.stem}", source_name, body, url)


@lru_cache(maxsize=_KEPT)
def whole_seed(path: Path) -> Seed:
    """Return a real page as it was served."""
    body = gzip.decompress(path.read_bytes())
    url = source_named(SOURCE).page_url(body)
    return Seed(f"{path.parent.name}/{path.name}", SOURCE, body, url)


@lru_cache(maxsize=_KEPT)
def short_seed(path: Path) -> Seed:
    """Return a real page without its scripts, most of its menus and most of its paragraphs."""
    whole = whole_seed.__wrapped__(path)
    root = _parsed(whole.body)
    for element in list(root.iter("script", "style", "svg", "img", "link")):
        if element.get("rel") != "canonical":
            element.drop_tree()
    for tag, kept in _SHORTENED.items():
        _shorten(root, tag, kept)
    body = b"<!DOCTYPE html>\n" + tostring(root, encoding="utf-8")
    return Seed(f"{whole.name} cut down", SOURCE, body, whole.url)


def _shorten(root: HtmlElement, tag: str, kept: int) -> None:
    for parent in {each.getparent() for each in root.iter(tag)}:
        row = 0
        for child in list(parent):
            row = row + 1 if child.tag == tag else 0
            if row > kept:
                child.drop_tree()
