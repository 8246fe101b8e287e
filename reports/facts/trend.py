"""Tell a sentence that says how the human rights situation of the year was."""

from __future__ import annotations

import re

from reports.facts.claims import is_quoted

_SITUATION = (
    r"human rights (?:situation|record|conditions|climate|environment|performance|crisis)\b"
    r"(?! (?:of|for|facing|among|in (?:prisons|detention))\b(?! the country))"
)
_RIGHTS = (
    rf"(?:{_SITUATION}|(?:respect for |observance of |protection of )?human rights"
    r"(?=[.,;)]|$| (?:in|during|over|across|throughout|and|or|but|this|as|although|while)\b))"
)
_OF_THE = r"(?:(?:the|its|their|an?|already|overall|general|poor|serious|[\w-]+[\u2019']s?) ){0,4}?"
_CHANGES = (
    r"(?:changes?|improvements?|deterioration|developments?|progress|setbacks?|declines?"
    r"|worsening|regression|reversals?)"
)
_THERE_WERE = (
    r"(?:there (?:was|were|has been|have been|had been)|saw|experienced|represented|marked"
    r"|constituted|witnessed|brought(?: about)?|led to|resulted in|allowed for|caused|made)"
)
_WORSE_OR_BETTER = r"(?:improve|worsen|deteriorate|decline|change|regress)"
_BECAME = (
    r"(?:remained|stayed|improved|worsened|deteriorated|declined|changed|regressed"
    rf"|(?:continued|beg[au]n|started) to (?:\w+ )?(?:{_WORSE_OR_BETTER}|be)"
    rf"|(?:did|had|has) not (?:\w+ )?{_WORSE_OR_BETTER}d?|failed to (?:\w+ )?{_WORSE_OR_BETTER}"
    r"|was (?:\w+ )?(?:unchanged|the same|poor|worse|better|mixed|dire|grave))"
)
_FORMS = (
    re.compile(
        rf"\b{_THERE_WERE}\b(?P<what>[^.;]{{0,80}}?)\b{_CHANGES}(?: \w+){{0,2}}"
        rf" (?:in|to|for|on) {_OF_THE}{_RIGHTS}"
    ),
    re.compile(
        rf"\b{_THERE_WERE}\b(?P<what>[^.;]{{0,60}}?)\bhuman rights (?:changes|developments"
        r"|improvements|setbacks)\b"
    ),
    re.compile(
        rf"(?:^|[,;:] |\b(?:and|but|while|although|though|whereas) ){_OF_THE}"
        rf"(?:{_SITUATION}|respect for human rights\b)"
        r"(?P<where>(?: (?:in|across|throughout|within|during|over|on|under) [^,.;]{1,60}?)?"
        rf"(?:, [^,.;]{{1,80}},)?(?: \w+ly| also| further| again){{0,2}})"
        rf" (?:neither |both )?{_BECAME}\b"
    ),
    re.compile(
        rf"(?:^|[,;:] |\b(?:and|but|while|although|though|whereas) )(?:[\w-]+ ){{0,5}}?{_CHANGES}"
        rf"(?: \w+){{0,2}} (?:in|to|for|on) {_OF_THE}{_RIGHTS}"
        rf"(?P<where>(?: (?:in|across|throughout|within|over|on|under) [^,.;]{{1,60}}?)?)"
        r" (?:occurred|took place|(?:were|was) (?:reported|observed|noted|recorded|made))\b"
    ),
    re.compile(rf"\brestrictions on human rights (?:\w+ ){{0,3}}?{_BECAME}\b"),
    re.compile(
        r"\b(?:improved|worsened|exacerbated|aggravated) "
        rf"{_OF_THE}(?:{_SITUATION}|respect for human rights\b)"
    ),
)
_WISHED_FOR = re.compile(
    r"\b(?:calls?|demands?|hopes?|promises?|pledges?|plans?|proposals?|efforts?|commitments?"
    r"|requests?|need|talks?|discussions?|reports?|claims?|concerns?)\b"
)
_RELATIVE = re.compile(r"\b(?:where|who|which|that|whose)\b")
_COMPARED = re.compile(
    r"\b(?:compared (?:to|with)|relative to|than in) (?:19|20)\d\d\b"
    r"|\b(?:compared (?:to|with)|relative to|than in|as in|from|over) (?:the )?"
    r"(?:previous|prior|last|past|preceding) years?"
)
_THIS_YEAR = re.compile(
    r"\b(?:during|throughout|over|in|for|within|by|at) (?:the|this) (?:end of the )?"
    r"(?:reporting |calendar |past |current )?(?:year|period)\b(?!s)|\bthis year\b"
    r"|\byear[\u2019']s end\b|\bduring (?:19|20)\d\d\.?$"
)
_EARLIER = re.compile(
    r"\b(?:19|20)\d\d\b|\bsince\b|\b(?:years?|months|decades?) (?:ago|earlier|before)\b"
    r"|\b(?:previous|prior|preceding|last|past|recent) (?:\w+ )?(?:years?|decades?|century)\b"
    r"|\bdecades?\b|\bhistorically\b"
)


def is_trend(lower: str) -> bool:
    """Return whether a sentence, in lower case, says how the situation was in the year covered.

    A promise or an attempt to improve it does not say so, nor what somebody else says of it. What
    is bound to an event of an earlier year is not of the year covered.
    """
    if "human rights" not in lower or not any(_says(lower, form) for form in _FORMS):
        return False
    return bool(_THIS_YEAR.search(lower)) or not _EARLIER.search(_COMPARED.sub("", lower))


def _says(lower: str, form: re.Pattern[str]) -> bool:
    found = form.search(lower)
    if not found or is_quoted(lower[: found.start()], lower[found.end() :]):
        return False
    groups = found.groupdict()
    if _RELATIVE.search(groups.get("where") or ""):
        return False
    return not _WISHED_FOR.search(groups.get("what") or "")
