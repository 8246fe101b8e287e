"""The words of the product: what every text that people read has to keep to."""

from __future__ import annotations

import ast
import re

from doc_pages import ROOT

FOLDERS = (
    "cli", "monitor", "deployments", "exhibits", "flows", "services", "scrapers", "storage",
    "alerts", "reports",
)  # fmt: skip
EITHER = re.compile(r"\b[a-z]+\(s\)")
SAID_BY_OTHERS = ("http(s)", "parameter(s)")
"""Schemes as they are written, and WordPress, whose words the sample site repeats."""

FEWEST_TEXTS = 8_000


def _texts() -> list[tuple[str, str]]:
    """Return every string of the programs and every line of the templates, with its file."""
    found = []
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix == ".py":
                tree = ast.parse(file.read_text("utf-8"))
                found += [
                    (str(file.relative_to(ROOT)), each.value)
                    for each in ast.walk(tree)
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                ]
            elif file.suffix in (".html", ".txt", ".md") and "templates" in file.parts:
                lines = file.read_text("utf-8").splitlines()
                found += [(str(file.relative_to(ROOT)), line) for line in lines]
    return found


def test_a_number_and_its_noun_agree() -> None:
    texts = _texts()
    assert len(texts) >= FEWEST_TEXTS
    undecided = [
        (file, found)
        for file, text in texts
        for found in EITHER.findall(text)
        if found not in SAID_BY_OTHERS
    ]
    assert undecided == []
