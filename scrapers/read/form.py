"""Read what people see of a page's text that is no word: links, pictures, tables, numbering.

The words are read by ``scrapers.read.page``; the same tree is looked at here, and only at the
elements named below, which are few on a real page. What is hidden, or the template's, is no part
of the form; order of attributes, classes, styles and scripts leave no trace; addresses are brought
into one form (``scrapers.read.targets``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from itertools import groupby, islice

from lxml import etree

from reports.model.form import Form, FormKind, FormPart
from reports.text.canonical import canonical_block
from reports.text.fingerprint import text_sha256
from scrapers.read.footnotes import is_marker
from scrapers.read.furniture import furniture
from scrapers.read.page import parse
from scrapers.read.targets import NOTE, LinkTargets
from scrapers.read.visibility import is_seen

MOST_PARTS = 5000
"""Parts of one page; the densest real page has 60."""
LONGEST_NAME = 200
LONGEST_VALUE = 2000
LONGEST_SRCSET = 8192
MOST_SIZES = 50
"""Addresses that one picture or film may have; real ones have 8."""
_WORDS_BEFORE = 24  # characters by which people find a superscript

_TEXT_OF = ("button", "form", "math", "nav", "select", "svg", "textarea")
"""Elements that show a text which is none of the report's words."""
_SILENT = frozenset({"defs", "desc", "metadata", "script", "style", "template", "title"})
_SHOWN_BY_NOBODY = ("canvas", "head", "noscript", "script", "style", "template", "title")
_FRAMES = ("iframe", "frame", "embed", "object", "video", "audio")
_SOURCES = ("data-src", "data-lazy-src", "data-original", "src", "data", "href", "xlink:href")
"""Where the address of what is shown stands; one that is loaded late has another in ``src``."""
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)", re.I)
_CANDIDATE = re.compile(r"(?:^|,)\s*([^\s,]\S*[^\s,]|[^\s,])")
_DOT = re.compile(r"[01](?:px)?")
_TYPED = ("text", "search", "email", "url", "tel", "submit", "button", "reset", "")


def read_form(
    root: etree._Element | None, targets: LinkTargets, left_out: Collection[etree._Element] = ()
) -> Form:
    """Return the form of a tree that ``scrapers.read.page.parse`` gave, without some elements."""
    if root is None:
        return Form()
    found = []
    for element in islice(root.iter(*_READERS), MOST_PARTS):
        part = _READERS[element.tag](element, targets)
        if part and not _is_unseen(element, left_out):  # most icons are no part
            found.append(part)
    return Form(tuple(found))


def form_of(markup: bytes, targets: LinkTargets) -> Form:
    """Return the form of a piece of HTML."""
    root = parse(markup)
    return read_form(root, targets, furniture(root))


def _is_within(element: etree._Element, tags: tuple[str, ...]) -> bool:
    return next(element.iterancestors(*tags), None) is not None


def _is_unseen(element: etree._Element, left_out: Collection[etree._Element]) -> bool:
    if _is_within(element, _SHOWN_BY_NOBODY) or not is_seen(element):
        return True
    return any(each is element or _contains(each, element) for each in left_out)


def _contains(piece: etree._Element, element: etree._Element) -> bool:
    return any(each is piece for each in element.iterancestors(piece.tag))


def _link(element: etree._Element, targets: LinkTargets) -> FormPart | None:
    leads_to = targets.link(element.get("href", ""))
    if not leads_to or _is_within(element, ("a",)):
        return None
    if is_marker(element):
        return FormPart(FormKind.LINK, "", NOTE)  # numbered anew when a note comes or goes
    name = _text(element)
    is_shown = name or next(element.iter("img"), None) is not None
    return FormPart(FormKind.LINK, name, leads_to) if is_shown else None


def _area(element: etree._Element, targets: LinkTargets) -> FormPart | None:
    """Read a part of a picture that is a link."""
    leads_to = targets.link(element.get("href", ""))
    name = canonical_block(element.get("alt", ""))[:LONGEST_NAME]
    return FormPart(FormKind.LINK, name, leads_to) if leads_to else None


