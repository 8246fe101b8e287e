"""Make a captured page inert: what it looks like, without anything that acts, loads or leads away.

The browser's sandbox and the policy it is served under hold as well; this is for what they do not
cover, such as hints that make a browser look up or connect to hosts.
"""

from __future__ import annotations

import re
import sys

from lxml import html

from scrapers.read.page import decode

_ACTS = (
    "script noscript template base meta link iframe frame frameset object embed applet portal "
    "fencedframe audio video source track canvas dialog bgsound model animate animatemotion "
    "animatetransform set discard"
)
_LEADS = (
    "href src srcset imagesrcset action formaction background poster ping data attributionsrc "
    "manifest longdesc lowsrc dynsrc classid codebase archive profile"
)
_ACTING, _LEADING = frozenset(_ACTS.split()), frozenset(_LEADS.split())
_SAYING = frozenset(("alt", "title", "aria-label", "summary", "label", "placeholder", "value"))
"""Attributes whose words may be anything: no browser reads a style in them."""
_LOADS = re.compile(
    r"(?:url\s*|src|image|image-set|cross-fade|expression)\(|@import|-moz-binding|behavior\s*:",
    re.IGNORECASE,
)
"""What in a style, or in an attribute that is one (``mask``, ``fill``), makes a browser ask."""
_ESCAPE = re.compile(
    r"\\(?:([0-9a-f]{1,6})(?:\r\n|[ \t\r\n\f])?|(?:\r\n|[\r\n\f])|(.))", re.I | re.S
)


def inert(body: bytes) -> bytes:
    """Return a page as UTF-8 HTML that only shows; pictures give way to their descriptions."""
    text = decode(body).replace("\0", "")
    try:
        root = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (ValueError, html.etree.ParserError):
        return b"<!doctype html><title>Empty</title>"
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag.rpartition(":")[2] in _ACTING:
            _drop(element)
        elif element.tag.rpartition(":")[2] == "style":
            element.text = element.text if _is_harmless_sheet(element.text or "") else ""
        else:
            _disarm(element)
    written: bytes = html.tostring(root, encoding="utf-8", doctype="<!doctype html>")
    return written.replace(b"<head>", b'<head><meta charset="utf-8">', 1)


def _disarm(element: html.HtmlElement) -> None:
    for name, value in list(element.attrib.items()):
        plain = str(name).lower().rpartition(":")[2]
        acts = plain.startswith("on") or plain in _LEADING
        if acts or (plain not in _SAYING and _loads(str(value))):
            del element.attrib[name]


def _is_harmless_sheet(css: str) -> bool:
    """Return whether a style sheet asks for nothing, wherever it stands.

    Inside a drawing a browser reads elements, comments and entities in it: none of ours has any.
    """
    return not ("<" in css or "&" in css or _loads(css))


def _loads(css: str) -> bool:
    """Return whether a style makes a browser ask for something, escaped or not."""
    return bool(_LOADS.search(css) or ("\\" in css and _LOADS.search(_ESCAPE.sub(_meant, css))))


def _meant(escape: re.Match[str]) -> str:
    """Return the character that an escape in a style stands for (CSS Syntax, 4.3.7)."""
    digits, character = escape.groups()
    if digits is None:
        return character or ""
    code = int(digits, 16)
    return chr(code) if 0 < code <= sys.maxunicode else "\ufffd"


def _drop(element: html.HtmlElement) -> None:
    """Remove an element with all in it, keeping the text that follows."""
    parent = element.getparent()
    if parent is not None:
        element.drop_tree() if isinstance(element, html.HtmlElement) else parent.remove(element)
