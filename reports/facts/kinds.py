"""The kinds of stock sentences, and what people call them: the one table of these names."""

from __future__ import annotations

from collections.abc import Mapping

KIND_NAMES: Mapping[str, str] = {
    "trend": "The human rights situation",
    "civilian_control": "Control of the security forces",
    "force_abuse_scale": "Abuses by members of the security forces",
    "accountability": "Accountability of officials",
    "nonstate": "Abuses by others than the state",
}
"""The kinds of facts, in the order in which they are shown.

A name says what a sentence is about, and never what it says of it.
"""