def _picture(element: etree._Element, targets: LinkTargets) -> FormPart | None:
    address = _source(element)
    if not address or _is_dot(element):
        return None
    alternative = canonical_block(element.get("alt", ""))[:LONGEST_NAME]
    shown = (address, *_other_sizes(element))
    pictures = dict.fromkeys(targets.picture(each) for each in islice(shown, MOST_SIZES))
    return FormPart(FormKind.PICTURE, alternative, _bounded(" ".join(pictures)))


def _other_sizes(element: etree._Element) -> Iterator[str]:
    """Yield the addresses that a browser may take instead, by the size or kind of its screen."""
    outer = next(element.iterancestors("picture"), None)
    sources = outer.iter("source") if outer is not None else ()
    for each in (*sources, element):
        listed = each.get("srcset", "") or each.get("data-srcset", "")
        yield from _CANDIDATE.findall(listed[:LONGEST_SRCSET])


def _is_dot(element: etree._Element) -> bool:
    """Return whether a picture or a frame is too small to show anything: it counts visitors."""
    return any(_DOT.fullmatch(element.get(side, "")) for side in ("width", "height"))


def _source(element: etree._Element) -> str:
    """Return the address of what an element shows."""
    for name in _SOURCES:
        if address := element.get(name, "").strip():
            return address
    listed = element.get("srcset", "") or element.get("data-srcset", "")
    return listed.strip().split(" ", 1)[0].rstrip(",")


def _frame(element: etree._Element, targets: LinkTargets) -> FormPart | None:
    if _is_dot(element):
        return None
    written = element.get("srcdoc", "").strip()  # shown in place of what the address leads to
    if written:
        return FormPart(FormKind.FRAME, "", f"a page written in place, {text_sha256([written])}")
    addresses = (_source(element), *map(_source, element.iter("source", "track")))
    leads_to = " ".join(filter(None, map(targets.link, islice(addresses, MOST_SIZES))))
    poster = targets.picture(element.get("poster", "")) if element.get("poster") else ""
    shown = " ".join(filter(None, (leads_to, poster)))
    return FormPart(FormKind.FRAME, "", _bounded(shown)) if shown else None


def _input(element: etree._Element, targets: LinkTargets) -> FormPart | None:
    if element.get("type", "").lower() == "image":
        return _picture(element, targets)
    said = "" if _is_within(element, _TEXT_OF) else _typed(element)
    return FormPart(FormKind.CONTROL, "input", said) if said else None


def _typed(element: etree._Element) -> str:
    """Return what an input shows."""
    if element.get("type", "").lower() in ("checkbox", "radio"):
        return "chosen" if element.get("checked") is not None else ""
    if element.get("type", "").lower() not in _TYPED:
        return ""
    return canonical_block(element.get("value") or element.get("placeholder") or "")[:LONGEST_NAME]


def _control(element: etree._Element, _targets: LinkTargets) -> FormPart | None:
    is_icon = element.tag == "svg" and next(element.iter("text", "foreignObject"), None) is None
    if is_icon or _is_within(element, _TEXT_OF):
        return None
    said = " ".join(filter(None, (canonical_block(each) for each in _pieces(element))))
    return FormPart(FormKind.CONTROL, element.tag, said[:LONGEST_VALUE]) if said else None


def _pieces(element: etree._Element) -> Iterator[str]:
    """Yield what an element shows, in a formula also how it is put together."""
    is_formula = element.tag == "math"
    walk = etree.iterwalk(element, events=("start", "end"))
    length = 0
    for event, each in walk:
        if length > LONGEST_VALUE:
            return
        if event == "end":
            piece = (each.tail or "") if each is not element else ""
        elif each.tag in _SILENT:
            walk.skip_subtree()
            piece = ""
        else:
            inner = _typed(each) if each.tag == "input" else each.get("placeholder", "")
            mark = f"{each.tag}:" if is_formula and each.tag[:2] in ("ms", "mf", "mu", "mo") else ""
            piece = f"{mark}{inner} {each.text or ''}"
        length += len(piece)
        yield piece


