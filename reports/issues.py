"""Read the list of human rights issues out of an executive summary.

The rules follow how the U.S. Country Reports have been written since 2011: a lead-in ("Significant
human rights issues included credible reports of:") and issues parted by semicolons; often a second
list, and sentences after it that name further issues; or a statement that there were none. What
fits none of these is `unparsed`, never "no issues".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reports.model import Issue, IssueList, IssueStatus
from reports.topics import topics_of

_NOUN = r"(?:issues?|problems?|abuses?|concerns?|violations?)"
_SUBJECT = re.compile(
    rf"\b(?P<explicit>human rights(?:[- ]related)? {_NOUN})\b"
    r"|\b(?:significant|serious|severe|principal|main|major|primary|important|egregious|pressing"
    rf"|other|additional|further|reported|following) {_NOUN}\b"
    r"|^(?P<bare>Issues|Problems|Abuses)(?= (?:also )?included?\b)",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"[^.;:]{0,160}?\b(?:(?P<includes>included?)|(?:persisted|existed|occurred|continued)(?=:)"
    r"|(?:were|was|are|is)(?! responsible)|concerned|involved|stemmed from"
    r"|remained(?:,? (?:and )?includ(?:ed|ing))?)\b"
    r"(?: the following)?(?P<colon>:?)(?: +|$)",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    rf"There were (?:credible )?reports of (?:\w+ )?human rights {_NOUN},? "
    r"(?:due to|including|involving|related to|such as)(?P<colon>:?)(?: +|$)"
)
_REPORTS_OF = re.compile(r"(?:credible )?(?:reports|allegations) of(?P<colon>:?)(?: +|$)")
_LATER_REPORTS_OF = re.compile(r"; (?:and )?(?:credible )?(?:reports|allegations) of\b")
_NOT_A_LIST = re.compile(
    r"\b(?:officials? (?:who|accused|implicated)|perpetrat\w+|commit\w*|prosecut\w+|punish\w*"
    r"|investigat\w+|impunity|no (?:\w+ )?reports|mechanisms)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"(?:not|no|also|often|rarely|committed|reported|carried out)\b")
_NONE_REPORTED = re.compile(
    r"There were no (?:credible )?reports of (?:significant|egregious) human rights "
    r"(?:abuses|violations|issues)"
    r"(?: (?:during the (?:reporting )?(?:year|period)|in the country|in \d{4}"
    r"|in (?:the )?[A-Z][\w\u2019'-]*(?: [A-Z][\w\u2019'-]*)*))*\.?"
)
_FURTHER = re.compile(
    r"(?:(?:additionally|lastly|finally|also|moreover|furthermore|in addition),? )?"
    r"(?:there (?:were|was)(?: also)?|of (?:additional |particular )?concern (?:were|was)) "
    r"(?!(?:no|not|few|fewer|little)\b)",
    re.IGNORECASE,
)
_FURTHER_WHOLE = re.compile(r"The government engaged in |Freedoms? of ")
_CALLED_A_PROBLEM = re.compile(
    r"(?P<issue>[^.]+?),? (?:were|was|remained) (?P<rank>(?:[\w\u2019'-]+ ){0,6}?)"
    rf"(?P<noun>{_NOUN})\b"
)
_RANKED = re.compile(
    r"\b(?:most|main|principal|primary|major|serious|significant|important|egregious|pressing"
    r"|other|additional|further|reported|following)\b",
    re.IGNORECASE,
)

_SENTENCE_END = re.compile(r"[.!?][\u201d\u2019\"')\]]* +(?=[\u201c\u2018\"'(\[]*[A-Z])")
_ABBREVIATION = re.compile(r"\b(?:[A-Z]|No|Nos|Mrs?|Ms|Dr|St|Sr|Jr|Gen|Col|Lt|Art|Sec|vs)\.$")
_OPENS_SENTENCE = re.compile(r"(?:The|There|These|Impunity|Other|Additional|Members)\b")

# Neither inside brackets (the one of "2)" closes none) nor before a clause that only qualifies the
# issue before it.
_SEMICOLON = re.compile(
    r";(?![^()]{0,300}(?<! \d)\))"
    r"(?! (?:however|nevertheless|although|though|but|authorities \w+ly)\b)"
)
_JOINING_WORD = re.compile(r"(?:and also|and|or|as well as)\b[ ,]*", re.IGNORECASE)
_DOTTED_ABBREVIATION = re.compile(r"\b[A-Z]\.(?:[A-Z]\.){1,4}$")
_EXAMPLES = re.compile(r",? (?:including|such as)\b")
_AND = re.compile(r",? and ")
_LONGEST_PAIR = 500  # characters; bounds the time, and the longest pair seen in a report has 211
_SERIES_COMMA = re.compile(
    r",(?! (?:although|though|but|which|who|where|all of|or|inhuman|particularly|especially"
    r"|primarily)\b)"
)
_PROBLEM = re.compile(
    r"\b(?:abuses?|arrests?|censorship|conditions|corruption|criminalization|denial|detention"
    r"|disappearances?|discrimination|existence|exploitation|forms|harassment|impunity|instances"
    r"|interference|intimidation|killings?|labor|lack|laws?|limits|mistreatment|presence|problems"
    r"|prohibition|progress|punishment|refoulement|repression|requirements|restrictions?"
    r"|smuggling|surveillance|threats|torture|trafficking|treatment|violations?|violence)\b"
)
_PREPOSITION = re.compile(r",| (?:of|in|on|against|for|by|to|with|from|during|and|among)\b")


def read_issues(blocks: Sequence[str]) -> IssueList:
    """Read the issues that a summary lists.

    ``blocks`` are canonical. Every issue's text is a literal substring of one block, in order.
    A list outweighs a statement that nothing significant was reported.
    """
    issues = tuple(Issue(text, topics_of(text)) for text in _issues(blocks))
    if issues:
        return IssueList(IssueStatus.LISTED, issues)
    if any(_NONE_REPORTED.fullmatch(said) for block in blocks for said in _sentences(block)):
        return IssueList(IssueStatus.NONE_REPORTED)
    return IssueList()


def _issues(blocks: Sequence[str]) -> Iterator[str]:
    unended = ""
    for block in blocks:
        if unended and _goes_on(unended, block):
            found = _split(_sentences(block)[0])
            is_listing = True
        else:
            found = [issue for issues in _issues_in_paragraph(block) for issue in issues]
            is_listing = bool(found) or _after_lead(block) == ""
        yield from found
        unended = block if is_listing and not block.endswith((".", "!", "?")) else ""


def _goes_on(unended: str, block: str) -> bool:
    """Tell whether a block is one more issue of a list that gives each a block of its own."""
    if _after_lead(block) is not None:
        return False
    expects_more = unended.endswith((":", ";", ",", " and", " or"))
    return expects_more or not block.endswith((".", "!", "?"))


def _issues_in_paragraph(block: str) -> Iterator[list[str]]:
    is_listing = is_unclosed = False
    for sentence in _sentences(block):
        body = _after_lead(sentence)
        if body is None and is_unclosed and ";" in sentence:
            body = sentence  # a stray full stop in the middle of the list
        is_unclosed = body is not None and _is_unclosed(body)
        if body is not None:
            is_listing = True
            yield _split(body)
        elif is_listing:
            yield _further(sentence)
        else:
            found = _called_main_problem(sentence)
            is_listing = bool(found)
            yield found


def _is_unclosed(body: str) -> bool:
    """Tell whether a list of several issues ends without the "and" before its last one."""
    pieces = _SEMICOLON.split(body)
    return len(pieces) > 1 and not _JOINING_WORD.match(pieces[-1].strip())


def _after_lead(sentence: str) -> str | None:
    """Return what follows a lead-in sentence's lead; None where the sentence is none."""
    lead = _REPORTED.match(sentence)
    if lead:
        return _without_reports_of(sentence[lead.end() :], bool(lead["colon"]))
    subject = _SUBJECT.search(sentence)
    if not subject or _NOT_A_LIST.search(sentence[: subject.start()]):
        return None
    lead = _VERB.match(sentence, subject.end())
    if not lead:
        return None
    body = sentence[lead.end() :]
    is_certain = lead["colon"] or (lead["includes"] and (subject["explicit"] or subject["bare"]))
    if not is_certain and not _is_list(sentence[: lead.start()], body):
        return None
    return _without_reports_of(body, bool(lead["colon"]))


