"""Characters that nobody sees: content systems put them into words, and no reader notices.

They are those that Unicode calls ignorable by default (UAX #44, Default_Ignorable_Code_Point), as
far as texts hold them. Those that move letters (U+202A to U+202E) are not among them: what they
show is another text than the one they stand in.
"""

from __future__ import annotations

import re

ALWAYS = (
    "\u00ad\u034f\u061c\u200b\u200e\u200f\u2060-\u2064\u2066-\u206f\ufeff"
    "\U000e0001\U000e0020-\U000e007f"
)
"""Soft hyphen, joiners of graphemes and words, marks of direction, isolates, tags."""

_JOINERS = "\u180e\u200c\u200d"
_SELECTORS = "\ufe00-\ufe0f"
_JOINING = (
    "\u0600-\u077f\u07c0-\u085f\u0860-\u08ff"  # Arabic, Syriac, N'Ko, Mandaic
    "\u0900-\u0dff\u0f00-\u109f\u1780-\u18af"  # Indic scripts, Tibetan, Myanmar, Khmer, Mongolian
    "\u1a20-\u1aaf\u1b00-\u1c4f\ua800-\ua82f\ua840-\ua8ff\ua980-\uaa7f\uaae0-\uabff"
    "\ufb50-\ufdff\ufe70-\ufefe\U00010a00-\U00010aff\U00011000-\U00011fff\U0001e900-\U0001e95f"
    "\u2600-\u27bf\U0001f000-\U0001faff"  # pictures, which joiners make one
)
PRINTABLE = ("\u034f", "\ufe0e", "\ufe0f")
"""Those of the unseen that Python calls printable, as far as texts hold them."""

_ALWAYS = re.compile(f"[{ALWAYS}]+")
_ALONE = re.compile(f"(?<![{_JOINING}{_JOINERS}])[{_JOINERS}]+(?![{_JOINING}{_JOINERS}])")
_SELECTING = re.compile(rf"(?<![^\w\s])(?<!\d)[{_SELECTORS}]+")  # a digit or sign has other forms

UNSEEN = f"{ALWAYS}{_JOINERS}{_SELECTORS}\u202a-\u202e"
"""All that parts no word for somebody who searches; both are written as in a pattern."""


def without_unseen(text: str) -> str:
    """Return a text without the characters that have no visible effect where they stand.

    Joiners beside a letter of a script that joins its letters have one, and stay.
    """
    text = _ALWAYS.sub("", text)
    return _SELECTING.sub("", _ALONE.sub("", text))