def _table(element: etree._Element, _targets: LinkTargets) -> FormPart | None:
    rows = [_cells(row) for row in _rows(element)]
    told = [
        f"{counted} rows of {cells}" if (counted := len(list(group))) > 1 else f"a row of {cells}"
        for cells, group in groupby(filter(None, rows))
    ]
    if not told:
        return None
    return FormPart(FormKind.TABLE, _beginning(element), _bounded("; ".join(told)))


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """Yield a table's own rows, not those of tables in its cells."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _cells(row: etree._Element) -> str:
    """Say how many cells a row has and which of them span more than one."""
    cells = [each for each in row if each.tag in ("td", "th")]
    spans = [
        f"cell {at} spans {each.get('colspan', '1')} columns and {each.get('rowspan', '1')} rows"
        for at, each in enumerate(cells, 1)
        if each.get("colspan", "1") != "1" or each.get("rowspan", "1") != "1"
    ]
    if not cells:
        return ""
    count = f"{len(cells)} cell" if len(cells) == 1 else f"{len(cells)} cells"
    headings = [str(at) for at, each in enumerate(cells, 1) if each.tag == "th"]
    heads = [f"heading: {', '.join(headings)}"] if headings else []
    return ", ".join([count, *spans, *heads])


def _list(element: etree._Element, _targets: LinkTargets) -> FormPart | None:
    items = [each for each in element if each.tag == "li"]
    if not items:
        return None
    kind = _style(element)
    numbers = [f"item {at} is {n}" for at, each in enumerate(items, 1) if (n := each.get("value"))]
    numbers += [f"item {at} in {k}" for at, each in enumerate(items, 1) if (k := _style(each))]
    told = [
        f"{len(items)} items from {element.get('start', '1')}",
        f"in the style {kind}" if kind not in ("", "1", "decimal") else "",
        "downwards" if element.get("reversed") is not None else "",
        *numbers,
    ]
    name = _beginning(items[0])
    return FormPart(FormKind.LIST, name, _bounded(", ".join(filter(None, told))))


def _style(element: etree._Element) -> str:
    """Return the style in which a list or one of its items is numbered, "" for the usual one."""
    style = _LIST_STYLE.search(element.get("style", ""))
    return style[1].lower() if style else element.get("type", "")


def _raised(element: etree._Element, _targets: LinkTargets) -> FormPart | None:
    if _is_within(element, ("sup", "sub")) or _is_note_number(element):
        return None
    kind = FormKind.RAISED if element.tag == "sup" else FormKind.LOWERED
    said = _text(element)
    return FormPart(kind, _before(element), said) if said else None


def _is_note_number(element: etree._Element) -> bool:
    """Return whether a superscript is the number of a note: it is a link, and read as one."""
    link = next(element.iterancestors("a"), None)
    return is_marker(element) or (link is not None and is_marker(link))


def _before(element: etree._Element) -> str:
    """Return the last words before an element, by which people find it."""
    earlier, parent = element.getprevious(), element.getparent()
    text = earlier.tail if earlier is not None else parent.text if parent is not None else ""
    words = canonical_block((text or "")[-100:])
    if len(words) <= _WORDS_BEFORE:
        return words
    last = words[-_WORDS_BEFORE - 1 :]
    return last.partition(" ")[2] or last  # from the first whole word on


def _beginning(element: etree._Element) -> str:
    """Return the first words of a table or a list."""
    return _text(element, 60, " ")


def _text(element: etree._Element, most: int = LONGEST_NAME, between: str = "") -> str:
    """Return the beginning of an element's text."""
    if not len(element):
        return canonical_block((element.text or "")[: 4 * most])[:most].rstrip()
    pieces, length = [], 0
    for piece in element.itertext():
        pieces.append(str(piece))
        length += len(piece)
        if length > 4 * most:
            break
    return canonical_block(between.join(pieces))[:most].rstrip()


def _bounded(text: str) -> str:
    if len(text) <= LONGEST_VALUE:
        return text
    return f"{text[:LONGEST_NAME]}… {text_sha256([text])}"


_Reader = Callable[[etree._Element, LinkTargets], FormPart | None]
_READERS: dict[str, _Reader] = {
    "a": _link,
    "area": _area,
    "img": _picture,
    "image": _picture,
    "input": _input,
    "table": _table,
    "ol": _list,
    "sup": _raised,
    "sub": _raised,
    **dict.fromkeys(_FRAMES, _frame),
    **dict.fromkeys(_TEXT_OF, _control),
}
