"""Cut the part of a page that matters, and flow it into headings and paragraphs.

Real pages have 276 KB in the median, two thirds of it menus and scripts. BeautifulSoup takes 33 ms
for a whole page and 6 ms for its main region; lxml takes 0.4 ms for that region and is what
BeautifulSoup builds on, so report pages are walked on lxml's tree directly, and the links of a
listing are taken from its parser's events. BeautifulSoup reads what is irregular: navigation.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from reports.model.reading import Marked, MarkKind
from reports.text.canonical import canonical_block, canonical_blocks
from scrapers.read.footnotes import is_marker
from scrapers.read.furniture import furniture
from scrapers.read.visibility import Sight, telling_in

_BEFORE_CLASS = (b'"', b"'", b" ", b"=", b"\n", b"\t")
# (?>(?:…)*) and not (?:…)*+: before Python 3.11.5 the latter misses what it should find.
_CLASS = re.compile(
    rb"""<[a-z][^\s/>]*+
    (?>(?:[\s/]++(?!class\s*=)[^\s=/>]++(?>(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>][^\s>]*+))?))*)
    [\s/]++class\s*=\s*(?:"([^">]*)"?|'([^'>]*)'?|([^\s"'>]+))""",
    re.IGNORECASE | re.VERBOSE,
)
"""A start tag up to its first class attribute: what another one's value holds is not a class."""
_DIGITS = re.compile(r"\d+")
LONGEST_TAG = 2048
"""Bytes of a start tag that are looked at; real ones have 600 at most."""

MOST_NESTED = 512
"""Elements in each other; real pages have 25, and browsers nest no more than 512. What an element
stands in is asked for again and again: without a bound that costs the square of a page's length."""
MOST_TAGS = 75_000
"""Tags of one piece of HTML that is read; the densest real page has some thousands."""
MOST_LINES = 50_000
"""Lines of a page saved as plain text that are read; the longest real report has some thousand."""
MOST_MARKED = 1000
"""Pieces of struck or hidden text that are kept of a page; further ones are left out."""

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "header", "hr", "li", "main", "ol",
    "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
_BORDERS = HEADINGS | _BLOCKS
_MARKERS = frozenset({"a", "sup"})
_SILENT = frozenset({
    "audio", "button", "canvas", "datalist", "form", "head", "iframe", "input", "math", "nav",
    "noscript", "object", "option", "script", "select", "style", "svg", "template", "textarea",
    "title", "video",
})
# fmt: on


@dataclass
class Block:
    """One paragraph or heading of a page, in canonical text.

    ``tag`` is the heading's element (``""`` for a paragraph); ``classes`` are the element's own;
    ``links`` are the addresses the block links to. ``around`` names the elements a block with
    classes stands in, outermost first and itself last: the template's markup, without its text.
    ``marked`` are words in it, or right after it, that are struck or hidden.
    """

    text: str
    tag: str = ""
    classes: frozenset[str] = frozenset()
    links: list[str] = field(default_factory=list)
    around: str = ""
    marked: list[Marked] = field(default_factory=list)

    @property
    def is_heading(self) -> bool:
        """Whether the block is a heading element."""
        return bool(self.tag)


def find_element(body: bytes, class_name: bytes, start: int = 0, end: int | None = None) -> int:
    """Return the offset of the first start tag whose class list holds ``class_name``, or -1."""
    at = body.find(class_name, start, end)
    while at >= 0:
        if body[at - 1 : at] in _BEFORE_CLASS:  # style sheets write ".name", far more often
            opening = body.rfind(b"<", max(start, at - LONGEST_TAG), at)
            if opening >= 0 and _has_class(body[opening : at + len(class_name) + 64], class_name):
                return opening
        at = body.find(class_name, at + 1, end)
    return -1


def _has_class(tag: bytes, class_name: bytes) -> bool:
    found = _CLASS.match(tag)
    return found is not None and class_name in (found[1] or found[2] or found[3] or b"").split()


