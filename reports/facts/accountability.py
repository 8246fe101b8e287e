"""Tell sentences that say what was done, or not, about officials who committed abuses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from reports.facts.claims import is_quoted
from reports.facts.nonstate import first_outsiders
from reports.issues.statements import Statement

_CUE = re.compile(
    r"punish|prosecut|investigat|impunity|disciplin|accountab|to identify|to address|against offic"
    r"|\baction\b|dismissed|tried|convict"
)
_PURSUE = (
    r"(?:identif|investigat|prosecut|punish|disciplin|dismiss|address|combat|control|arrest"
    r"|hold|held)\w*"
)
_PURSUED = (
    r"(?:identif(?:y|ied)|convict(?:ed)?|(?:investigate|prosecute|discipline)d?"
    r"|punish(?:ed)?|h[eo]ld (?:[^.;,]{1,60} )?(?:accountable|responsible))"
)
_GOVERNMENT = r"\b(?:government|authorities|regime|courts|prosecutors)"
_HOW = (
    r"(?:did not|do not|failed to|rarely|seldom|selectively|generally|routinely|sometimes|often"
    r"|occasionally|adequately|sufficiently|effectively|successfully|fully|also|regularly|or|and)"
)
_STEPS = re.compile(
    rf"\b(?:tak\w+|took)\b[^.;]{{0,80}}?\b(?:steps?|measures?|action)\b[^.;]{{0,80}}?"
    rf"\b(?:to {_PURSUE}|against\b)"
    rf"|\b(?:steps|measures|action) (?:was|were) (?:\w+ ){{0,3}}?taken (?:to {_PURSUE}|against\b)"
    rf"|\bma[dk]e\w*\b[^.;]{{0,60}}?\b(?:efforts?|attempts?)\b[^.;]{{0,20}}? to {_PURSUE}"
    rf"|{_GOVERNMENT}(?:'s|\u2019s)?(?: \w+){{0,2}} (?:efforts?|steps|attempts) to {_PURSUE}"
    rf"|\b(?:tried|sought|attempted|acted) to {_PURSUE}"
    r"|\bmade (?:\w+ ){0,2}progress (?:in|on|toward) (?:identify|investigat|prosecut|punish)ing\b"
    rf"|\bdid little to {_PURSUE}"
    r"|\bwas inconsistent in (?:its|their) (?:investigation|prosecution|punishment)"
    r"|\b(?:prosecutions?|convictions?|punishment|investigations?) of (?:\w+ ){0,3}?"
    r"(?:officials|officers|police|soldiers|security)\b[^.;]{0,60}? (?:was|were|remained)"
    r" (?:\w+ )?(?:rare|few|limited|selective|uncommon|infrequent|inconsistent|slow)"
    r"|\b(?:officials?|officers?|soldiers|police|force members"
    r"|members of (?:the )?(?:security|police|military|army|armed|gendarmerie|national guard))\b"
    r"(?:,? (?:forces|who|accused of|implicated|involved|charged|suspected|found|responsible|in)\b"
    r"[^.;]{0,80}?)?,? (?:they )?(?:was|were)"
    r" (?:\w+ ){0,2}?"
    r"(?:prosecuted|punished|investigated|disciplined|tried|convicted|held (?:accountable"
    r"|responsible))\b"
    rf"|{_GOVERNMENT}(?: {_HOW}){{0,6}} (?:arrest|dismiss)(?:ed)?"
    r" (?:(?!and\b)\w+ ){0,3}?officials\b"
    rf"|(?:{_GOVERNMENT}|\bthey\b)(?: {_HOW}){{0,6}},?"
    rf" (?:{_PURSUED}|(?:initiat|conclud|open|launch|conduct)(?:ed?)? (?:\w+ ){{0,2}}?"
    r"(?:investigations?|prosecutions?|inquir(?:y|ies)))\b"
)
_MECHANISMS = re.compile(
    rf"\b(?:effective )?mechanisms?\b(?: in place)? to {_PURSUE}|\bprovides for prosecution\b"
)
_OFFICIALS = re.compile(
    r"\b(?:officials?|officers?|security (?:forces?|services?|agents|personnel|agencies)|police"
    r"|soldiers|army|military|prison guards|public servants|public employees"
    r"|government (?:agents|employees|personnel|forces)|abuses? of power|those found responsible)\b"
)
_ABUSES = re.compile(
    r"\bhuman rights (?:abuses?|violations?)|\b(?:abuses?|violations?) (?:of|against) human rights"
    r"|\b(?:such|these|alleged|reported|committed|of) (?:abuses|violations)\b|\babuses\b"
)
_OUTSIDE_THE_STATE = re.compile(
    r"\b(?:attacks|abductions|killings|violence|crimes) (?:against \w+ )?by\b"
    r"|\b(?:task force|gangs?|armed groups?|non-?state|militias?|insurgents?|rebels?|terrorists?"
    r"|traffickers|smugglers|traffick\w+|private (?:citizens|individuals|employers))\b"
)
_WHO = re.compile(r"(?P<whose>[\w\u2019'-]+),? (?:who|that|accused of|responsible for) ")
_ANY_ABUSERS = frozenset(
    (
        *("those", "persons", "people", "individuals", "perpetrators", "members", "anyone"),
        *("abusers", "violators", "suspects", "person", "individual", "any", "personnel"),
    )
)
_OF_OTHER_ABUSE = re.compile(r"\b(?:child|sexual|domestic|drug|substance|spousal|labor) abuses?\b")
_CORRUPTION = re.compile(r"\bcorrupt|\bbrib|\bembezzl")
_BEYOND_CORRUPTION = re.compile(r"\b(?:abus|violat|force|human rights|mistreat|tortur|crimes)")
_CLAUSE_END = re.compile(
    r";|, (?:but|although|though|while|which|however|nevertheless"
    r"|and (?!punish|prosecut|investigat|convict|disciplin|dismiss|h[eo]ld|sentenc))\b"
)
_OF_OTHER_PEOPLE = re.compile(
    r"\b(?:who|whose|that|which|for|against|critic\w*|journalists|activists|opposition|protesters"
    r"|demonstrators|civil society|insult\w*)\b"
)
_COMPETENT = re.compile(
    r"\b(?:is|are|was|were|has|have|with) (?:\w+ )?(?:respons\w+|authority|charged|tasked|mandated"
    r"|empowered|authorized|jurisdiction)\b[^.;]{0,60}$"
)
_WISHED_FOR = re.compile(
    r"\b(?:promis|pledg|vow|plan(?:s|ned)|intend|urg|call(?:ed|s|ing)|demand|request|recommend|ask"
    r"|agree|order|instruct|requir|commit(?:ted|ment))\w*\b[^.;]{0,80}\bto(?: \w+)?$"
)

_IMPUNITY = re.compile(r"\bimpunity\b")
_OF_OTHERS = re.compile(
    r"\bperceptions? of\b|\bsense of\b|\b(?:suspected|believed|perceived|alleged|allegations of)\b"
    r"|\b(?:combat|address|end|fight)\w* (?:\w+ )?impunity|\bextent of impunity\b"
    r"|\bculture of fear\b|\bimpunity for (?:perpetrators of )?(?:gender|domestic|sexual|traffick)"
)
_MAIN_IMPUNITY = re.compile(
    r"(?:^|[,;] )(?:and |but |nevertheless,? |nonetheless,? |however,? |official |police "
    r"|widespread |there (?:was|were|continued to be) (?:\w+ ){0,5}"
    r"|the |a (?:climate|culture) of )*impunity\b"
    r"|\benjoyed (?:\w+ ){0,4}impunity\b|\b(?:acted|operated|abuses|violations|abused)\b[^.;]{0,40}"
    r" with (?:\w+ )?impunity\b"
)
_DENIED = re.compile(
    r"\b(?:no|not|any|without|limited (?:cases|instances) of) (?:\w+ ){0,4}?impunity\b"
    r"|\bimpunity\b[^.;]{0,60}\b(?:was|is|were|did|does) not\b|\bimpunity\b[^.;]{0,30}\brare\b"
)
_OF_CORRUPTION = re.compile(
    r"\bcorrupt\w*(?: practices)?(?: and acting| or acting)? with impunity"
    r"|\bimpunity\b[^.;]{0,40}? (?:in|for) (?:\w+ )?corruption"
)
_FOR_WHAT = re.compile(r"\bimpunity (?:for|by|of|among|in) (?P<what>[^.;,]{1,80})")
_OF_THE_STATE = re.compile(
    r"\b(?:officials?|government|authorities|police|security|military|army|soldiers|human rights"
    r"|abuses|violations|state)\b"
)


def read_accountability(said: Sequence[Statement]) -> list[Statement]:
    """Return the sentences of a summary on accountability, in their order.

    A sentence on impunity beside one on steps belongs to it, whatever it says. Alone it counts if
    it says that there was impunity for abuses; without a sentence on officials, one on abuses does.
    """
    cued = [one for one in said if _CUE.search(one.lower)]
    steps = [one for one in cued if _is_on_officials(one.lower)]
    steps = steps or [one for one in cued if _is_on_abuses(one.lower)]
    on_steps = {one.place for one in steps}
    beside = {
        other.place
        for one, two in pairwise(cued)
        if one.goes_before(two)
        for step, other in ((one, two), (two, one))
        if step.place in on_steps and _is_on_impunity(other.lower)
    }
    alone = {one.place for one in cued if _says_impunity(one.lower)}
    chosen = on_steps | beside | alone
    return [one for one in cued if one.place in chosen]


def _is_on_officials(lower: str) -> bool:
    if _has_mechanisms(lower) and _OFFICIALS.search(lower):
        return True
    clause, end = _steps(lower)
    officials = _OFFICIALS.search(clause)
    return officials is not None and not _OF_OTHER_PEOPLE.search(clause, end, officials.start())


def _is_on_abuses(lower: str) -> bool:
    if not _ABUSES.search(lower) or _OF_OTHER_ABUSE.search(lower):
        return False
    clause, _ = _steps(lower)
    who = _WHO.search(clause)  # "parents who committed abuses" are nobody's officials
    return bool(clause) and (who is None or who["whose"] in _ANY_ABUSERS)


def _steps(lower: str) -> tuple[str, int]:
    """Return the clause that says what steps were taken, and where in it those are named.

    The clause is empty if a sentence does not say so itself.
    """
    found = _STEPS.search(lower)
    if not found or _OUTSIDE_THE_STATE.search(lower):
        return "", 0
    before = lower[: found.start()]
    clause = found.group() + _CLAUSE_END.split(lower[found.end() :], maxsplit=1)[0]
    if _is_on_corruption_alone(clause) or first_outsiders(clause) is not None:
        return "", 0
    if _COMPETENT.search(before) or _WISHED_FOR.search(before):
        return "", 0
    is_others = is_quoted(before, lower[found.end() :])
    return ("", 0) if is_others else (clause, len(found.group()))


def _is_on_corruption_alone(clause: str) -> bool:
    return bool(_CORRUPTION.search(clause)) and not _BEYOND_CORRUPTION.search(clause)


def _has_mechanisms(lower: str) -> bool:
    found = _MECHANISMS.search(lower)
    return found is not None and not is_quoted(lower[: found.start()], lower[found.end() :])


def _is_on_impunity(lower: str) -> bool:
    """Return whether a sentence speaks of impunity for the report, not for somebody it quotes."""
    found = _IMPUNITY.search(lower)
    if not found or _OF_OTHERS.search(lower) or _OUTSIDE_THE_STATE.search(lower):
        return False
    return not is_quoted(lower[: found.start()], lower[found.end() :])


def _says_impunity(lower: str) -> bool:
    """Return whether a sentence says by itself that the state's people abused with impunity."""
    if not (_is_on_impunity(lower) and _MAIN_IMPUNITY.search(lower)):
        return False
    if _DENIED.search(lower) or _OF_CORRUPTION.search(lower):
        return False
    what = _FOR_WHAT.search(lower)
    return not what or bool(_OF_THE_STATE.search(what["what"]))
