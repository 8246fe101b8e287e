"""Read how a sentence says that the human rights situation changed."""

from __future__ import annotations

import re

from reports.facts.values import Trend

_SITUATION = (
    r"\bhuman rights (?:situation|record|conditions|climate|environment|performance|crisis)"
    r"(?! (?:of|for|facing|among|in (?:areas|parts|regions|prisons))\b(?! the country))"
)
_RIGHTS = rf"(?:{_SITUATION}|\b(?:in|for|of) (?:respect for )?human rights\b(?! \w+(?:s|tions)\b))"
_SAME = re.compile(
    rf"\bno (?:\w+ )?(?:changes?|improvements?|deterioration)\b[^.;]{{0,20}}{_RIGHTS}"
    rf"|{_SITUATION}[^.;]{{0,80}}?\b(?:remained|was|stayed)"
    r" (?:largely |essentially |mostly |generally )?(?:unchanged|the same)"
    rf"|{_SITUATION}[^.;]{{0,80}}?\b(?:did not|failed to) (?:\w+ )?"
    r"(?:change|improve|worsen|deteriorate)"
)
_CAME_TO = r"(?:continu|beg[au]n|start)\w* to (?:\w+ )?"
_BETTER = rf"(?:improve(?:d|ments?)|improving|{_CAME_TO}improve)"
_WORSE = (
    r"(?:worsen(?:ed|ing)|deteriorat(?:ed|ing|ion)|declined"
    rf"|{_CAME_TO}(?:worsen|deteriorate|decline))"
)


def _towards(verbs: str, direction: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b{verbs}\b[^.;]{{0,40}}{_RIGHTS}|{_SITUATION}[^.;]{{0,120}}?\b{verbs}\b"
        rf"|\b{direction} (?:\w+ )?(?:changes?|developments?)\b[^.;]{{0,20}}{_RIGHTS}"
        rf"|\b{direction} human rights (?:changes|developments)\b"
    )


_UP = _towards(_BETTER, "positive")
_DOWN = _towards(_WORSE, "negative")
_TIGHTER = re.compile(rf"\brestrictions on human rights (?:\w+ ){{0,3}}?{_WORSE}\b")
_RESERVATION = re.compile(r"\b(?:but|although|though|however|except|nevertheless|yet)\b")


def read_trend(lower: str) -> Trend | None:
    """Return the trend that a sentence, in lower case, states; None if it states none.

    A promise or an attempt to improve is none, and neither is a change of unsaid direction.
    """
    if "human rights" not in lower:
        return None
    same = _SAME.search(lower)
    said = lower[: same.start()] + lower[same.end() :] if same else lower
    is_up = bool(_UP.search(said))
    is_down = bool(_DOWN.search(said) or _TIGHTER.search(said))
    if same:
        has_reservation = is_up or is_down or _RESERVATION.search(lower, same.end())
        return Trend.MIXED if has_reservation else Trend.NO_CHANGE
    if is_up and is_down:
        return Trend.MIXED
    if is_up:
        return Trend.IMPROVED
    return Trend.WORSENED if is_down else None
