"""Read what a sentence says of the security forces: who controls them, what they committed."""

from __future__ import annotations

import re

from reports.facts.nonstate import first_outsiders
from reports.facts.values import CivilianControl, ForceAbuseScale

_FORCES = (
    r"\b(?:security|police|military|armed|defen[sc]e|law enforcement|gendarme\w*|army|soldiers"
    r"|constabulary|national guard|(?:the|these|both|its|their) (?:\w+ )?forces)\b"
)
_CONTROL = re.compile(
    r"\b(?:maintain(?:s|ed)?|exercis(?:es|ed?)|retain(?:s|ed)?)"
    r"(?P<what>(?: \w+){0,3}?) control\b(?P<rest>[^.;]{0,120})"
)
_OVER_FORCES = re.compile(rf"[^.;]{{0,20}}? (?:of|over) (?:[^.;]{{0,80}}?{_FORCES}|(?:them|all)\b)")
_NO_OBJECT = re.compile(r"(?:$|,| and\b| but\b| during\b)")
_LONGEST_LEAD = 80  # characters before the verb that may bound it
_CLAUSE = re.compile(
    r"(?:[^,;]|,(?= (?:at times|sometimes|generally|in general|for the most part|did|do|does)\b))*$"
)
_BY_THE_FORCES = re.compile(r"\b(?:military|army|junta|armed forces)\b")
_NOT = re.compile(r"\b(?:not|never|failed|fails|unable)\b")
_SOMETIMES = re.compile(
    r"\b(?:always|at times|sometimes|occasionally|fully|consistently|in some (?:cases|instances))\b"
)
_GENERALLY = re.compile(r"\b(?:generally|largely|mostly|usually|for the most part|in general)\b")
_WEAK = re.compile(
    r"\b(?:weak|limited|nominal|partial|incomplete|tenuous|little|some|uneven|insufficient)\b"
)
_LOST_OVER_SOME = re.compile(
    r"\bdid not (?:\w+ )?maintain|\bacted independently of (?:\w+ )?(?:control|authorit)"
)
_INDEPENDENT = re.compile(
    r"\bacted independently of (?:civilian|government)\b"
    rf"|\bcivilian control (?:of|over) [^.;]{{0,40}}\b(?:remained|was|is) {_WEAK.pattern}"
)
_UNDER = re.compile(r"\b(?P<how>(?:\w+ ){0,2})under (?:\w+ )?civilian control\b")
_REPORTED_TO = re.compile(r"\breport(?:ed|s)? to civilian authorities\b")
_FORCES_OR_SERVICES = re.compile(r"\b(?:forces|services)\b")
_ONLY_SOME = re.compile(r"\b(?:some|most|many)\b")

_ABUSES = re.compile(
    rf"(?P<who>{_FORCES}[^.;]{{0,120}}?)\b(?:commit|committed)\b (?P<scale>[^.;,]{{0,40}}?)"
    r"\b(?:abuses|violations)\b"
)
_WHO_COMMITTED = re.compile(r"\b(?:who|accused|implicated|punish|prosecut|investigat)")
_NO_REPORTS = re.compile(r"\bno (?:\w+ )?(?:reports?|allegations?)\b|\bnot (?:reported|known) to\b")
_YET_REPORTS = re.compile(r"\b(?:although|but|however)\b[^.;]{0,40}\breports?\b")
_SCALES = (
    (ForceAbuseScale.NONE, re.compile(r"\b(?:no|not|never)\b")),
    (
        ForceAbuseScale.NUMEROUS,
        re.compile(
            r"\b(?:numerous|many|widespread|pervasive|systematic|extensive|frequent|frequently"
            r"|often|routinely)\b"
        ),
    ),
    (ForceAbuseScale.FEW, re.compile(r"\b(?:few|isolated|rare|rarely)\b(?! reports)")),
)


def read_civilian_control(lower: str) -> CivilianControl | None:
    """Return how far a sentence, in lower case, says that authorities controlled the forces."""
    if "control" not in lower and "civilian" not in lower:
        return None
    control = _CONTROL.search(lower)
    if control:
        return _as_maintained(lower, control)
    if _INDEPENDENT.search(lower):
        return CivilianControl.AT_TIMES_NOT
    if reported := _REPORTED_TO.search(lower):
        return _as_reporting(lower[: reported.start()])
    under = _UNDER.search(lower)
    if not under or not _FORCES_OR_SERVICES.search(lower):
        return None
    return CivilianControl.NONE if _NOT.search(under["how"]) else CivilianControl.FULL


def _as_maintained(lower: str, control: re.Match[str]) -> CivilianControl | None:
    """Read "... did not always maintain effective control over ..."."""
    found = _CLAUSE.search(lower, max(0, control.start() - _LONGEST_LEAD), control.start())
    how = found.group() if found else ""
    rest = control["rest"]
    is_of_forces = _OVER_FORCES.match(rest) or ("civilian" in how and _NO_OBJECT.match(rest))
    if not is_of_forces or _BY_THE_FORCES.search(how) or first_outsiders(how) is not None:
        return None
    if _NOT.search(how):
        return CivilianControl.AT_TIMES_NOT if _SOMETIMES.search(how) else CivilianControl.NONE
    if "no" in control["what"].split():
        return CivilianControl.NONE
    if _WEAK.search(control["what"]):
        return CivilianControl.AT_TIMES_NOT
    if _GENERALLY.search(how):
        return CivilianControl.GENERALLY
    is_lost = _LOST_OVER_SOME.search(lower, control.end("what"))
    return CivilianControl.AT_TIMES_NOT if is_lost else CivilianControl.FULL


def _as_reporting(subject: str) -> CivilianControl | None:
    """Read "Some security forces reported to civilian authorities"."""
    subject = subject[-_LONGEST_LEAD:]
    if not _FORCES_OR_SERVICES.search(subject):
        return None
    if _NOT.search(subject):
        return CivilianControl.NONE
    return CivilianControl.AT_TIMES_NOT if _ONLY_SOME.search(subject) else CivilianControl.FULL


def read_force_abuse_scale(lower: str) -> ForceAbuseScale | None:
    """Return how many abuses a sentence, in lower case, says that the forces committed."""
    found = _ABUSES.search(lower) if "commit" in lower else None
    if not found or not _is_of_forces(lower[: found.end("who")], found.start("who")):
        return None
    if _NO_REPORTS.search(lower, 0, found.start("scale")):
        is_taken_back = _YET_REPORTS.search(lower, found.end())
        return ForceAbuseScale.SOME if is_taken_back else ForceAbuseScale.NONE
    said = f"{found['who'].rpartition(' that ')[2]} {found['scale']}"
    scales = [scale for scale, pattern in _SCALES if pattern.search(said)]
    return scales[0] if scales else ForceAbuseScale.SOME


def _is_of_forces(subject: str, forces_at: int) -> bool:
    """Return whether the state's forces commit the abuses, in the main clause."""
    if _WHO_COMMITTED.search(subject):
        return False
    outsiders_at = first_outsiders(subject)
    return outsiders_at is None or forces_at < outsiders_at
