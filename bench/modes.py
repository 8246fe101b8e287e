"""What the bench's programs agree on; imports nothing: the measuring program stays small."""

from __future__ import annotations

SOURCE = "us-state-hrr"

CONTROL = "/-/"
"""Paths below it steer a served site; they are no part of it and are not counted."""

COUNT_PATH = CONTROL + "count"
"""Answers how many requests a site has had so far, and the bytes of the bodies it sent."""

ROUND_PATH = CONTROL + "round/"
"""Followed by a number, moves a port of the peers' replica to that round."""

LARGE = 1748
"""Reports in the nine editions: the size at which orchestration is budgeted."""

WHOLLY = "reportwatch, wholly"
UNCHANGED = "reportwatch, region unchanged"
TRAFILATURA = "trafilatura"
SOUP = "BeautifulSoup, whole page"
"""Those who read a page, by their names in tables; ``bench.reading_speed`` runs them."""
