"""Read whether a sentence tells of abuses by groups outside the state: gangs, rebels and such."""

from __future__ import annotations

import re

from reports.facts.values import Nonstate

_OUTSIDERS = (
    r"\b(?:non-?state (?:actors?|armed|groups)|nongovernment(?:al)? armed"
    r"|(?:illegal |opposition |separatist )?armed (?:\w+ )?(?:groups|gangs|bands)"
    r"|(?:criminal|street|trafficking|local|transnational|armed|drug) gangs?|gangs"
    r"|(?:organized )?criminal (?:elements|groups|organi[sz]ations|networks)|organized crime groups"
    r"|(?:opposition|extremist|separatist|militant) (?:elements|groups|organi[sz]ations|fighters"
    r"|forces)|militias?|militants?|insurgents?|insurgency|insurgent groups|rebels?|rebel groups"
    r"|guerr?illas?|paramilitar(?:y (?:groups|organi[sz]ations|forces)|ies)"
    r"|terrorists?(?: groups| organi[sz]ations)?|(?:narcotics|drug|human) traffickers|cartels"
    r"|vigilantes?(?: groups)?|islamic state\b|isis|da[\u2019']?esh|al-?qa[\u2019']?i?da"
    r"|boko haram|al-?shabaa?b|taliban|houthis?|hamas|hi[sz]ballah)\b"
)
_ABUSED = (
    r"\b(?:commit(?:ted)?|perpetrat(?:ed|ors?)|kill(?:ed|ing)?|kidnapped|abducted|attacked"
    r"|carried out|conducted|launched|engaged in (?:\w+ ){0,3}?(?:abuses|violations|violence"
    r"|attacks|killings)|(?:were|was) responsible for|implicated in|targeted|recruit(?:ed)?"
    r"|tortured|bombed"
    r"|operated with (?:\w+ )?impunity|claimed (?:responsibility|credit)|staged attacks"
    r"|continued (?:to carry out|to commit|to attack|attacks)|caused|fired)\b"
)
_ANY_OUTSIDERS = re.compile(_OUTSIDERS)
_STEMS = (
    *("state ", "nongov", "armed ", "gang", "criminal", "crime group", "elements", "opposition "),
    *("extremist", "separatist", "milita", "militi", "insurgen", "rebel", "guerr", "gueri"),
    *("paramil", "terrorist", "trafficker", "cartel", "vigilante", "isis", "esh ", "qa", "boko"),
    *("shab", "taliban", "houthi", "hamas", "ballah"),
)
_BY_THEM = re.compile(
    r"\b(?:attacks|abductions|abuses|killings|violence|atrocities|violations|kidnappings)"
    r" (?:committed |perpetrated )?by (?:[\w\u2019'-]+ ){0,5}?$"
)
_THEY_ABUSED = re.compile(
    rf"(?P<between>[^.;]{{0,260}}?){_ABUSED}"
    r"|(?:[\u2019']s)? (?:\w+ )?(?:attacks|abuses|violence|killings|abductions)\b"
)
_LONGEST_LEAD = 60  # characters before a group's name that may say it was aimed at
_AIMED_AT = re.compile(
    r"\b(?:against|targeting|fighting|combat\w*|counter\w*|support\w*|arrest\w*|anti)\b[^.;,]*$"
)
_OTHER_SUBJECT = re.compile(
    r"\b(?:security (?:forces?|services?)|government|authorities|police|military|soldiers)\b"
)
_OF_THE_STATE = re.compile(
    r"\b(?:regime|government|state)-(?:linked|aligned|affiliated|backed)"
    r"|\bpro-?(?:government|regime)\b"
)


def read_nonstate(lower: str) -> Nonstate | None:
    """Return whether a sentence in lower case says that a group outside the state abused people."""
    if not any(stem in lower for stem in _STEMS):  # far quicker than the search
        return None
    if _OF_THE_STATE.search(lower):
        return None
    groups = _ANY_OUTSIDERS.finditer(lower)
    return Nonstate.YES if any(_is_abuser(lower, *group.span()) for group in groups) else None


def first_outsiders(lower: str) -> int | None:
    """Return where a text in lower case first names such a group; None if it names none."""
    found = _ANY_OUTSIDERS.search(lower)
    return found.start() if found else None


def _is_abuser(lower: str, start: int, end: int) -> bool:
    before = lower[max(0, start - _LONGEST_LEAD) : start]
    if _BY_THEM.search(before):
        return True
    if _AIMED_AT.search(before):
        return False
    abused = _THEY_ABUSED.match(lower, end)
    return bool(abused and not _OTHER_SUBJECT.search(abused["between"] or ""))
