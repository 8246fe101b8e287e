"""Generate an edition of any number of reports at real size, as a source of load.

Load reports are the edition 2021: parts of Dorvania named ``District 0001`` and so on, under
``/reports/2021-…/dorvania/district-0001/``. Nothing but a country table with the rows of
``load_areas`` knows them. Their texts are drawn from the sentences of the real editions by a
random generator seeded with the district's number, so every run yields the same words.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random

from deployments.sample_site.editions import (
    Chapter,
    Division,
    Edition,
    SampleReport,
    load_edition,
)

LOAD_YEAR = 2021
_SECTIONS = 7
_DIVISIONS = 6
_PARAGRAPHS = 6
_SENTENCES = 4


def load_reports(scale: int) -> Edition:
    """Return the load edition with ``scale`` reports, their sections not yet written."""
    reports = tuple(_stub(number) for number in range(1, scale + 1))
    return Edition(LOAD_YEAR, "2022-03-02", "2022/02/313615_", reports)


def write(report: SampleReport, seed: str = "") -> SampleReport:
    """Return a load report with its sections, drawn by ``seed`` or its part: 100 KB of text."""
    random = Random(seed or report.part)  # noqa: S311 - repeatable text, no secret
    chapters = tuple(
        Chapter(str(number), f"Conditions of Public Life, Part {number}", _divisions(random))
        for number in range(1, _SECTIONS + 1)
    )
    return replace(report, chapters=chapters)


def load_areas(scale: int) -> str:
    """Return the rows that a country table needs to know the load reports, as TOML."""
    return "\n".join(
        f'[[area]]\nparent = "XAD"\npart = "{report.part}"\nnames = ["{report.name}"]\n'
        f'slugs = {{ "{report.slug}" = "{LOAD_YEAR}" }}\n'
        for report in load_reports(scale).reports
    )


def _stub(number: int) -> SampleReport:
    part, name = f"district-{number:04}", f"District {number:04}"
    models = load_edition(2022).reports
    model = models[number % len(models)]
    summary = (f"{name} is a district of Dorvania under direct administration.", *model.summary[1:])
    return SampleReport(
        edition=LOAD_YEAR,
        country="XAD",
        part=part,
        name=name,
        label=name,
        slug=f"dorvania/{part}",
        summary=summary,
    )


def _divisions(random: Random) -> tuple[Division, ...]:
    letters = "abcdefgh"[:_DIVISIONS]
    return tuple(
        Division(f"{letter}. Findings on Question {letter.upper()}", 3, _paragraphs(random))
        for letter in letters
    )


def _paragraphs(random: Random) -> tuple[str, ...]:
    return tuple(" ".join(random.choices(_sentences(), k=_SENTENCES)) for _ in range(_PARAGRAPHS))


@cache
def _sentences() -> list[str]:
    texts = {text for report in load_edition(2022).reports for text in report.paragraphs[4:]}
    return sorted(f"{sentence.rstrip('.')}." for text in texts for sentence in text.split(". "))
