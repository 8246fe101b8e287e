"""Draw what came of a run as bars, a picture that Prefect's interface shows as an artifact."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from xml.sax.saxutils import escape

WIDTH, LABEL, ROW, EDGE = 640, 130, 26, 10
COUNT = 90
"""Room to the right of the longest bar for its number."""

QUIET = "#8a94a6"
NEWS = "#1f6f8b"
TROUBLE = "#b3452c"
COLOURS = {
    **dict.fromkeys(("published", "edited", "removed", "restored", "moved"), NEWS),
    **dict.fromkeys(("blocked", "empty", "unreadable", "unidentified", "error"), TROUBLE),
    "suspected": TROUBLE,
}


def chart_of(counts: Mapping[str, int]) -> str:
    """Return the outcomes of a run as an SVG picture; ``""`` if nothing was looked at."""
    rows = [(name, count) for name, count in counts.items() if count and name != "checked"]
    if not rows:
        return ""
    longest = max(count for _, count in rows)
    height = 2 * EDGE + ROW * len(rows)
    drawn = "".join(_bar(place, *row, longest) for place, row in enumerate(rows))
    said = escape(", ".join(f"{count:,} {name}" for name, count in rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" font-family="system-ui, sans-serif" font-size="14" role="img">'
        f'<title>{said}</title><rect width="100%" height="100%" fill="#fff"/>{drawn}</svg>'
    )


def as_address(svg: str) -> str:
    """Return a picture as an address that holds it whole: nobody is asked for it."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _bar(place: int, name: str, count: int, longest: int) -> str:
    top = EDGE + place * ROW
    middle = top + ROW // 2 + 5
    room = WIDTH - LABEL - COUNT - EDGE
    length = max(2, round(room * count / longest))
    return (
        f'<text x="{LABEL - 10}" y="{middle}" text-anchor="end" fill="#222">{escape(name)}</text>'
        f'<rect x="{LABEL}" y="{top + 4}" width="{length}" height="{ROW - 8}"'
        f' fill="{COLOURS.get(name, QUIET)}"/>'
        f'<text x="{LABEL + length + 8}" y="{middle}" fill="#222">{count:,}</text>'
    )
