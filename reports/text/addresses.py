"""Take addresses apart and put them together, whatever a page or a file says they are.

The standard library normalises the host of every address beyond ASCII, which takes the square of
its marks (``reports/text/normal_form.py``); no host has any.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

from reports.text.normal_form import stream_safe


def split_address(url: str) -> SplitResult:
    """Return the parts of an address; raises ValueError if it cannot be read."""
    return urlsplit(stream_safe(url))


def join_address(base: str, address: str) -> str:
    """Return an address as a page at ``base`` means it; raises ValueError if it cannot be read."""
    return urljoin(stream_safe(base), stream_safe(address))