def _is_list(subject: str, body: str) -> bool:
    """Tell whether "problems were ..." lists problems, or only says something of them."""
    if _PASSIVE.match(body):
        return False
    return ";" in body or bool(_RANKED.search(subject) and topics_of(body))


def _without_reports_of(body: str, has_colon: bool) -> str:
    """Drop "credible reports of" where it leads the whole list and not the first issue alone."""
    reports_of = _REPORTS_OF.match(body)
    if not reports_of:
        return body
    leads_all = reports_of["colon"] or not (has_colon or _LATER_REPORTS_OF.search(body))
    return body[reports_of.end() :] if leads_all else body


def _further(sentence: str) -> list[str]:
    """Return the issues that a sentence after a list goes on to name.

    A sentence that says more than "there were ..." is kept whole: cut short, it could say less,
    or something else, than was written.
    """
    opening = _FURTHER.match(sentence)
    if opening:
        body = _without_reports_of(sentence[opening.end() :], has_colon=False)
        return _split(body) if topics_of(body) else []
    if _FURTHER_WHOLE.match(sentence):
        return [_trimmed(sentence)] if topics_of(sentence) else []
    called = _CALLED_A_PROBLEM.match(sentence)
    is_problem = (
        called and called["noun"].startswith(("problem", "concern")) and not _is_denied(called)
    )
    return [_trimmed(sentence)] if is_problem and topics_of(sentence) else []


