"""Draw how a database grows over days: one line for each setting, as SVG without a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 720, 320, 56, 36, 150, 40
_COLORS = ("#b3261e", "#1d5fa8", "#2f7d32")


def draw(lines: Mapping[int, Sequence[tuple[int, int]]]) -> str:
    """Return the picture of (day, bytes) by days kept."""
    last = max(day for line in lines.values() for day, _ in line)
    top = max(size for line in lines.values() for _, size in line) / 1e6
    step = next(each for each in (0.5, 1, 2, 5, 10, 20, 50) if top / each <= 6)

    def x(day: float) -> float:
        return round(_LEFT + day / last * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(megabytes: float) -> float:
        return round(_HEIGHT - _BOTTOM - megabytes / top * (_HEIGHT - _TOP - _BOTTOM), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="12" role="img">',
        "<title>Size of the database over days of watching</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="20" font-weight="bold">Megabytes of the database, by day</text>',
    ]
    for number in range(int(top / step) + 1):
        at = y(number * step)
        parts.append(
            f'<line x1="{_LEFT}" x2="{x(last)}" y1="{at}" y2="{at}" stroke="#ddd"/>'
            f'<text x="{_LEFT - 8}" y="{at + 4}" text-anchor="end">{number * step:g}</text>'
        )
    for day in range(0, last + 1, max(last // 4, 1)):
        at = _HEIGHT - _BOTTOM + 18
        parts.append(f'<text x="{x(day)}" y="{at}" text-anchor="middle">{day}</text>')
    for (keep, line), color in zip(lines.items(), _COLORS, strict=False):
        points = " ".join(f"{x(day)},{y(size / 1e6)}" for day, size in line)
        day, size = line[-1]
        said = f"looks of {keep} days kept" if keep else "every look kept"
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>'
            f'<text x="{x(day) + 6}" y="{y(size / 1e6) + 4}" fill="{color}">{said}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def draw_years(panels: Mapping[str, Sequence[float]]) -> str:
    """Return a picture of one value a year for each of some titles, as bars from zero."""
    width, height, left = 240, 200, 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width * len(panels)} {height}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="11" role="img">',
        f"<title>{', '.join(panels)}, by year</title>",
        f'<rect width="{width * len(panels)}" height="{height}" fill="#fff"/>',
    ]
    for place, (title, values) in enumerate(panels.items()):
        x0, wide = place * width + left, (width - left - 16) / len(values)
        parts.append(f'<text x="{x0}" y="16" font-weight="bold">{title}</text>')
        for number, value in enumerate(values):
            tall = round(value / max(values) * (height - 64), 1)
            x, y = round(x0 + number * wide, 1), round(height - 28 - tall, 1)
            parts.append(
                f'<rect x="{x}" y="{y}" width="{wide - 3:.1f}" height="{tall}" fill="#1d5fa8"/>'
                f'<text x="{x + wide / 2 - 1.5:.1f}" y="{height - 12}" text-anchor="middle">'
                f"{number + 1}</text>"
            )
        for value in (0, max(values)):
            y = round(height - 28 - value / max(values) * (height - 64) + 4, 1)
            parts.append(f'<text x="{x0 - 5}" y="{y}" text-anchor="end">{value:.3g}</text>')
    return "\n".join([*parts, "</svg>", ""])
