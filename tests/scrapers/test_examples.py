"""What every source reads from its example pages: ``tests/examples/SOURCE/``.

A web page is ``NAME.html``, one that a source reads as JSON ``NAME.page.json``. Each has its
expected reading beside it, ``NAME.json``. The test of a new page writes what was read and fails
once: look at it, correct reader or page, and commit both.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from reports.model.reading import Reading
from reports.model.values import Page
from scrapers.registry import all_sources, source_named

EXAMPLES = Path(__file__).parents[1] / "examples"
ENDS = (".html", ".page.json")


def pages_of(source: str) -> list[Path]:
    return sorted(path for end in ENDS for path in (EXAMPLES / source).glob(f"*{end}"))


def name_of(page: Path) -> str:
    return next(page.name.removesuffix(end) for end in ENDS if page.name.endswith(end))


PAGES = [
    pytest.param(name, path, id=f"{name}/{name_of(path)}")
    for name in all_sources()
    for path in pages_of(name)
]


@pytest.mark.parametrize("name", all_sources())
def test_every_source_has_example_pages(name: str) -> None:
    assert pages_of(name)


def test_every_folder_of_examples_has_a_source() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == set(all_sources())


@pytest.mark.parametrize(("name", "path"), PAGES)
def test_example_page_reads_as_expected(name: str, path: Path) -> None:
    told = _told(source_named(name).read(path.read_bytes(), ""))
    expected = path.with_name(f"{name_of(path)}.json")
    if not expected.exists():
        expected.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")
        pytest.fail(f"{expected.name} was written: check it by eye and commit it")
    assert told == json.loads(expected.read_text("utf-8"))


@pytest.mark.parametrize(("name", "path"), PAGES)
def test_region_alone_reads_like_the_whole_page(name: str, path: Path) -> None:
    source, body = source_named(name), path.read_bytes()
    region = source.region(body)
    if region:
        url = source.page_url(body)
        of_region, of_page = source.read(region, url), source.read(body, url)
        assert of_region.reports == of_page.reports
        assert of_region.undecided == of_page.undecided


def _told(page: Page) -> dict[str, Any]:
    return {
        "canonical_url": page.canonical_url,
        "published_on": page.published_on,
        "reports": [
            {
                "report": str(found.report),
                "how": found.how.value,
                "title": found.title,
                **_reading(found.reading),
            }
            for found in page.reports
        ],
        "undecided": [
            {
                "country": found.country,
                "edition": found.edition,
                "why": found.why,
                **_reading(found.reading),
            }
            for found in page.undecided
        ],
    }


def _reading(reading: Reading) -> dict[str, Any]:
    told = asdict(reading)
    del told["issues"], told["facts"]  # what the summary says has its own tests
    if not told["marked"]:
        del told["marked"]
    return json.loads(json.dumps(told))
