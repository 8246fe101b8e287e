"""Ask axe-core what is wrong with a page for those who see, hear or point otherwise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
OPTIONS = {"resultTypes": ["violations"], "iframes": False}


def serious_faults(page: Page) -> list[str]:
    """Return the serious and critical faults of a page, whatever its policy forbids."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("options => axe.run(document, options)", OPTIONS)
    return [told for each in found["violations"] if (told := _told(each))]


def _told(violation: dict[str, Any]) -> str:
    if violation["impact"] not in ("serious", "critical"):
        return ""
    node = violation["nodes"][0]
    html = re.sub(r"\s+", " ", node["html"])[:160]
    return f"{violation['id']} ({len(violation['nodes'])}): {html} {node.get('failureSummary', '')}"
