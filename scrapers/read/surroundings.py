"""Read what stands around a report: banners, boxes and notices, without the site's furniture.

Menus, breadcrumbs, the site's own header and footer, lists of links and cookie bars say nothing
about a report. What is left is compared with sibling pages (``reports.watch.frame``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice, takewhile
from typing import Any, cast

from lxml import etree

from reports.model.notes import is_grave
from reports.text.canonical import canonical_block
from reports.watch.surroundings import Surrounding, Surroundings
from scrapers.read.cut import REGION_MARK
from scrapers.read.page import Block, blocks_of, parse
from scrapers.read.visibility import is_seen

MOST = 200
"""Texts around a report that are compared; real pages have 20."""

MOST_BYTES, MOST_LOOKED_AT = 524_288, 2_000
"""Bytes around a report and pieces of text in them that are looked at; real ones have 33,000."""

MOST_SAID = 50
"""Words on what became of a report that are taken from buttons and such; real pages have none."""

NAMES = 2048
"""Names of elements that are remembered: siblings have the same."""

LONGEST = 1000
"""Characters of a notice that are kept."""

_DIGEST = 16
_PAGE_END = re.compile(rb"</(?:body|html)\s*>", re.I)
_TEXT = REGION_MARK.decode().removeprefix("<div>").removesuffix("</div>")
_LINKS = "\ue003"
"""Stands where a list of links was taken out."""
_OWN_WORDS = etree.XPath(
    "//text()[string-length(normalize-space()) > 1 and not(ancestor::a[@href])]"
)
_LINK_WORDS = etree.XPath("/descendant::text()[ancestor::a[@href]]")
_SILENT = ("button", "form", "svg")
"""Elements whose words are none of a page's, though people see them."""
_UNSHOWN = frozenset({"desc", "option", "script", "style", "title"})
_BOX = re.compile(rb"alert|notice|warning")
_BOXED_LINK_WORDS = etree.XPath(
    "//*[@role='alert' or contains(@class, 'alert') or contains(@class, 'notice')"
    " or contains(@class, 'warning')]/descendant-or-self::a[@href]//text()"
)
_INLINE = frozenset(
    {"a", "abbr", "b", "br", "cite", "code", "em", "font", "i", "ins", "mark", "q", "small"}
    | {"span", "strong", "sub", "sup", "time", "u"}
)
_NO_LETTERS = re.compile(r"[\W\d_]+")
_DIGITS = re.compile(r"\d+")
_TIME = re.compile(
    r"\b(?:(?:jan|febr)(?:uary)?|feb|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|(?:nov|dec)(?:ember)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)|[ap]\.?m|utc|gmt|e[sd]t|st|nd|rd|th"
    r"|(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\s+ago)\b"
)
_COOKIES = re.compile(r"\bcookies?\b", re.I)
_LANDMARKS = frozenset({"navigation", "search", "menu", "menubar", "contentinfo"})
_OF_SITE = frozenset({"header", "footer"})
_PARTS = frozenset({"main", "article", "section", "aside"})
_FURNITURE = re.compile(
    r"(?:site[-_]+)?(?:header|footer)|(?:nav|navbar|navigation|menu|submenu|breadcrumbs?"
    r"|toc|pager|pagination|share|sharing|social|related|tags?|search|skip)"
    r"(?:[-_]+.*)?|.+[-_](?:nav|menu|breadcrumbs?|share|tags)|skiplink|.*(?:cookie|consent|gdpr).*"
    r"|screen-reader-text|sr-only|visually-hidden",
    re.I,
)
_ALERT = re.compile(r"notice|alert|warning|announce|message|withdraw|supersed", re.I)


def read_surroundings(around: bytes) -> Surroundings:
    """Return the texts around a report, from the bytes around its region (``Cut.around``)."""
    root = parse(_PAGE_END.sub(b"", around[:MOST_BYTES]))  # browsers show what follows that end
    if root is None:
        return {}
    names = _own_names(root)
    _say_grave_words(root)
    _prune(_Words(root, has_box=_BOX.search(around) is not None))
    found: dict[str, Surrounding] = {}
    for where, block in _placed(_without_labels(blocks_of(root, names_around=False))):
        key = _key(block.text, names)
        if key and len(found) < MOST:
            found.setdefault(key, Surrounding(key, _place(where, block), block.text[:LONGEST]))
    return found


def _own_names(root: etree._Element) -> list[str]:
    """Return what the page calls itself, longest first: its heading, and the country in it."""
    headings = list(root.iter("h1"))
    named = [each for each in headings if "report-header__headline" in each.get("class", "")]
    said = ["".join(map(str, each.itertext())) for each in (named or headings)[:1]]
    titles = [canonical_block(each) for each in said]
    titles += [title.rpartition(":")[2].strip() for title in titles]
    return sorted({title.casefold() for title in titles if title}, key=len, reverse=True)


def _say_grave_words(root: etree._Element) -> None:
    """Put what became of a report where words are read, if a picture, button or form says it."""
    texts = list(_silent_texts(root))
    texts += [(each, each.get("alt", "")) for each in _pictures(root)]
    if not is_grave("\n".join(said for _, said in texts)):
        return
    grave = (each for each in texts if is_grave(each[1]))
    for element, said in islice(grave, MOST_SAID):
        if is_seen(element):
            outermost = [element, *element.iterancestors(*_SILENT)][-1]
            words = etree.Element("p")
            words.text = said
            outermost.addprevious(words)


