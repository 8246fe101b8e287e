"""Put a broken page through the whole reading path and say what is wrong with what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from traceback import format_exception_only, format_tb

from bench.bounded import bounded
from bench.fuzz.mutations import Mutant
from bench.fuzz.seeds import Seed, letters
from reports.model.reading import Reading
from reports.model.values import Identified, Page, Undecided
from reports.text.canonical import canonical_block
from reports.text.normal_form import is_normalized
from reports.watch.outcome import Outcome
from scrapers.fetch.response import Response
from scrapers.judge.pages import judge

VERSION = "version"
"""What the recorder would make one of: an identified report whose summary has text."""

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = 1.0
SECONDS_PER_MB = 1.5
"""CPU that judging and reading a page may take: generous, some twenty times what it needs."""

SLOW = "slow"
"""The one fault that other work on the machine can bring about: for the bench, not for a test."""

FOREIGN = 24
"""Letters in a row that come from nowhere in the seeds' regions, from which they are a fault."""
_STEP = 4
_PIECE = 8


_Found = Identified | Undecided


@dataclass(frozen=True)
class Look:
    """What one broken page came to. ``faults`` are told in words; none is how it should be."""

    number: int
    story: str
    size: int
    outcome: str
    reason: str = ""
    cpu: float = 0.0
    faults: tuple[str, ...] = field(default=())


def look(mutant: Mutant) -> Look:
    """Judge and read a broken page as a run would, and check what would be recorded."""
    started = time.process_time()
    try:
        with bounded():
            outcome, reason, page = _read(mutant.seed, mutant.page.body, mutant.page.content_type)
    except Exception as error:  # whatever it is, it is the fault that is looked for
        return _ended(mutant, started, "exception", "", (_told(error),))
    cpu = time.process_time() - started
    try:
        with bounded():
            faults = tuple(_faults(mutant, outcome, page, cpu))
    except Exception as error:
        return _ended(mutant, started, "exception", "", (_told(error),))
    return Look(mutant.number, mutant.story, len(mutant.page.body), outcome, reason, cpu, faults)


def _ended(
    mutant: Mutant, started: float, outcome: str, reason: str, faults: tuple[str, ...]
) -> Look:
    cpu = time.process_time() - started
    return Look(mutant.number, mutant.story, len(mutant.page.body), outcome, reason, cpu, faults)


def _told(error: Exception) -> str:
    where = format_tb(error.__traceback__)[-1].strip().replace("\n", " ")
    return f"exception: {format_exception_only(error)[-1].strip()[:200]} {where}"


def _read(seed: Seed, body: bytes, content_type: str) -> tuple[str, str, Page]:
    """Go the way of a look: gate, reader, and what the recorder calls the result."""
    headers = {"content-type": content_type}
    response = Response(seed.url, seed.url, 200, headers, body, NOW, (), "")
    verdict = judge(response, seed.source)
    if verdict.outcome is not None:
        return verdict.outcome.value, verdict.reason, Page()
    page = seed.source.read(body, seed.url)
    return _recorded(page), "", page


def _recorded(page: Page) -> str:
    if any(found.reading.blocks for found in page.reports):
        return VERSION
    if page.reports:
        return Outcome.EMPTY.value
    return (Outcome.UNIDENTIFIED if page.undecided else Outcome.UNREADABLE).value


def _faults(mutant: Mutant, outcome: str, page: Page, cpu: float) -> Iterator[str]:
    size = len(mutant.page.body) / 1024**2
    if cpu > SECONDS + SECONDS_PER_MB * size:
        yield f"{SLOW}: {cpu:.1f} s for {size:.1f} MB"
    accepted = [found for found in page.reports if found.reading.blocks]
    both: list[_Found] = [*accepted, *page.undecided]
    for found in both:
        yield from _malformed(found.reading)
        yield from _from_elsewhere(mutant, found.reading)
    for version in accepted:
        if not letters(" ".join(version.reading.blocks)):
            yield f"nothing: a version of {version.reading.blocks!r}"
        yield from _misnamed(mutant, version)
    if outcome in (VERSION, Outcome.UNIDENTIFIED.value):
        yield from _altered(mutant, page)
    if mutant.number % 4 == 0:
        yield from _other_alone(mutant)


def _malformed(reading: Reading) -> Iterator[str]:
    """Check what every reading promises of itself."""
    for text in _texts(reading):
        if text != canonical_block(text) or not is_normalized("NFC", text):
            yield f"not canonical: {text[:80]!r}"
        text.encode()
    if not all(reading.blocks):
        yield "an empty block"
    yield from _misplaced(reading)


def _misplaced(reading: Reading) -> Iterator[str]:
    """Check that the issues stand in the text, in order and where they say."""
    last = (0, 0)
    for issue in reading.issues.items:
        if not any(issue.text in block for block in reading.blocks):
            yield f"an issue that the text does not hold: {issue.text[:80]!r}"
        if issue.block < 0:
            continue
        here = reading.blocks[issue.block][issue.start : issue.start + len(issue.text)]
        if here != issue.text:
            yield f"an issue's position is wrong: {issue.text[:80]!r}"
        if (issue.block, issue.start) < last:
            yield f"issues out of order or overlapping at {issue.text[:80]!r}"
        last = (issue.block, issue.start + len(issue.text))


