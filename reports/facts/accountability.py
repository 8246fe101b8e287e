"""Read whether a report says that officials who commit abuses are held to account."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reports.facts.values import Accountability
from reports.issues.statements import Statement
from reports.model.reading import Fact

_CUE = re.compile(
    r"punish|prosecut|investigat|impunity|disciplin|accountab|to identify|to address|against offic"
)
_PURSUE = (
    r"(?:identif|investigat|prosecut|punish|disciplin|dismiss|address|combat|control|arrest"
    r"|hold|held)\w*"
)
_GOVERNMENT = r"\b(?:government|authorities|regime)"
_STEPS = re.compile(
    r"(?P<adverb>(?:\b\w+ ){0,2})\b(?:tak\w+|took)\b(?P<how>[^.;]{0,80}?)"
    rf"\b(?:steps?|measures?|action)\b(?P<more>[^.;]{{0,80}}?)\b(?:to {_PURSUE}|against\b)"
    r"|\bma[dk]e\w*\b(?P<tried>[^.;]{0,60}?)\b(?:efforts?|attempts?)\b"
    rf"[^.;]{{0,20}}? to {_PURSUE}"
    rf"|{_GOVERNMENT}(?:'s|\u2019s)?(?P<effort>(?: \w+){{0,2}}) (?:efforts?|steps|attempts)"
    rf" to {_PURSUE}"
    rf"|\b(?:tried|sought|attempted|acted) to {_PURSUE}"
    rf"|\bdid (?P<little>little) to {_PURSUE}"
    r"|\bwas (?P<uneven>inconsistent) in (?:its|their) (?:investigation|prosecution|punishment)"
    r"|\bprosecutions? of officials (?:was|were) (?P<rare>rare|few|limited|selective)"
    r"|\bofficials?\b[^.;]{0,60}? (?:was|were) (?P<were>(?:\w+ ){0,2}?)"
    r"(?:prosecuted|punished|investigated|disciplined|held accountable)\b"
    rf"|{_GOVERNMENT}(?P<did>(?: (?:did not|do not|failed to|rarely|seldom|selectively|generally"
    r"|routinely|sometimes|often|occasionally|adequately|sufficiently|effectively|fully|or|and))"
    r"{0,6}),?"
    r" (?:identif(?:y|ied)|(?:investigate|prosecute|discipline)d?|punish(?:ed)?"
    r"|(?:initiat|conclud)ed? (?:\w+ ){0,2}?(?:investigations|prosecutions))\b"
)
_MECHANISMS = re.compile(
    rf"\bmechanisms?\b(?: in place)? to {_PURSUE}|\bprovides for prosecution\b"
)
_OFFICIALS = re.compile(
    r"\b(?:officials?|officers?|security (?:forces?|services?|agents|personnel|agencies)|police"
    r"|soldiers|army|military|prison guards|public servants|public employees"
    r"|government (?:agents|employees|personnel|forces)|abuses? of power|those found responsible)\b"
)
_ABUSES = re.compile(r"\b(?:abuses?|violations?)\b")
_OUTSIDE_THE_STATE = re.compile(
    r"\b(?:attacks|abductions|killings|violence|crimes) by\b|\b(?:task force|gangs?|armed groups?"
    r"|militias?|insurgents?|rebels?|terrorists?|traffickers|smugglers)\b"
)

_NO_STEPS = re.compile(
    r"(?<!or )\bno (?:\w+ ){0,2}?(?:steps|measures|action|efforts)\b"
    r"|\b(?:did|do|does|has|have|had) not\b|\bfail(?:ed|s)? to\b|\black(?:ed|s)\b"
    r"|\bno (?:\w+ ){0,2}?(?:reports?|evidence|indications?)\b[^.;]{0,30}"
    r"\b(?:government|authorities|regime|it)\b"
)
_NOT_ENOUGH = re.compile(
    r"\b(?:insufficient|inadequate|not (?:\w+ ){0,2}?(?:sufficient|adequate)|sufficiently"
    r"|adequately|not enough|ineffective)\w*|\b(?:often|in (?:several|some|many|most|other) cases)"
    r",?[^.;]{0,40}? did not\b"
)
_BOUNDED = re.compile(
    r"\b(?:limited|minimal|minor|modest|few|fewer|little|seldom|rare|rarely|selectively|selective"
    r"|inconsistent\w*|intermittent|sporadic|negligible|nontransparent|only)\b"
)
_BOUNDED_LATER = re.compile(
    r"\binconsisten\w+|\blacked consistency|\bbut (?:\w+ ){0,4}?(?:rarely|seldom|few|fewer)\b"
    r"|\b(?:rarely|seldom) (?:prosecut|punish|tried|convict)|\blimited number of officials"
    r"|\bwith (?:very )?few exceptions\b"
)
_IN_PART = re.compile(
    r"\b(?:some|sometimes|in (?:some|certain|several|a few) (?:cases|instances))\b"
)

_IMPUNITY = re.compile(
    r"(?<!no )(?<!not )(?<!any )(?<!official )\bimpunity\b"
    r"(?![^.;]{0,60}\b(?:was|is|were|did) not\b)"
)
_NO_IMPUNITY = re.compile(
    r"\b(?:no (?:\w+ ){0,3}?(?:of )?(?:official )?|not (?:\w+ ){0,3}?|perceptions? of (?:\w+ )?"
    r"|limited (?:cases|instances) of |sense of |(?:combat|address)\w* (?:\w+ )?)impunity"
    r"|\bcorrupt\w*(?: practices)?(?: and acting| or acting)? with impunity"
    r"|\bimpunity\b[^.;]{0,40}? (?:in|for) (?:\w+ )?corruption"
    r"|\b(?:suspected|believed|perceived|alleged|allegations of) (?:\w+ )?impunity"
    r"|\bextent of impunity"
)
_GOES_ON = re.compile(
    r"(?:impunity|nevertheless|nonetheless|however|there was impunity|in general)\b"
)


def read_accountability(said: Sequence[Statement]) -> Fact | None:
    """Return what a summary says of accountability, None if it says nothing of it.

    A sentence on steps against officials outweighs one on mechanisms, that one a sentence on
    abuses without officials, and any of them one on impunity alone. A sentence on impunity beside
    the one on steps belongs to it.
    """
    ranked = [
        (rank, place)
        for place, one in enumerate(said)
        if _CUE.search(one.lower) and (rank := _rank(one.lower)) is not None
    ]
    if not ranked:
        return None
    rank, place = min(ranked)
    chosen = said[place]
    if rank == _IMPUNITY_ALONE:
        return chosen.as_fact(Accountability.INADEQUATE)
    whole, has_impunity = _with_impunity(said, place)
    return whole.as_fact(_weighed(_of_steps(chosen.lower), has_impunity))


_IMPUNITY_ALONE = 3


def _rank(lower: str) -> int | None:
    is_about_officials = bool(_OFFICIALS.search(lower))
    if _STEPS.search(lower) and not _OUTSIDE_THE_STATE.search(lower):
        if is_about_officials:
            return 0
        if _ABUSES.search(lower):
            return 2
    if _MECHANISMS.search(lower) and is_about_officials:
        return 1
    return _IMPUNITY_ALONE if _says_impunity(lower) else None


def _says_impunity(lower: str) -> bool:
    return bool(_IMPUNITY.search(lower)) and not _NO_IMPUNITY.search(lower)


def _with_impunity(said: Sequence[Statement], place: int) -> tuple[Statement, bool]:
    """Join to a sentence on steps those on impunity that stand beside it in its paragraph."""
    chosen = said[place]
    joined = [chosen]
    if place and _is_on_impunity(said[place - 1]) and said[place - 1].goes_before(chosen):
        joined.insert(0, said[place - 1])
    if place + 1 < len(said):
        after = said[place + 1]
        if _is_on_impunity(after) and chosen.goes_before(after):
            joined.append(after)
    text = " ".join(one.text for one in joined)
    whole = Statement(text, text.lower(), chosen.block, joined[0].start)
    return whole, any(_says_impunity(one.lower) for one in joined)


def _is_on_impunity(one: Statement) -> bool:
    """Return whether a sentence does nothing but say that there was impunity."""
    return _says_impunity(one.lower) and not _STEPS.search(one.lower)


def _of_steps(lower: str) -> Accountability:
    """Return how a sentence speaks of the steps, leaving aside what it says of impunity."""
    steps = _STEPS.search(lower)
    how = " ".join(filter(None, steps.groups())) if steps else ""
    clause = lower[: steps.end()] if steps else lower
    if _NOT_ENOUGH.search(lower):
        return Accountability.INADEQUATE
    if _BOUNDED_LATER.search(lower):
        return Accountability.LIMITED
    if _NO_STEPS.search(clause) or "not" in how.split():
        return Accountability.NONE
    if _BOUNDED.search(how):
        return Accountability.LIMITED
    if "credible" in how and not _IN_PART.search(clause):
        return Accountability.CREDIBLE
    return Accountability.SOME


def _weighed(steps: Accountability, has_impunity: bool) -> Accountability:
    beside_impunity = {
        Accountability.CREDIBLE: Accountability.SOME,
        Accountability.SOME: Accountability.INADEQUATE,
    }
    return beside_impunity.get(steps, steps) if has_impunity else steps
