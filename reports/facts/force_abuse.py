"""Tell a sentence that says whether, and how much, the state's security forces committed abuses."""

from __future__ import annotations

import re

from reports.facts.claims import is_quoted
from reports.facts.state_forces import leading_names, names_state_forces

_ABUSES = r"(?:[Aa]buses?|[Vv]iolations?)\b(?! of (?:the )?(?:ceasefire|cease-fire|law|procedure))"
_ADVERB = (
    r"(?:\w+ly|have|has|had|may|might|also|often|sometimes|at times|on occasion|seldom|never|not"
    r"|did|do|does|were|was|are|is|been|reported|known|alleged|believed|said|continued|to|again|still"
    r"|in (?:some|isolated|a few|several|many|certain|isolated) (?:cases|instances))"
)
_COMMITTED = re.compile(
    rf"(?P<adverbs>(?:,? {_ADVERB},?)*) (?:commit|committed|perpetrated|inflicted|carried out"
    r"|engaged in|were responsible for|(?:were|are) (?:\w+ly )?(?:accused|suspected) of committing)"
    rf" (?:[\w-]+,? ){{0,8}}?{_ABUSES}"
)
_ASIDE = re.compile(
    r", (?:including|particularly|primarily|especially|mainly|principally|notably|mostly|namely"
    r"|chiefly|most notably)\b[^;]*,?$|\s*\([^()]*\)"
)
_BOUNDARY = re.compile(
    r"[;:,\u2013] |\b(?:that|while|although|though|but|whereas|because|when|reports|allegations"
    r"|in which|indications) "
)
_JOINT = re.compile(r"(?:and|or|but|yet|however),? ")
_REPORTED = re.compile(
    r"\b[Tt]here (?:was|were|are|have been|had been|remained|continued to be) (?:[\w-]+,? ){0,6}"
    r"(?:reports?|allegations?|accusations|indications?|instances|cases|evidence)"
    r"(?: [^,;]{0,40}?)??(?: that| in which| of)? ?$"
)
_GOVERNED = re.compile(r"(?:\b(?:that|reports|allegations|in which|indications) )$")
_AS_NOUN = re.compile(
    r"(?:^|[;,] |\b(?:of|and|but) )(?:[\w-]+ ){0,4}?(?:[Ss]ecurity(?: |-)forces?|[Pp]olice"
    r"|[Mm]ilitary|[Aa]rmy)(?:[\u2019']s?)? (?:human rights )?abuses?\b(?P<after>[^.;]{0,60})"
)
_WENT_ON = re.compile(
    r" (?:also )?(?:occurred|continued|increased|persisted|(?:were|was|remained) (?:\w+ )?"
    r"(?:common|widespread|rare|frequent|reported|pervasive|numerous|isolated|problems?))\b"
)
_BY = re.compile(
    rf"{_ABUSES} (?:(?:that )?(?:were |are )?(?:\w+ly )?(?:committed|perpetrated|carried out) )?by "
)
_THERE_WERE = re.compile(
    r"(?:^|[;,] |\b(?:and|but|although|while) )[Tt]here (?:was|were) (?:[\w-]+,? ){0,6}"
    r"(?:reports?|allegations?|instances|cases|incidents) of (?:[\w-]+,? ){0,6}$"
)
_OPENS = re.compile(
    r"(?:^|[;,] )(?:(?!(?:for|of|against|about|into|on|to|impunity)\b)[\w-]+,? ){0,5}$"
)
_CUE = re.compile(
    r"securit|police|militar|army|forces|soldier|guard|enforcement|gendarm|troops|constab|navy"
    r"|intelligence|prison"
)
_LONGEST = 300  # characters before a verb that are looked at for its subject


def is_force_abuse(text: str) -> bool:
    """Return whether a sentence says whether the state's security forces committed abuses.

    They must be the subject: neither those who fought them nor those whom the state punished are.
    """
    text = text[:1].lower() + text[1:]  # the capital of a first word makes no name
    lower = text.lower()
    if not (("abuse" in lower or "violation" in lower) and _CUE.search(lower)):
        return False
    if any(_is_theirs(text, found) for found in _COMMITTED.finditer(text)):
        return True
    return _is_said_as_noun(text) or any(_is_by_them(text, each) for each in _BY.finditer(text))


def _is_theirs(text: str, found: re.Match[str]) -> bool:
    before = _ASIDE.sub("", text[max(0, found.start() - _LONGEST) : found.start()])
    start = max((each.end() for each in _BOUNDARY.finditer(before)), default=0)
    subject, lead = before[start:], before[:start]
    joint = _JOINT.match(subject)
    if not names_state_forces(subject[joint.end() :] if joint else subject):
        return False
    return _is_said_by_the_report(lead, text[found.end() :])


def _is_said_by_the_report(lead: str, after: str) -> bool:
    reported = _REPORTED.search(lead)
    if _GOVERNED.search(lead) and not reported:
        return False
    free = lead[: reported.start()] if reported else lead
    return not is_quoted(free.lower(), after.lower())


def _is_said_as_noun(text: str) -> bool:
    found = _AS_NOUN.search(text)
    if not found or is_quoted(text[: found.start()].lower(), found["after"].lower()):
        return False
    is_subject = " of " not in f" {found.group()}"
    if is_subject and _WENT_ON.match(found["after"]):
        return True
    return bool(_THERE_WERE.search(text, 0, found.start("after")) or _is_reported(text, found))


def _is_reported(text: str, found: re.Match[str]) -> bool:
    """Read "There were no reports of security force abuses"."""
    return bool(_REPORTED.search(text[: found.start()] + " of"))


def _is_by_them(text: str, found: re.Match[str]) -> bool:
    """Read "There were reports of abuses by police" and "Abuses were committed by police"."""
    names = leading_names(text[found.end() : found.end() + _LONGEST])
    if not names_state_forces(names):
        return False
    lead = text[max(0, found.start() - _LONGEST) : found.start()]
    if is_quoted(lead.lower(), text[found.end() :].lower()):
        return False
    after = text[found.end() + len(names) :]
    is_passive = bool(re.search(r"\b(?:were|are)\b", found.group()))
    is_subject = bool(_OPENS.search(lead)) and (is_passive or bool(_WENT_ON.match(after)))
    return bool(_THERE_WERE.search(lead)) or is_subject
