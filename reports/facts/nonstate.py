"""Tell a sentence in which somebody outside the state abused people: gangs, rebels and such."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from reports.facts.claims import is_quoted

_OUTSIDERS = (
    r"\b(?:non-?state (?:armed )?(?:actors?|groups?|forces|militias?)"
    r"|(?:armed )?non-?government(?:al)? (?:\w+ )?(?:forces|groups|actors|militias?)"
    r"|(?:illegal |opposition |separatist )?armed (?:\w+ )?(?:groups|gangs|bands|factions)"
    r"|(?:criminal|street|trafficking|local|transnational|armed|drug|small) gangs?|gangs"
    r"|(?:organized )?criminal (?:elements|groups|organi[sz]ations|networks|bands)"
    r"|organized crime groups|(?:drug|human)[ -]trafficking organi[sz]ations"
    r"|(?:opposition|extremist|separatist|militant|antigovernment|anti-government)"
    r" (?:elements|groups|organi[sz]ations|fighters|forces|militias?)|militias?|militants?"
    r"|insurgents?|insurgency|insurgent groups|rebels?|rebel (?:groups|forces)|guerr?illas?"
    r"|paramilitar(?:y (?:groups|organi[sz]ations|forces)|ies)"
    r"|terrorists?(?: groups| organi[sz]ations)?|(?:narcotics|drug|human) traffickers|cartels"
    r"|vigilantes?(?: groups)?|separatists|extremists|jihadists?|gunmen|mobs"
    r"|bandits|settlers|pirates"
    r"|foreign (?:military )?forces"
    r"|islamic state\b|isis(?:-\w+)?|da[\u2019']?esh|al-?qa[\u2019']?i?da|boko haram"
    r"|al-?shabaa?b|taliban|houthis?|hamas|hi[sz]ballah|syrian democratic forces"
    r"|hayat tahrir al-sham|(?:national liberation army|eln)\b)\b"
)
_ANY_OUTSIDERS = re.compile(_OUTSIDERS)
# fmt: off
_STEMS = (
    "nonstate", "non-state", "mic state", "nongov", "non-gov", "armed ", "gang", "criminal",
    "crime group", "elements", "opposition ", "extremist", "separatist", "milita", "militi",
    "insurgen", "rebel", "guerr", "gueri", "paramil", "terrorist", "traffick", "cartel",
    "vigilante", "isis", "esh ", "qa", "boko", "shab", "taliban", "houthi", "hamas", "ballah",
    "antigov", "anti-gov", "mobs", "bandits", "settlers", "pirates", "foreign ",
    "democratic forces", "tahrir", "eln", "liberation army", "jihadi", "gunmen",
)
# fmt: on
_DEEDS = (
    r"(?:abuses?|violations?|attacks?|killings?|kidnappings?|abductions?|massacres?|atrocit(?:y|ies)"
    r"|violence|crimes?|murders?|bombings?|extortion|executions?|rapes?|torture|assassinations?"
    r"|homicides?|disappearances?|looting|raids?|genocide|deaths|casualties|intimidation"
    r"|harassment)"
)
_VICTIMS = (
    r"(?! (?:(?!civilian)[\w-]+ ){0,3}?"
    r"(?:army|military|soldiers|troops|police|security forces|bases?)\b)"
)
_ABUSED = re.compile(
    r"\b(?:(?:commit(?:ted)?|perpetrate[ds]?|carried out|carry out|conduct(?:ed)?|launch(?:ed)?"
    r"|kept committing|engaged? in|inflict(?:ed)?|stag(?:ed?)|perpetrators of|responsible for"
    rf"|involved in|implicated in|us(?:ed|ing)|continued|caused)\b(?! to)[^.;]{{0,120}}?\b{_DEEDS}"
    r"|(?:killed|kidnapped|abducted|attacked|beat|murdered|tortured|raped|executed|assassinated"
    r"|extorted|massacred|terrorized|harassed|intimidated|displaced"
    r"|continued to (?:\w+ and )?(?:attack|abduct|kill|kidnap|torture))\b"
    rf"{_VICTIMS})"
)
_BY_THEM = re.compile(
    r"(?:^|[,;:] |\b(?:and|but|while|although|of) )(?:[\w-]+ ){0,3}?"
    rf"(?P<deed>{_DEEDS}) (?:(?P<passive>(?:were|was|are|is|have been|had been)"
    r" (?:\w+ )?(?:committed|perpetrated|carried out) )|committed |perpetrated |carried out )?"
    r"by (?:[\w\u2019'-]+ ){0,5}?$"
)
_REPORTED = re.compile(
    r"\bthere (?:was|were) (?!no\b)(?:[\w-]+ ){0,4}(?:reports?|allegations?|instances|cases|claims)"
    r" (?:that |of )?$"
)
_OF_SOMETHING = re.compile(r"(?<!reports )(?<!allegations )\bof (?:[\w-]+ ){0,3}$")
_WERE_OR_WENT_ON = re.compile(
    r"(?:[^.;]{0,160}?) (?:continued|occurred|increased|remained|resulted|persisted|caused|led to"
    r"|rose|were|was|reportedly|included|intensified|killed)\b"
)
_THEIRS = re.compile(rf"(?:[\u2019']s?)? (?:(?!\w+ed )\w+ )?{_DEEDS}\b")
_CLAUSE = re.compile(
    r"(?:[;:,\u2013] |\b(?:that|while|although|though|but|whereas|and|as|because|when|where|or|of"
    r"|including|reports) )"
)
_OTHERS_ACT = re.compile(
    r"\b(?:against|targeting|fighting|by|with|to|for|from|between|over|under|in|on|about|than|like"
    r"|at|after|before|against|anti|combat\w*|counter\w*|support\w*|was|were|did|had|has|fought|led"
    r"|held|made|took|said|sent|met|no"
    r"|(?!armed\b|organized\b|suspected\b|designated\b|\S*-?designated\b|unidentified\b|affiliated\b"
    r"|linked\b|alleged\b|masked\b|allied\b|united\b)\w{2,}ed|(?!competing\b)\w{3,}ing)\b"
)
_OTHER_SUBJECT = re.compile(
    r"\b(?:security (?:forces?|services?)|government|authorities|police|military"
    r"|(?<!child )soldiers|(?<!liberation )army|who|whom|whose|which)\b"
)
_BESIDE_THEM = re.compile(
    r"^,? (?:and|or|as well as) (?:the )?(?:[\w-]+ ){0,3}?"
    r"(?:forces|soldiers|police|army|military)\b"
)
_ASIDE = re.compile(
    r"\([^()]{0,200}\)|\b(?:outside|beyond|not under) (?:the )?(?:government|state)(?:[\u2019']s)?"
    r" (?:control|authority)\b|\b(?:opposed|hostile) to the (?:\w+ )?(?:government|state|regime)\b"
)
_PASSIVE = re.compile(r"\b(?:was|were|been|being|is|are|be|get|got)(?: \w+ly)? $")
_LINKED_TO_THE_STATE = re.compile(
    r"\b(?:regime|government|state)-(?:linked|aligned|affiliated|backed|allied|sponsored|supported)"
    r"|\bpro-?(?:government|regime)\b"
    r"|\b(?:affiliated|allied|aligned|linked|loyal|associated) (?:with|to) the"
    r" (?:\w+ )?(?:government|state|regime|military|army)\b|\bassociated armed militias\b"
)
_LONGEST_LEAD = 120  # characters before a group's name that may belong to its clause
_MOST = 20  # groups named in a sentence that are looked at
_FARTHEST = 320  # characters behind a group's name within which it may have acted


def tell_of_nonstate(said: Sequence[str]) -> list[bool]:
    """Return for each sentence, in lower case, whether others than the state abused people in it.

    They must be its subject: what the state does about them or says of them is not theirs.
    """
    whole = "\n".join(said)
    stems = [stem for stem in _STEMS if stem in whole]  # far quicker than the search
    return [any(stem in lower for stem in stems) and _is_nonstate(lower) for lower in said]


def _is_nonstate(lower: str) -> bool:
    if _LINKED_TO_THE_STATE.search(lower):
        return False
    groups = islice(_ANY_OUTSIDERS.finditer(lower), _MOST)
    return any(_is_abuser(lower, *group.span()) for group in groups)


def first_outsiders(lower: str) -> int | None:
    """Return where a text in lower case first names such a group; None if it names none."""
    found = _ANY_OUTSIDERS.search(lower)
    return found.start() if found else None


def _is_abuser(lower: str, start: int, end: int) -> bool:
    if is_quoted(_unreported(lower[:start]), lower[end:]):
        return False
    before = lower[max(0, start - _LONGEST_LEAD) : start]
    by_them = _BY_THEM.search(before)
    if by_them:
        return _is_their_deed(lower, before, by_them, end)
    if _OTHERS_ACT.search(_their_clause(before)):
        return False
    if _THEIRS.match(lower, end) and not _OF_SOMETHING.search(before):
        return True
    return _acted(_ASIDE.sub("", lower[end : end + _FARTHEST]))


def _their_clause(before: str) -> str:
    """Return the words of a clause before a group's name; other groups named with it belong to it.

    In "strikes that targeted gangs, rebels, and militants" all three are what was targeted.
    """
    *earlier, clause = _CLAUSE.split(before)
    for part in reversed(earlier):
        if part and first_outsiders(part) is None:
            break
        clause = f"{part} {clause}"
    return clause


def _is_their_deed(lower: str, before: str, found: re.Match[str], end: int) -> bool:
    """Read "Abductions by rebels continued", but not "the army ended abductions by rebels"."""
    lead = before[: found.start("deed")]
    if _REPORTED.search(lead):
        return True
    if _OF_SOMETHING.search(lead) or _OTHERS_ACT.search(
        before[found.start() : found.start("deed")]
    ):
        return False
    return bool(found["passive"]) or bool(_WERE_OR_WENT_ON.match(lower, end))


def _unreported(before: str) -> str:
    """Leave out "there were reports that", which are the report's own words."""
    return _REPORTED.sub("", before)


def _acted(after: str) -> bool:
    """Return whether what follows a group's name says that it abused people."""
    found = _ABUSED.search(after)
    if not found or ". " in after[: found.start()] or ";" in after[: found.start()]:
        return False
    between = _BESIDE_THEM.sub("", after[: found.start()])
    return not (_OTHER_SUBJECT.search(between) or _PASSIVE.search(_own_passive(between, found)))


def _own_passive(between: str, found: re.Match[str]) -> str:
    """Return the words before a verb that make it passive: none before "responsible for"."""
    return (
        ""
        if found.group().startswith(("perpetrators", "responsible", "involved", "implicated"))
        else between
    )
