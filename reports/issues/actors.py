"""Read what armed groups and other actors outside the state are said to have done, by their name.

Such lists stand beside the summary's own list, in sentences of their own ("The Marsh League
committed abuses, including ..."). Each issue is of the group of those who did it: never one of
the country's principal issues.
"""

from __future__ import annotations

import re

_OUTSIDERS = re.compile(
    r"\b(?:non-?state|nongovernment(?:al)?|illegal|terrorist|insurgent|extremist|separatist"
    r"|rebel|militant|criminal|paramilitary|opposition|mercenary|vigilante|armed(?! forces\b))\b"
    r"[^,;:(\u2013\u2014]{0,60}?"
    r" (?:groups|forces|actors|elements|organi[sz]ations|bands|gangs|fighters|factions)\b"
    r"|\b(?:paramilitaries|militias?|militants|gangs|insurgents|rebels|guerrillas|terrorists"
    r"|cartels|traffickers|mercenaries|isis|da[\u2019']esh|islamic state|al-?qa[\u2019']?i?da"
    r"|boko haram|al-?shabaa?b|taliban|houthis?|hamas|hi[sz]ballah)\b",
    re.IGNORECASE,
)
# Before a group's name they say that somebody else acted: "soldiers who fought rebels".
_OTHERS = re.compile(
    r"\b(?:against|fighting|fought|combat\w*|counter\w*|targeting|soldiers?|police|army|troops"
    r"|authorities|officials?|security (?:forces?|services?)|government forces|armed forces"
    r"|presence|rise|areas?)\b",
    re.IGNORECASE,
)
_FRONT = re.compile(
    r"(?:Although|While|Despite|After|Since|In|On|During|As|According to|Throughout|By)\b[^,;:]*, "
)
_HEAD_END = re.compile(r"[,(\u2013\u2014]| (?:such as|including|that|which|who)\b")
_ADVERB = r"(?:also|reportedly|allegedly|frequently|regularly|sometimes|often|continued to)"
_ACTED = (
    r"(?:commit(?:ted)?|perpetrated|engaged in|carr(?:ied|y) out"
    r"|(?:was|were) (?:\w+ ){0,3}?(?:perpetrators of|involved in|responsible for))"
)
_ABUSES = r"(?:abuses|violations)"
_THEY_ACTED = re.compile(
    rf"(?P<who>[^;:]{{3,300}}?)[,\u2013\u2014]? ?(?:{_ADVERB},? )*"
    rf"\b{_ACTED} (?P<what>[^.;:]{{0,100}}?)\b{_ABUSES}\b(?P<rest>.*)",
    re.IGNORECASE,
)
_ABUSES_BY = re.compile(
    rf"{_ABUSES} (?:committed |perpetrated )?by (?P<who>[^.;:]{{3,200}}?)"
    r"(?=,? (?:reportedly|allegedly|also|included|were|was|focused|continued|remained|occurred)\b)"
    r"(?P<rest>.*)",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"(?:(?!\b(?:commit|perpetrat|engag)\w+)[^.;:]){0,250}?"
    r"\b(?:included|including|such as|particularly)(?: the following)?(?::? +(?=\S)|:$)"
)
_BY = re.compile(r"\b(?:by|involving) (?P<who>[^,;:]{3,120})", re.IGNORECASE)
_LIST_VERBS = ("includ", "such as", "particularly")
_STEMS = (
    "commit",
    "perpetrat",
    "engaged in",
    "carr",
    "involved in",
    "responsible for",
    "buses by",
    "iolations by",
)
_LONGEST = 4_000  # characters; bounds the time


def actor_of(sentence: str) -> str:
    """Return the words that name the group outside the state whose abuses a sentence tells of."""
    found = _acted(sentence)
    return found["who"].strip() if found else ""


def opening_by_actor(sentence: str) -> tuple[str, int] | None:
    """Return who committed what a sentence lists, and where in it the list begins."""
    if not any(verb in sentence for verb in _LIST_VERBS):  # spares most the search
        return None
    found = _acted(sentence)
    listed = _LIST.match(sentence, found.start("rest")) if found else None
    return (found["who"].strip(), listed.end()) if found and listed else None


def _acted(sentence: str) -> re.Match[str] | None:
    if "buses" not in sentence and "iolations" not in sentence:  # so does this
        return None
    if len(sentence) > _LONGEST or not any(stem in sentence for stem in _STEMS):
        return None
    if not _OUTSIDERS.search(sentence):
        return None
    front = _FRONT.match(sentence)
    start = front.end() if front else 0
    found = _ABUSES_BY.match(sentence, start) or _THEY_ACTED.match(sentence, start)
    if not found:
        return None
    return found if _are_outsiders(found["who"]) else None


def outsiders_in(scope: str) -> str:
    """Return the words of a lead-in's scope that name a group outside the state: "by rebels"."""
    return next((by["who"] for by in _BY.finditer(scope) if _are_outsiders(by["who"])), "")


def _are_outsiders(who: str) -> bool:
    head = _HEAD_END.split(who, maxsplit=1)[0]
    named = _OUTSIDERS.search(head)
    return bool(named and not _OTHERS.search(head, 0, named.start()))