def decode(body: bytes) -> str:
    """Return text from UTF-8 bytes; the bytes that are not UTF-8 are taken as Windows-1252."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("utf-8", _STRAY_BYTES)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decode only the stray bytes: one of them must not change every quotation mark of a page."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_STRAY_BYTES = "reportwatch-windows-1252"
codecs.register_error(_STRAY_BYTES, _as_windows_1252)


def blocks(markup: bytes) -> list[Block]:
    """Return the headings and paragraphs that a piece of HTML shows, in document order.

    Text outside any paragraph ("loose") makes a block of its own. Scripts, forms, pictures and
    comments are silent, and so are the template's furniture and the markers of footnotes. Any
    broken markup is accepted; none is read of markup nested deeper than the parser goes (2,048
    elements), since the rest would look like an edit.
    """
    root = parse(markup)
    return blocks_of(root, furniture(root))


def blocks_of(
    root: etree._Element | None,
    left_out: Collection[etree._Element] = (),
    *,
    names_around: bool = True,
) -> list[Block]:
    """Return the blocks of a tree that ``parse`` gave, without some elements of it.

    ``names_around`` says whether anybody asks what the blocks stand in.
    """
    if root is None:
        return []
    kept: list[Block] = []
    waiting: list[Marked] = []  # marked words before any that are shown
    for block in _Flow(root, left_out, names_around=names_around).read():
        if block.text:
            block.marked[:0], waiting = waiting, []
            kept.append(block)
        elif block.marked:
            (kept[-1].marked if kept else waiting).extend(block.marked)
    return kept


def lines_of(text: str) -> list[str]:
    """Return the canonical lines of a page saved as plain text; none of one with too many."""
    lines = text.splitlines()
    return list(canonical_blocks(lines)) if len(lines) <= MOST_LINES else []


def marked_in(flow: Iterable[Block]) -> tuple[Marked, ...]:
    """Return the words of a text that are struck or hidden, in document order."""
    return tuple(islice((each for block in flow for each in block.marked), MOST_MARKED))


def parse(markup: bytes) -> etree._Element | None:
    """Return the tree of a piece of HTML, None of one without text, or too dense or deep."""
    if has_too_many_tags(markup):
        return None
    text = decode(markup).replace("\x00", "")
    if not text.strip():
        return None
    # lxml's bare parser: that of lxml.html asks Python for the class of every element.
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        # Its ends are the parser's to add: written out, they would be words of an open <title>.
        root = etree.fromstring(f"<html><body>{text}", parser)
    except (etree.ParserError, ValueError):
        return None
    return None if parser.error_log.filter_from_fatals() or _is_too_deep(root) else root


def has_too_many_tags(markup: bytes, most: int = MOST_TAGS) -> bool:
    """Return whether a piece of HTML has more tags than are read: it would take seconds."""
    return len(markup) > most and markup.count(b"<") > most


def is_too_deep(markup: bytes) -> bool:
    """Return whether the elements of a piece of HTML are nested deeper than is read."""
    return bool(markup.strip()) and parse(markup) is None


_is_too_deep = etree.XPath(f"boolean({'/*' * (MOST_NESTED + 1)})")


@dataclass
class _Unseen:
    """Text that is not seen: where in the open run it stands, and after how many of its words."""

    mark: MarkKind
    at: int
    place: int
    texts: list[str] = field(default_factory=list)


class _Flow:
    """Walks a tree once, closing the open block at every block-level border."""

    def __init__(
        self, root: etree._Element, left_out: Collection[etree._Element], *, names_around: bool
    ) -> None:
        self._root = root
        self._left_out = left_out
        self._names_around = names_around
        self._sight = Sight()
        self._run: list[str] = []
        self._unseen: list[_Unseen] = []
        self._open = Block("")
        self._seen: dict[tuple[object, ...], str] = {}

    def read(self) -> Iterator[Block]:
        """Yield blocks in document order, empty ones too."""
        walk = etree.iterwalk(self._root, events=("start", "end"))
        sight, around, left_out = self._sight, self._sight.around, self._left_out
        telling = telling_in(self._root)
        for event, element in walk:
            tag, is_start = element.tag, event == "start"
            if is_start and (
                tag in _SILENT
                or (tag in _MARKERS and is_marker(element))
                or (left_out and element in left_out)
            ):
                walk.skip_subtree()
                continue
            if tag in _BORDERS:
                yield self._close(self._block(element, tag) if is_start else Block(""))
            if is_start:
                if element in telling:
                    sight.enter(element)
                text = self._enter(element, tag)
            else:
                if around and around[-1][0] is element:
                    sight.leave()
                text = element.tail
            if text:
                self._say(text)
        yield self._close(Block(""))

    def _enter(self, element: etree._Element, tag: str) -> str | None:
        """Take what stands at the beginning of an element; return the text in it."""
        if tag == "br":
            self._say(" ")
        elif tag == "a" and (target := element.get("href")):
            self._open.links.append(target)
        return element.text

    def _say(self, text: str) -> None:
        """Take text where it stands: into the open block, or beside it if nobody sees it."""
        mark = self._sight.mark
        if mark is None:
            self._run.append(text)
            return
        last = self._unseen[-1] if self._unseen else _Unseen(mark, 0, 0)
        at = len(self._run)
        if not self._unseen or last.mark is not mark or last.at != at:  # what is seen parts two
            place = last.place + len("".join(self._run[last.at : at]).split())
            last = _Unseen(mark, at, place)
            self._unseen.append(last)
        last.texts.append(text)

    def _block(self, element: etree._Element, tag: str) -> Block:
        """Return an open block; a paragraph with a class may be a heading in disguise."""
        names = element.get("class")
        block = Block("", tag if tag in HEADINGS else "")
        if names:
            block.classes = frozenset(names.split())
        if names and self._names_around:
            parent = element.getparent()
            key = (tag, names, parent.tag, parent.get("class")) if parent is not None else ()
            if key not in self._seen:
                self._seen[key] = _around(element)
            block.around = self._seen[key]
        return block

    def _close(self, following: Block) -> Block:
        done, self._open = self._open, following
        text, self._run = "".join(self._run), []
        if text and not text.isspace():  # half of all borders stand side by side
            done.text = canonical_block(text)
        if self._unseen:
            done.marked = [
                Marked(each.mark, said, done.text, each.place)
                for each in self._unseen
                if (said := canonical_block("".join(each.texts)))
            ]
            self._unseen = []
        return done


def _around(element: etree._Element) -> str:
    """Return the names of the elements around a block and of itself, outermost first."""
    ancestors = [each for each in element.iterancestors() if each.tag not in ("html", "body")]
    names = [_name(element, ""), *(_name(each, each.get("id", "")) for each in ancestors)]
    return " > ".join(reversed(names))


def _name(element: etree._Element, identifier: str) -> str:
    """Return an element's name as a selector would write it; numbers in an id count pages."""
    marked = f"{element.tag}#{_DIGITS.sub('0', identifier)}" if identifier else str(element.tag)
    return ".".join([marked, *sorted(element.get("class", "").split())])