def _silent_texts(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield what buttons, forms and drawings show, each text with the element that it stands in."""
    for outer in root.iter(*_SILENT):
        if next(outer.iterancestors(*_SILENT), None) is not None:
            continue
        for each in outer.iter():
            if each.tag not in _UNSHOWN and each.text:
                yield each, each.text
            if each is not outer and each.tail:
                yield cast("etree._Element", each.getparent()), each.tail


def _pictures(root: etree._Element) -> list[etree._Element]:
    return [each for each in root.iter("img") if each.get("alt")]


class _Words:
    """The elements of a tree that words of their own stand in, and what the report stands in.

    What belongs to the site is left out, as are links without words around them.
    """

    def __init__(self, root: etree._Element, *, has_box: bool) -> None:
        report = _around_report(root)
        self._is_out: dict[etree._Element | None, bool] = dict.fromkeys(report, False)
        self._paths: dict[etree._Element | None, str] = {None: ""}
        self.kept = set(report)
        self.places: dict[etree._Element, str] = {}
        links = _telling_links(root, has_box=has_box)
        for text in islice(chain(_texts(_OWN_WORDS, root), links), MOST_LOOKED_AT):
            element = text.getparent().getparent() if text.is_tail else text.getparent()
            if any(map(str.isalpha, text)) and (is_grave(text) or not self._is_of_site(element)):
                self._keep(element)

    def _keep(self, element: etree._Element) -> None:
        around = [element, *element.iterancestors()]
        block = next(each for each in around if each.tag not in _INLINE)
        self.places[block] = self._path(block)
        self.kept.update(takewhile(lambda each: each not in self.kept, around))

    def _path(self, element: etree._Element) -> str:
        """Return what is equal for elements of the same names in elements of the same names."""
        for each in _unknown(element, self._paths):
            name = _name(each.tag, each.get("class", ""), each.get("id", ""))
            self._paths[each] = _digest(f"{self._paths[each.getparent()]} {name}")
        return self._paths[element]

    def _is_of_site(self, element: etree._Element) -> bool:
        """Tell whether an element stands in what belongs to the site; remembers what it finds."""
        for each in _unknown(element, self._is_out):
            self._is_out[each] = self._is_out.get(each.getparent(), False) or _is_furniture(each)
        return self._is_out[element]


def _unknown(element: etree._Element, known: Container[Any]) -> list[etree._Element]:
    """Return an element and those it stands in up to one that is known, outermost first."""
    around = chain((element,), element.iterancestors())
    return list(takewhile(lambda each: each not in known, around))[::-1]


def _texts(path: etree.XPath, root: etree._Element) -> list[Any]:
    """Return texts of a tree, each of which knows the element that it stands in."""
    return list(cast("list[Any]", path(root)))


def _telling_links(root: etree._Element, *, has_box: bool) -> list[Any]:
    """Return the words of links in boxes of notices, and of those that say what became of it."""
    words = _texts(_LINK_WORDS, root)
    boxed = _texts(_BOXED_LINK_WORDS, root) if has_box else []
    is_any = is_grave("\n".join(words))
    return boxed + [each for each in words if is_grave(each)] if is_any else boxed


def _around_report(root: etree._Element) -> list[etree._Element]:
    marks = [each for each in root.iter("div") if each.text == _TEXT]
    found = [outer for mark in marks for outer in (mark, *mark.iterancestors())]
    for element in found:
        if element.tag == "form":  # some sites put the whole page in one
            element.tag = "div"
    return found


def _is_furniture(element: etree._Element) -> bool:
    if element.get("role", "").lower() in _LANDMARKS:
        return True
    if element.tag in _OF_SITE:
        return not any(outer.tag in _PARTS for outer in element.iterancestors())
    return _names_furniture(element.get("class", ""), element.get("id", ""))


@lru_cache(maxsize=NAMES)
def _names_furniture(classes: str, identifier: str) -> bool:
    names = [*classes.split(), identifier]
    return not any(map(_ALERT.search, names)) and any(map(_FURNITURE.fullmatch, names))


@lru_cache(maxsize=NAMES)
def _name(tag: str, classes: str, identifier: str) -> str:
    """Return an element's name as a selector would write it; numbers in it count pages."""
    marked = f"{tag}#{identifier}" if identifier else tag
    return _DIGITS.sub("0", ".".join([marked, *sorted(classes.split())]))


def _prune(words: _Words) -> None:
    """Take out what no words of its own stand in; a mark is left for each list of links."""
    for element in words.kept:
        element.set("class", words.places.get(element, ""))  # comes out as that of a block
        for child in element:
            if child in words.kept or (child.tag in _INLINE and element in words.places):
                continue
            has_links = next(child.iter("a"), None) is not None and not _is_furniture(child)
            for each in list(child):
                child.remove(each)
            child.text = _LINKS if has_links else None


def _without_labels(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks that are not the title of a list of links."""
    last: Block | None = None
    for block in blocks:
        is_list = not block.text.strip(f"{_LINKS} ")
        if last is not None and not (is_list and _is_label(last)):
            yield last
        last = None if is_list else block
    if last is not None:
        yield last


def _is_label(block: Block) -> bool:
    is_short = block.is_heading or block.text.endswith(":") or len(block.text.split()) <= 3
    return is_short and not is_grave(block.text)


def _placed(blocks: Iterable[Block]) -> Iterator[tuple[str, Block]]:
    """Yield each block with where it stands: before the report's text or after it."""
    where = "before"
    for block in blocks:
        if block.text == _TEXT:
            where = "after"
        else:
            yield where, block


def _key(text: str, names: Iterable[str]) -> str:
    """Return what is equal for texts that say the same of different pages; ``""`` for no words."""
    said = text.casefold()
    if _COOKIES.search(said):
        return ""
    for name in names:
        said = said.replace(name, " ")
    words = _NO_LETTERS.sub(" ", _TIME.sub(" ", said)).strip()
    return _digest(words) if words else ""


def _place(where: str, block: Block) -> str:
    place = f"{where} {' '.join(sorted(block.classes))}"
    return f"@{_digest(place)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]
