"""Tell how well report pages are read: ``python -m bench.quality``, or ``make quality``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.quality.measure import Quality
from bench.quality.pages import corpus_digest, corpus_folder, known_lists, known_pages
from bench.quality.reading import read_pages
from bench.quality.tables import show


def main(arguments: Sequence[str] | None = None) -> int:
    """Read every page and tell what was right; the floors are held by the tests, not here."""
    chosen = _parser().parse_args(arguments)
    corpus = None if chosen.own else corpus_folder()
    lists = chosen.lists or known_lists(corpus)
    quality = Quality(read_pages(known_pages(corpus)), lists)
    digest = corpus_digest(corpus) if corpus else ""
    if chosen.json:
        told = {"corpus": str(corpus or ""), "digest": digest, **quality.document()}
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        what = f"{corpus}\n{digest}" if corpus else "the project's own example pages"
        show(quality, f"Pages: {what}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("--own", action="store_true", help="read the project's own pages alone")
    parser.add_argument("--lists", type=Path, help="hand-checked issue lists (JSON)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


if __name__ == "__main__":
    sys.exit(main())
