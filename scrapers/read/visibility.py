"""Tell what of a page people see, as far as elements, attributes and inline styles say it.

What a style sheet or a script does is not known from a page's bytes, and is not told here. What is
closed and has its own control right before it, such as a part of an accordion that a browser saved,
is a click away and counts as seen; a closed ``details`` element does not.
"""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import NamedTuple

from lxml import etree

from reports.model.reading import MarkKind

LONGEST_STYLE = 2048
"""Characters of an inline style that are looked at; real ones have 100."""
_STRUCK = frozenset({"del", "s", "strike"})
_NEVER_SHOWN = frozenset({"noembed", "noframes"})
TELLING = _STRUCK | _NEVER_SHOWN | {"details", "dialog", "font", "summary"}
"""Elements that may hide or strike words by what they are, whatever attributes they have."""
TELLING_NAMES = frozenset({"style", "hidden", "popover"})
"""Attributes that may hide or strike the words of any element."""
_COMMENT = re.compile(r"/\*[^*]*\*/")
_LENGTH = re.compile(r"([+-]?\d*\.?\d+)(px|pt|pc|rem|em|ex|ch|in|cm|mm|vw|vh|%)?(?![\w.%])")
_ABSOLUTE = ("px", "pt", "pc", "rem", "in", "cm", "mm")
_PIXELS = {"pc": 16, "rem": 16, "em": 16, "ex": 8, "ch": 8, "in": 96, "cm": 38, "mm": 4}
_FAR = -900
"""Pixels to the left or the top of its place at which nobody sees a text."""
_TOO_FAR = 5000
"""Pixels to the right of or below its place: nobody scrolls that far to an empty part of a page."""
_ALL = -100  # of a hundred: as far as the page is wide
_NOTHING = r"[+-]?0*\.?0+(?:px|pt|em|rem|%)?"
_CLIPPED_AWAY = re.compile(
    r"rect\((?:\s*[01](?:px)?[\s,]*){4}\)|inset\((?:50|100)%|inset\(\S+ 100%|circle\(0|ellipse\(0"
    rf"|polygon\((?:\s*{_NOTHING}[\s,]*)+\)"
)
_SHRUNK = re.compile(r"\bscale(?:3d|x|y)?\(\s*0(?:\.0+)?\s*[,)]|\brotate[xy]\(-?(?:90|270)deg\)")
_FADED = re.compile(rf"\bopacity\(\s*{_NOTHING}\s*\)")
_ESCAPED = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))")
_FONT_SIZE = re.compile(r"(?<![\w.%-])(0|\d*\.?\d+(?:[a-z]{2,3}|%))(?=\s*/|\s|$)")
_ALPHA = re.compile(r"(?:rgba?|hsla?)\([^()]*[,/]\s*0*\.?0*%?\s*\)")
_HEX_ALPHA = re.compile(r"#(?:[0-9a-f]{3}0|[0-9a-f]{6}00)")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*\)")
_SHORT_HEX = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])")
_NAMED = {"white": "#ffffff", "black": "#000000"}


def telling_in(root: etree._Element) -> frozenset[etree._Element]:
    """Return the elements of a tree that may hide or strike words: few on a real page."""
    # A path for each name, joined, would cost the square of what is found.
    named = (each for each in root.iter() if not TELLING_NAMES.isdisjoint(each.keys()))
    return frozenset(chain(named, root.iter(*TELLING)))


class _State(NamedTuple):
    """What is known of the words at one place of a tree.

    ``unseen`` are the properties that hide them and that an element within may set back.
    """

    is_struck: bool = False
    is_hidden: bool = False
    unseen: frozenset[str] = frozenset()
    color: str = ""
    background: str = ""


_PLAIN = _State()


