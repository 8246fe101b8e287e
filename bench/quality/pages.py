"""The pages that reading is judged by, and what is known of each of them.

Real pages lie in a folder of their own with two tables: ``MANIFEST.tsv`` (what each page is) and
``EXPECTED.tsv`` (what a perfect reader gets from it). The project's own example pages have what is
expected of them in a file beside each.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.child import ROOT
from bench.modes import SOURCE
from reports.text.fingerprint import text_sha256
from scrapers.registry import all_sources, source_named
from scrapers.source import Source

EXAMPLES = ROOT / "tests" / "examples"
TABLES = ("MANIFEST.tsv", "EXPECTED.tsv")


@dataclass(frozen=True)
class Expected:
    """What is known of one report on a page.

    ``report`` is its whole name, ``""`` where its identity must stay undecided. ``how`` is what
    must have decided it, ``""`` where anything may.
    """

    report: str
    how: str
    heading: str
    text_sha256: str
    block_count: int
    note_count: int


@dataclass(frozen=True)
class KnownPage:
    """One page with what is known of it; ``file`` names it in tables and tests."""

    file: str
    edition: str
    source: Source
    url: str
    path: Path
    expected: tuple[Expected, ...]

    @property
    def body(self) -> bytes:
        """The bytes as they were sent."""
        packed = self.path.read_bytes()
        return gzip.decompress(packed) if self.path.suffix == ".gz" else packed


def corpus_folder() -> Path | None:
    """Return the folder of real pages (``REPORTWATCH_CORPUS``), None where there is none."""
    named = ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")
    return named.resolve() if all((named / table).is_file() for table in TABLES) else None


def known_lists(corpus: Path | None) -> Path | None:
    """Return the hand-checked issue lists that lie beside a folder of real pages."""
    return corpus.parent / "domain" / "issue_lists.json" if corpus else None


def known_pages(corpus: Path | None) -> tuple[KnownPage, ...]:
    """Return the real pages of a folder, or the project's own example pages."""
    return tuple(_real(corpus) if corpus else _own())


def corpus_digest(corpus: Path) -> str:
    """Return the SHA-256 over both tables and over the name and SHA-256 of every page."""
    digest = hashlib.sha256()
    for path in [*(corpus / table for table in TABLES), *sorted(corpus.glob("*/*.html.gz"))]:
        name = path.relative_to(corpus).as_posix()
        digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _real(corpus: Path) -> Iterator[KnownPage]:
    rows: dict[str, dict[str, str]] = {}
    for table in TABLES:
        with (corpus / table).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                rows.setdefault(row["file"], {}).update(row)
    source = source_named(SOURCE)
    for file, row in rows.items():
        name = f"{SOURCE}/{row['year']}/{row['iso3']}"
        blocks, notes = int(row["blocks"]), int(row["notes"])
        known = Expected(name, "heading", row["heading"], row["sha256"], blocks, notes)
        yield KnownPage(file, row["year"], source, row["url"], corpus / file, (known,))


def _own() -> Iterator[KnownPage]:
    for name, source in all_sources().items():
        for path in sorted((EXAMPLES / name).glob("*.html")):
            told = json.loads(path.with_suffix(".json").read_text("utf-8"))
            found = [*told["reports"], *told["undecided"]]
            expected = tuple(map(_expected, found))
            edition = next((_edition(one) for one in found), "")
            url = source.page_url(path.read_bytes())
            yield KnownPage(f"{name}/{path.name}", edition, source, url, path, expected)


def _expected(told: dict[str, Any]) -> Expected:
    blocks = told["blocks"]
    return Expected(
        told.get("report", ""),
        told.get("how", ""),
        told["heading"],
        text_sha256(blocks),
        len(blocks),
        len(told["notes"]),
    )


def _edition(told: dict[str, Any]) -> str:
    return str(told["report"].split("/")[1] if "report" in told else told["edition"])
