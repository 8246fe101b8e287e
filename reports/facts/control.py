"""Tell a sentence that says whether civilian authorities controlled the security forces."""

from __future__ import annotations

import re

from reports.facts.claims import is_quoted
from reports.facts.nonstate import first_outsiders

_FORCES = (
    r"\b(?:security|police|military|armed|defen[sc]e|law enforcement|gendarme\w*|army|soldiers"
    r"|constabulary|(?:national|presidential|republican|royal|border|coast) guards?"
    r"|intelligence|paramilitary"
    r"|(?:the|these|both|its|their) (?:\w+ )?(?:forces|services))\b"
)
_AUTHORITY = re.compile(
    r"\b(?:civilians?|authorit(?:y|ies)|government|officials|leaders(?:hip)?|president|king|queen"
    r"|sultan|emir|monarch|prince|prime minister|cabinet|minist(?:er|ry)|executive|administration"
    r"|regime|state|parliament|council|they|it)\b"
)
_KEPT = re.compile(
    r"\b(?P<verb>maintain(?:s|ed)?|exercis(?:es|ed?)|retain(?:s|ed)?|exert(?:s|ed)?|had|have|has"
    r"|held|possess(?:es|ed)?|lost|lacked|lacks)"
    r"(?P<what>(?: [\w-]+){0,5}?) (?:control|oversight)\b(?P<over>[^.;]{0,120})"
)
_KEEPS = ("maintain", "exercis", "retain", "exert")
_OVER_FORCES = re.compile(
    rf"(?: and \w+| but \w+)?,? (?:of|over) (?:[^.,;]{{0,60}}?{_FORCES}|(?:them|all)\b)"
)
_NO_OBJECT = re.compile(r"(?:$|[,.]| and\b| but\b| during\b)")
_LONGEST_LEAD = 160  # characters before the verb that may hold its subject
_CLAUSE = re.compile(
    r"(?:[^,;:]|,(?= (?:at times|sometimes|generally|in general|for the most part|on occasion"
    r"|but not|did|do|does|only|and|maintained)\b)){0,160}$"
)
_BY_THE_FORCES = re.compile(
    r"\b(?:military|army|junta|armed forces|security (?:forces|services))\b"
)
_MEANT_TO = re.compile(r"\bto$")
_DID_OR_FAILED_TO = re.compile(
    r"\b(?:fail(?:ed|s)?|unable|struggled|strained|continued|able|ceased|managed|inability)"
    r"(?: \w+){0,2} to$"
)
_SUPPOSED = re.compile(r"\b(?:would|could|should|must|may|might|will|shall)\b")
_MINISTRY = re.compile(r"\bminist(?:er|ry)\b")
_AS_A_FACT = re.compile(
    r"\b(?:civilian|effective|limited|little|no|nominal|partial|full|complete)\b"
)
_OF_FORCES = rf"{_FORCES}[^.;]{{0,80}}?"
_CIVILIAN = r"civilian (?:authorit(?:y|ies)|leaders(?:hip)?|officials|government|control|rule)"
_ADVERBS = (
    r"(?:(?:\w+ly|did|do|does|not|never|only|at times|sometimes|always|in part|at best"
    r"|(?:only )?in name(?: only)?"
    r"|often|all) )"
)
_ANSWERS = re.compile(
    rf"{_OF_FORCES} {_ADVERBS}{{0,4}}(?:(?:report|answer)(?:s|ed)?|(?:were|was|are|is|remained) "
    rf"{_ADVERBS}{{0,3}}(?:subordinate|subject|accountable|answerable)) "
    rf"{_ADVERBS}?to (?:the |any )?(?:elected )?{_CIVILIAN}\b"
)
_UNDER = re.compile(
    rf"{_OF_FORCES} (?:were|was|are|is|remained|operated|operate|came|acted|act) "
    rf"{_ADVERBS}{{0,4}}under (?:(?:[\w-]+ ){{0,3}}?civilian (?:control|oversight|command)\b(?! of)"
    rf"|(?:[\w-]+ ){{0,3}}?(?:control|oversight) of (?:the )?{_CIVILIAN})"
)
_APART = re.compile(
    rf"{_OF_FORCES}\b(?:operated?|act(?:ed)?|functioned|were|was|are|remained|fell)"
    r" (?:\w+ ){0,3}?(?:independent(?:ly)? (?:of|from)|without|outside(?: of)?|beyond)"
    r" (?:[\w-]+ ){0,3}?(?:civilian|government(?:al)?)"
    r" (?:control|oversight|authority|supervision)\b"
)
_CONTROL_WAS = re.compile(
    r"(?:^|[,;:] |\b(?:and|but|while|although|though) )(?:effective |the )?(?:civilian|government)"
    rf"(?: authorit(?:y|ies)[\u2019']?s?)? (?:control|oversight) (?:of|over)"
    rf" [^.;,]{{0,60}}?{_FORCES}"
    r"[^.;,]{0,40}? (?:was|were|remained|is|are) (?:\w+ )?(?:weak|limited|effective|ineffective"
    r"|lacking|absent|incomplete|nominal|firm|strong|tenuous|partial|poor|inadequate|minimal"
    r"|insufficient|uneven|complete)\b"
)
_WAS_KEPT = re.compile(
    rf"(?:^|[,;:] |\b(?:and|but|while|although|though) )(?:[\w-]+ ){{0,3}}?(?:control|oversight)"
    rf" (?:of|over) [^.;,]{{0,60}}?{_FORCES}[^.;,]{{0,40}}? (?:was|were|is) {_ADVERBS}{{0,4}}"
    r"(?:maintained|exercised|retained|exerted|held|lost) by"
    r" (?:the )?(?:elected )?(?:civilian |government )?(?:authorit(?:y|ies)|government|leaders"
    r"|officials|president|prime minister|king|queen)\b"
)
_THERE_WAS = re.compile(
    r"\bthere was (?:\w+ ){1,3}?civilian (?:control|oversight) (?:of|over) "
    rf"[^.;,]{{0,60}}?{_FORCES}"
)
_CONTROLLED = re.compile(
    rf"\bcivilian (?:authorities|officials|leaders|government|leadership) {_ADVERBS}{{0,4}}"
    rf"control(?:led)?(?: and \w+)? [^.;,]{{0,40}}?{_FORCES}"
)
_FORMS = (_ANSWERS, _UNDER, _APART, _CONTROL_WAS, _THERE_WAS, _CONTROLLED, _WAS_KEPT)