def _texts(reading: Reading) -> list[str]:
    return [text for _, text in _placed(reading)]


def _placed(reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield every text of a reading with what it is there."""
    yield "heading", reading.heading
    for text in reading.blocks:
        yield "prose", text
    for text in reading.notes:
        yield "note", text
    for section in reading.sections:
        for text in (section.number, section.heading, *section.blocks):
            yield "section", text


def _from_elsewhere(mutant: Mutant, reading: Reading) -> Iterator[str]:
    """Find words that are not the report's: chrome, or nobody's."""
    own = _Own(mutant)
    found = [(place, text, own.stranger(text)) for place, text in _placed(reading)]
    if mutant.is_stirred:
        prose = [(text, stranger) for place, text, stranger in found if place == "prose"]
        if prose and all(stranger for _, stranger in prose):
            yield f"made of chrome: {prose[0][0][:80]!r}"
        return
    for place, text, stranger in found:
        if stranger:
            yield f"chrome as {place}: {stranger[:60]!r} in {text[:80]!r}"


class _Own:
    """What may stand in a reading of a broken page."""

    def __init__(self, mutant: Mutant) -> None:
        seeds = mutant.page.seeds
        self._is_blurred = mutant.is_blurred
        self._regions = [*(seed.region_letters for seed in seeds), mutant.page.inserted]
        markup = [*self._regions, *(seed.markup_letters for seed in seeds)]
        self._markup = [each.lower() for each in markup]
        self._chrome = frozenset().union(*(seed.chrome for seed in seeds))

    def stranger(self, text: str) -> str:
        """Return the letters of a text that are chrome or come from nowhere, or ``""``."""
        said = letters(text)
        if any(said in region for region in self._regions):
            return ""
        if said in self._chrome:
            return said
        if self._is_blurred or not foreign_run(said, self._regions):
            return ""
        return foreign_run(said.lower(), self._markup)


def foreign_run(said: str, regions: Sequence[str]) -> str:
    """Return letters in a row that stand in none of the regions, ``""`` for fewer than FOREIGN."""
    if any(said in region for region in regions):
        return ""
    step = max(_STEP, len(said) // 4_000)
    run = 0
    for at in range(0, len(said) - _PIECE + 1, step):
        piece = said[at : at + _PIECE]
        run = 0 if any(piece in region for region in regions) else run + step
        if run >= FOREIGN:
            return said[max(at + step - run, 0) : at + _PIECE]
    return ""


def _misnamed(mutant: Mutant, found: Identified) -> Iterator[str]:
    """Find a report under a name that none of the seeds has."""
    pages = [seed.page for seed in mutant.page.seeds]
    known = {one.report for page in pages for one in page.reports}
    if found.report not in known and not any(page.undecided for page in pages):
        yield f"misnamed: {found.report} by {found.how.value}"


def _altered(mutant: Mutant, page: Page) -> Iterator[str]:
    """Find words that went or came where none may: harmless mutations, and cut pages."""
    if mutant.uncut is not None:
        _, _, before = _read(mutant.seed, mutant.uncut, mutant.page.content_type)
        what = "truncated but accepted"
    elif mutant.is_harmless:
        before, what = mutant.seed.page, "harmless but altered"
    else:
        return
    told = _difference(before, page)
    if told:
        yield f"{what}: {told}"


def _difference(before: Page, after: Page) -> str:
    """Say in which way two pages read differently, ``""`` where they say the same."""
    old: list[_Found] = [*before.reports, *before.undecided]
    new: list[_Found] = [*after.reports, *after.undecided]
    names = [[getattr(one, "report", "undecided") for one in side] for side in (old, new)]
    if names[0] != names[1]:
        return f"{[*map(str, names[0])]} became {[*map(str, names[1])]}"
    for one, other in zip(old, new, strict=True):
        if one.reading.words_sha256 != other.reading.words_sha256:
            return _first_difference(one.reading, other.reading)
        if one.reading.notes != other.reading.notes:
            return f"notes {one.reading.notes!r} became {other.reading.notes!r}"[:300]
        if one.reading.heading != other.reading.heading:
            return f"heading {one.reading.heading!r} became {other.reading.heading!r}"
        if one.reading.text_sha256 != other.reading.text_sha256:
            return "the summary's blocks differ"
    return ""


def _first_difference(one: Reading, other: Reading) -> str:
    old, new = (" ".join(each.all_blocks).split() for each in (one, other))
    at = next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )
    told = f"{len(old)} words became {len(new)}"
    return f"{told}: {' '.join(old[at : at + 8])!r} became {' '.join(new[at : at + 8])!r}"[:300]


def _other_alone(mutant: Mutant) -> Iterator[str]:
    """Check that equal bytes of the region are read equally, whatever stands around them."""
    source, body = mutant.seed.source, mutant.page.body
    region = source.region(body)
    if not region:
        return
    alone = source.read(region, mutant.seed.url)
    whole = source.read(body, mutant.seed.url)
    if (alone.reports, alone.undecided) != (whole.reports, whole.undecided):
        yield f"the region alone reads otherwise: {_difference(whole, alone)[:200]}"
