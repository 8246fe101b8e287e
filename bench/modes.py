"""What the bench's programs agree on; imports nothing: the measuring program stays small."""

from __future__ import annotations

SOURCE = "us-state-hrr"

COUNT_PATH = "/-/count"
"""Answers how many requests a mode has had so far; is not counted itself."""

LARGE = 1748
"""Reports in the nine editions: the size at which orchestration is budgeted."""

WHOLLY = "reportwatch, wholly"
UNCHANGED = "reportwatch, region unchanged"
TRAFILATURA = "trafilatura"
SOUP = "BeautifulSoup, whole page"
"""Those who read a page, by their names in tables; ``bench.reading_speed`` runs them."""
