"""Make scraped text harmless to show: one line where a line is meant, nothing invisible."""

from __future__ import annotations

import re

_HARMFUL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb"
    r"\ufffe\uffff\U000e0000-\U000e007f]"
)
"""Control characters, those that turn the reading direction, tags, broken surrogates, and what no
XML may hold."""

_UNSEEN = re.compile(
    _HARMFUL.pattern[:-1]
    + r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f\u3164"
    + r"\ufe00-\ufe0f\ufeff\uffa0]"
)


def visible(text: str) -> str:
    """Name the characters that could reorder or hide text: ``⟨U+202E⟩``."""
    return _HARMFUL.sub(_named, text)


def fully_visible(text: str) -> str:
    """Name every character a reader cannot see, so that no marked word looks unmarked."""
    return _UNSEEN.sub(_named, text)


def counted(count: int, noun: str) -> str:
    """Return "1 word", "3 words"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def one_line(text: str, most: int = 0) -> str:
    """Return ``text`` on one line, harmless, of at most ``most`` characters (0: any length)."""
    line = visible(" ".join(text.split()))
    return line if not most or len(line) <= most else line[: most - 1].rstrip() + "…"


def shortened(text: str, most: int) -> str:
    """Return ``text`` on one line as ``one_line`` does, but cut between words if there is a gap."""
    line = one_line(text, most)
    gap = line.rfind(" ", len(line) // 2)
    is_cut = line != one_line(text)
    return f"{line[:gap].rstrip()}…" if is_cut and gap > 0 else line


def web_url(url: str) -> str:
    """Return ``url`` if it may become a link: http or https, without spaces; else ``""``."""
    is_web = re.fullmatch(r"https?://[^\s<>\"'`\\]+", url, re.IGNORECASE)
    return url if is_web and url == visible(url) else ""


def _named(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found[0]):04X}⟩"