def _called_main_problem(sentence: str) -> list[str]:
    """Return what "... remained the most significant human rights problem" speaks of."""
    called = _CALLED_A_PROBLEM.match(sentence)
    if not called or not re.search(r"\b(?:human rights|most)\b", called["rank"]):
        return []
    return _split(called["issue"]) if topics_of(called["issue"]) and not _is_denied(called) else []


def _is_denied(called: re.Match[str]) -> bool:
    return bool(re.search(r"\b(?:not|no)\b", called["rank"]) or _NOT_A_LIST.search(called["issue"]))


def _sentences(block: str) -> list[str]:
    """Split a paragraph at its sentence ends, abbreviations and initials guarded."""
    starts = [0]
    for end in _SENTENCE_END.finditer(block):
        stop = end.start() + 1
        is_abbreviation = _ABBREVIATION.search(block, max(starts[-1], stop - 5), stop)
        if not is_abbreviation or _OPENS_SENTENCE.match(block, end.end()):
            starts.append(end.end())
    return [block[a:b].rstrip() for a, b in zip(starts, [*starts[1:], None], strict=True)]


def _split(body: str) -> list[str]:
    """Split a passage into its issues: at semicolons, never at commas."""
    pieces = [_trimmed(piece) for piece in _SEMICOLON.split(body)]
    if len(pieces) == 1:
        pieces = _halves(pieces[0])
    return [piece for piece in pieces if any(map(str.isalnum, piece))]


def _trimmed(piece: str) -> str:
    piece = piece.strip(" ,:")
    joining = _JOINING_WORD.match(piece)
    if joining:
        piece = piece[joining.end() :]
    return piece if _DOTTED_ABBREVIATION.search(piece) else piece.rstrip(" .,:")


def _halves(text: str) -> list[str]:
    """Split "A and B" where exactly one "and" stands between two issues, else keep it whole."""
    if len(text) > _LONGEST_PAIR:
        return [text]
    examples = _EXAMPLES.search(text)
    end = examples.start() if examples else len(text)
    cuts = [cut for cut in _AND.finditer(text, 0, end) if _parts_two_issues(text, cut)]
    if len(cuts) != 1:
        return [text]
    return [text[: cuts[0].start()], text[cuts[0].end() :]]


def _parts_two_issues(text: str, cut: re.Match[str]) -> bool:
    before, after = text[: cut.start()], text[cut.end() :]
    first, *series = _SERIES_COMMA.split(_EXAMPLES.split(after, maxsplit=1)[0])
    if (
        _SERIES_COMMA.search(before)
        or not _is_problem(first)
        or any(map(_is_problem, map(_trimmed, series)))
    ):
        return False
    return bool(topics_of(before) and topics_of(after))


def _is_problem(phrase: str) -> bool:
    """Tell whether a phrase names a problem, and not only a right, a group or a place."""
    return bool(_PROBLEM.search(_PREPOSITION.split(phrase, maxsplit=1)[0]))
