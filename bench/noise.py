"""Change what surrounds a report at every request: nonce, stamps, region, a closing comment."""

from __future__ import annotations

import hashlib
import itertools
import re

_STAMP = re.compile(rb"\?ver=[\w.]+")
_REGIONS = (b"us", b"de", b"za", b"in", b"br", b"jp")


class Noise:
    """Gives each request bytes of its own; two sites asked equally often answer alike."""

    def __init__(self) -> None:
        self._requests = itertools.count(1)

    def over(self, page: bytes) -> bytes:
        """Return a page's bytes as this one request sees them."""
        number = next(self._requests)
        nonce = hashlib.sha256(b"request %d" % number).hexdigest()[:10].encode()
        region = _REGIONS[number % len(_REGIONS)]
        head, border, rest = page.partition(b"</head>")
        head = _STAMP.sub(b"?ver=%d" % (1_741_000_000 + number), head)
        script = b'<script>var site={"nonce":"%s","region":"%s"};</script>' % (nonce, region)
        return b"".join((head, script, border, rest, b"<!-- served as no. %d -->" % number))
