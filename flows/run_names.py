"""Name flow runs after what they look at, so that a list of runs can be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports.text.plain import one_line
from services.runs.run import IngestRequest

LONGEST = 120
"""Characters of a name: Prefect's lists show no more, and a person may ask for anything."""

MOST_SPANS = 3
MOST_PLACES = 2
DASH = "\N{EN DASH}"


def run_name(
    request: IngestRequest, editions: Iterable[str] = (), run_id: int | None = None
) -> str:
    """Return ``ingest us-state-hrr 2024, KAZ, full #12``: what is looked at, and the run.

    ``editions`` are those found, if none were asked for.
    """
    words = ["ingest", request.source, spans(request.editions or editions)]
    what = [" ".join(filter(None, words))]
    if request.countries:
        what.append(_few(request.countries, "countries"))
    if request.urls:
        what.append("1 page" if len(request.urls) == 1 else f"{len(request.urls)} pages")
    if request.full:
        what.append("full")
    number = f" #{run_id}" if run_id else ""
    return one_line(", ".join(what), LONGEST) + number


def run_tags(source: str, tags: Iterable[str] = ()) -> list[str]:
    """Return a run's tags with that of its source, by which Prefect's lists are filtered."""
    return sorted({*tags, "reportwatch", source})


def spans(editions: Iterable[str]) -> str:
    """Return editions in short: ``2019, 2024``, or how many if they are scattered."""
    found: list[list[str]] = []
    for each in sorted(set(editions)):
        if found and _follows(found[-1][-1], each):
            found[-1].append(each)
        else:
            found.append([each])
    if len(found) > MOST_SPANS:
        return f"{sum(map(len, found))} editions"
    return ", ".join(DASH.join(dict.fromkeys((each[0], each[-1]))) for each in found)


def _follows(before: str, after: str) -> bool:
    return before.isdecimal() and after.isdecimal() and int(after) == int(before) + 1


def _few(names: Sequence[str], plural: str) -> str:
    return ", ".join(names) if len(names) <= MOST_PLACES else f"{len(names)} {plural}"
