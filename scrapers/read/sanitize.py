"""Make a captured page inert: what it looks like, without anything that acts, loads or leads away.

The browser's sandbox and the policy it is served under hold as well; this is for what they do not
cover, such as hints that make a browser look up or connect to hosts.
"""

from __future__ import annotations

import re

from lxml import html

from scrapers.read.page import decode

_ACTING = (
    *(
        "script",
        "noscript",
        "template",
        "base",
        "meta",
        "link",
        "iframe",
        "frame",
        "frameset",
        "object",
    ),
    *("embed", "applet", "portal", "audio", "video", "source", "track", "canvas", "dialog"),
)
_LEADING = ("href", "src", "srcset", "action", "formaction", "background", "poster", "ping", "data")
_LOADS = re.compile(r"url\s*\(|@import|image-set|expression", re.IGNORECASE)


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
        elif element.tag == "style":
            element.text = "" if _LOADS.search(element.text or "") else element.text
        else:
            _disarm(element)
    written: bytes = html.tostring(root, encoding="utf-8", doctype="<!doctype html>")
    return written.replace(b"<head>", b'<head><meta charset="utf-8">', 1)


def _disarm(element: html.HtmlElement) -> None:
    for name, value in list(element.attrib.items()):
        plain = str(name).lower().rpartition(":")[2]
        acts = plain.startswith("on") or plain in _LEADING
        if acts or (plain == "style" and _LOADS.search(str(value))):
            del element.attrib[name]


def _drop(element: html.HtmlElement) -> None:
    """Remove an element with all in it, keeping the text that follows."""
    parent = element.getparent()
    if parent is not None:
        element.drop_tree() if isinstance(element, html.HtmlElement) else parent.remove(element)