class Sight:
    """Follows a walk over a tree, and knows of each place whether people see its words.

    ``mark`` is what the publisher did to the words at the present place, None if they are seen.
    ``around`` are the elements that the walk is in and that make a difference, innermost last.
    """

    def __init__(self) -> None:
        self.mark: MarkKind | None = None
        self.around: list[tuple[etree._Element, _State]] = []

    def enter(self, element: etree._Element) -> None:
        """Go into an element that may hide what is in it."""
        outer, state = self.around[-1] if self.around else (None, _PLAIN)
        if element.tag == "summary" and _is_label(element, outer):
            inner = self.around[-2][1] if len(self.around) > 1 else _PLAIN
        else:
            inner = _within(element, state)
        if inner != state:
            self.around.append((element, inner))
            self.mark = _mark(inner)

    def leave(self) -> None:
        """Go out of the innermost element that made a difference."""
        self.around.pop()
        self.mark = _mark(self.around[-1][1]) if self.around else None


def is_seen(element: etree._Element) -> bool:
    """Return whether people see an element, struck or not, by itself and by all it stands in."""
    sight = Sight()
    for each in (*reversed(list(element.iterancestors())), element):
        if each.tag in TELLING or not TELLING_NAMES.isdisjoint(map(str, each.keys())):
            sight.enter(each)
    return sight.mark is not MarkKind.HIDDEN


def _mark(state: _State) -> MarkKind | None:
    if state.is_hidden or state.unseen:
        return MarkKind.HIDDEN
    return MarkKind.STRUCK if state.is_struck else None


def _is_label(summary: etree._Element, details: etree._Element | None) -> bool:
    """Return whether an element is what a closed ``details`` element shows: its first summary."""
    if details is None or details.tag != "details" or summary.getparent() is not details:
        return False
    return next(summary.itersiblings("summary", preceding=True), None) is None


def _within(element: etree._Element, state: _State) -> _State:
    """Return what is known of the words of an element that stands in a known place."""
    names = list(map(str, element.keys()))
    declared = _declared(element.get("style", "")) if "style" in names else {}
    if "color" in names:
        declared.setdefault("color", element.get("color", "").strip().lower()[:LONGEST_STYLE])
    if element.tag in _STRUCK or "line-through" in _strokes(declared):
        state = state._replace(is_struck=True)
    if _hides(element, names, declared) and not _is_opened(element):
        state = state._replace(is_hidden=True)
    return _with_unseen(state, declared) if declared else state


def _declared(style: str) -> dict[str, str]:
    """Return the declarations of an inline style; the last of each counts, or an important one."""
    plain: dict[str, str] = {}
    important: dict[str, str] = {}
    said_in = _COMMENT.sub("", style[:LONGEST_STYLE].lower())
    if "\\" in said_in:
        said_in = _ESCAPED.sub(_unescaped, said_in)
    for piece in said_in.split(";"):
        name, _, value = piece.partition(":")
        said = value.strip()
        if said.endswith("important"):
            important[name.strip()] = said.removesuffix("important").rstrip("! ")
        elif said:
            plain[name.strip()] = said
    return plain | important


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else 0
    return found[2] or (chr(code).lower() if 0 < code < 0x110000 else "")


def _strokes(declared: dict[str, str]) -> str:
    lines = declared.get("text-decoration", ""), declared.get("text-decoration-line", "")
    return " ".join(lines)


def _hides(element: etree._Element, names: list[str], declared: dict[str, str]) -> bool:
    """Return whether an element hides all in it, whatever its own elements say."""
    tag = element.tag
    if tag in _NEVER_SHOWN or (tag in ("details", "dialog") and "open" not in names):
        return True
    display = declared.get("display", "")
    if ("hidden" in names or "popover" in names) and not display:
        return True
    return (
        display == "none"
        or declared.get("content-visibility") == "hidden"
        or _is_zero(declared.get("opacity", ""), 0.05)
        or _is_zero(declared.get("zoom", ""), 0.01)
        or _is_zero(declared.get("scale", ""), 0.01)
        or bool(_FADED.search(declared.get("filter", "")))
        or bool(_SHRUNK.search(declared.get("transform", "")))
        or any(_CLIPPED_AWAY.match(declared.get(each, "")) for each in ("clip", "clip-path"))
        or _is_shut(declared)
        or _is_far(declared)
    )


def _is_opened(element: etree._Element) -> bool:
    """Return whether the page's own control, right before an element, opens it."""
    if element.tag in ("details", "dialog"):
        return False
    before = element.getprevious()
    control = [] if before is None else [before, *islice(before, 1)]
    return any(
        "accordion" in (each.get("class") or "").lower()
        or any(each.get(name) is not None for name in ("aria-expanded", "aria-controls"))
        for each in control
    )


