"""Find the blocks of code in the documents that tests run."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def block_of(page: str, name: str) -> str:
    """Return the one block of a page whose first line is a comment that names a file."""
    found = re.findall(r"```\w+\n(# (\S+)\n.*?)```", (DOCS / page).read_text(), re.DOTALL)
    [block] = [text for text, first in found if first == name]
    return str(block)