def is_civilian_control(lower: str) -> bool:
    """Return whether a sentence, in lower case, says that authorities controlled the forces or not.

    For what a ministry is competent does not say so, nor that it is unclear.
    """
    if "control" not in lower and "civilian" not in lower:
        return False
    if any(_is_kept(lower, found) for found in _KEPT.finditer(lower)):
        return True
    return any(_says(lower, form) for form in _FORMS)


def _says(lower: str, form: re.Pattern[str]) -> bool:
    found = form.search(lower)
    return found is not None and not is_quoted(lower[: found.start()], lower[found.end() :])


def _is_kept(lower: str, found: re.Match[str]) -> bool:
    """Read "Civilian authorities did not always maintain effective control over ..."."""
    clause = _CLAUSE.search(lower, max(0, found.start() - _LONGEST_LEAD), found.start())
    how = clause.group() if clause else ""
    over, what = found["over"], found["what"]
    is_civilian = "civilian" in how or "civilian" in what
    if not (_OVER_FORCES.match(over) or ("civilian" in how and _NO_OBJECT.match(over))):
        return False
    if not _AUTHORITY.search(how) or first_outsiders(how) is not None:
        return False
    if _BY_THE_FORCES.search(how) and not is_civilian:
        return False
    if _SUPPOSED.search(how) or (
        _MEANT_TO.search(how.rstrip()) and not _DID_OR_FAILED_TO.search(how.rstrip())
    ):
        return False
    if not is_civilian and not _is_a_statement(found["verb"], how, what):
        return False
    return not is_quoted(lower[: found.start() - len(how)] + how, lower[found.end("what") :])


def _is_a_statement(verb: str, how: str, what: str) -> bool:
    """Return whether a sentence tells what was so, not what somebody is competent for."""
    if _MINISTRY.search(how):
        return verb.endswith("ed") and bool(_AS_A_FACT.search(what))
    return verb.startswith(_KEEPS) or bool(_AS_A_FACT.search(what))