def _is_zero(value: str, most: float = 1.0) -> bool:
    """Return whether a value is a length, or a number, of next to nothing."""
    found = _LENGTH.fullmatch(value)
    return found is not None and 0 <= float(found[1]) * (found[2] != "em" or 16) <= most


def _is_shut(declared: dict[str, str]) -> bool:
    """Return whether a box has no size and shows nothing that stands out of it."""
    over = " ".join(declared.get(each, "") for each in ("overflow", "overflow-x", "overflow-y"))
    if "hidden" not in over and "clip" not in over:
        return False
    sizes = ("height", "max-height", "width", "max-width")
    indent = _LENGTH.fullmatch(declared.get("text-indent", ""))
    is_pushed_out = indent is not None and indent[2] == "%" and float(indent[1]) >= -_ALL
    is_flat = _is_zero(declared.get("line-height", ""), 0.1)  # "1" is a whole line
    return is_pushed_out or is_flat or any(_is_zero(declared.get(each, "")) for each in sizes)


def _is_far(declared: dict[str, str]) -> bool:
    """Return whether a box, or its text, stands out of the page: left of it, above, or far off."""
    if any(_is_off(declared.get(each, "")) for each in ("text-indent", "translate")):
        return True
    if _is_off(declared.get("transform", ""), "transl"):
        return True
    if any(_is_off(declared.get(each, ""), px=True) for each in ("margin-left", "margin-top")):
        return True
    is_placed = declared.get("position", "static") != "static"
    sides = ("left", "top", "right", "bottom", "inset")
    return is_placed and any(_is_off(declared.get(each, "")) for each in sides)


def _is_off(value: str, begins: str = "", *, px: bool = False) -> bool:
    """Return whether a length in a value leads out of the page; ``px``: a share of it does not."""
    if not value.startswith(begins):
        return False
    for number, unit in _LENGTH.findall(value):
        is_share = unit in ("vw", "vh", "%")
        if not is_share and float(number) * _PIXELS.get(unit, 1) >= _TOO_FAR:
            return True
        if float(number) * _PIXELS.get(unit, 1) <= (_ALL if is_share and not px else _FAR):
            return True
    return False


def _with_unseen(state: _State, declared: dict[str, str]) -> _State:
    """Add what an element within may set back: visibility, the size of letters, their colour."""
    hiding = set(state.unseen)
    showing: set[str] = set()
    visibility = declared.get("visibility", "")
    if visibility:
        (hiding if visibility in ("hidden", "collapse") else showing).add("visibility")
    size = declared.get("font-size", "") or _size_in(declared.get("font", ""))
    if _is_zero(size, 1.0):
        hiding.add("font-size")
    elif size.endswith(_ABSOLUTE) or size.isalpha():
        showing.add("font-size")
    color = _color(declared.get("-webkit-text-fill-color") or declared.get("color", ""))
    behind = _color(declared.get("background-color") or declared.get("background", ""))
    known = color or state.color, behind or state.background
    if color or behind:
        is_same = known[0] == "transparent" or (bool(known[0]) and known[0] == known[1])
        (hiding if is_same else showing).add("color")
    return state._replace(unseen=frozenset(hiding - showing), color=known[0], background=known[1])


def _size_in(font: str) -> str:
    """Return the size of letters that a ``font`` states beside weight and typeface."""
    found = _FONT_SIZE.search(font) if font else None
    return found[1] if found else ""


def _color(value: str) -> str:
    """Return a colour in one way of writing it, ``""`` for none."""
    if value == "transparent" or _HEX_ALPHA.fullmatch(value):
        return "transparent"
    if _ALPHA.fullmatch(value) and ("/" in value or value.count(",") > 2):
        return "transparent"
    if found := _RGB.fullmatch(value):
        return "#" + "".join(f"{int(each):02x}" for each in found.groups())
    if found := _SHORT_HEX.fullmatch(value):
        return "#" + "".join(each * 2 for each in found.groups())
    return _NAMED.get(value, value if value.startswith("#") or value.isalpha() else "")
